"""What the checks say about the dreams that are stored."""

import dagster as dg

from rem_dagster.defs.checks import claims_have_evidence, days_are_covered
from rem_dagster.defs.connections import HomeConnection
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.model.dream import QuarantinedClaim
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.dreaming.engines import ScriptedEngine


def test_checks_count_what_is_held_back_by_kind_and_warn_of_days_that_are_hardly_cited(
    home: Home, store: Store
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1), *chat_day(2)])
    dream(home, store, ScriptedEngine(), DreamPlan())
    fact, other = (QuarantinedClaim(kind=kind, text="t", reason="r") for kind in ("fact", "person"))
    first, second, *_ = read_ledger(store)
    write_ledger(
        store,
        [
            first.model_copy(update={"coverage": 0.4, "quarantine": (fact, fact)}),
            second.model_copy(update={"quarantine": (other,)}),
        ],
    )
    held = claims_have_evidence(HomeConnection(path=str(home.path)))
    told = {name: value.value for name, value in held.metadata.items()}
    assert (held.passed, told["held_back"], told["held_back_fact"], told["held_back_person"]) == (
        False,
        3,
        2,
        1,
    )
    thin = days_are_covered(HomeConnection(path=str(home.path)))
    assert (thin.passed, thin.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert thin.description == "On 1 of 3 days moments cite less than half of the items."
    assert (thin.metadata["latest_days"].value, thin.metadata["least_coverage"].value) == (
        MONDAY.date().isoformat(),
        0.4,
    )


def test_a_day_of_few_items_is_not_called_hardly_cited(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0, turns=1))
    dream(home, store, ScriptedEngine(), DreamPlan())
    (row,) = read_ledger(store)
    write_ledger(store, [row.model_copy(update={"coverage": 0.25})])
    verdict = days_are_covered(HomeConnection(path=str(home.path)))
    assert verdict.passed
    assert verdict.metadata["least_coverage"] == dg.MetadataValue.null()
