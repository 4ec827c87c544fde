"""What the checks say about the dreams that are stored."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from rem_dagster.defs.checks import (
    claims_have_evidence,
    days_are_covered,
    days_are_current,
    growth_is_usual,
)
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.model.dream import QuarantinedClaim
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.defs.runs import open_at
from tests.dreaming.engines import ScriptedEngine
from tests.lives import dream


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
    held = claims_have_evidence(open_at(home))
    told = {name: value.value for name, value in held.metadata.items()}
    assert (held.passed, told["held_back"], told["held_back_fact"], told["held_back_person"]) == (
        False,
        3,
        2,
        1,
    )
    thin = days_are_covered(open_at(home))
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
    verdict = days_are_covered(open_at(home))
    assert verdict.passed
    assert verdict.metadata["least_coverage"] == dg.MetadataValue.null()


def test_days_that_wait_are_counted_up_to_yesterday_and_only_warn(home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(0, turns=2), *chat_day(1), *chat_day(3)])
    dream(home, store, ScriptedEngine(), DreamPlan(last_day=MONDAY.date()))
    came_in = datetime(2025, 12, 1, tzinfo=UTC)  # by the clock of `fill`
    (row,) = read_ledger(store)
    write_ledger(store, [row.model_copy(update={"dreamt_at": came_in - timedelta(days=1)})])
    assert days_are_current(open_at(home), now=MONDAY + timedelta(days=1)).passed
    fill(home, store, chat_day(0, turns=4))
    verdict = days_are_current(open_at(home), now=MONDAY + timedelta(days=3))
    assert (verdict.passed, verdict.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert verdict.metadata["out_of_date"].value == 1
    assert verdict.metadata["never_dreamt"].value == 1  # the day of the clock itself is not over
    assert verdict.metadata["oldest_day"].value == MONDAY.date().isoformat()
    later = days_are_current(open_at(home), now=came_in + timedelta(hours=30))
    assert later.metadata["longest_wait_hours"].value == 30.0
    assert str(later.description).endswith("The longest has waited 30 hours.")


def test_growth_says_its_figures_and_warns_of_a_source_that_falls_silent(home: Home, store: Store) -> None:
    fill(home, store, [item for week in range(6) for item in chat_day(7 * week, turns=2)])
    after_five = MONDAY + timedelta(days=7 * 5 + 1)
    usual = growth_is_usual(open_at(home), now=after_five)
    assert (usual.passed, usual.description) == (True, "As usual.")
    items = usual.metadata["items_of_list_in_7_days"].value
    assert usual.metadata["items_of_list_usual"].value == items
    for weeks in (1, 2):
        silent = growth_is_usual(open_at(home), now=after_five + timedelta(weeks=weeks))
        assert (silent.passed, silent.severity) == (False, dg.AssetCheckSeverity.WARN)
        assert silent.description == f"0 items of list in 7 days, where {items} are usual."


def test_growth_of_a_young_home_is_never_unusual(home: Home, store: Store) -> None:
    assert growth_is_usual(open_at(home)).passed
    fill(home, store, [item for week in range(3) for item in chat_day(7 * week, turns=2)])
    verdict = growth_is_usual(open_at(home), now=MONDAY + timedelta(days=22))
    assert verdict.passed
    assert "nothing is usual yet" in str(verdict.description)
    assert verdict.metadata["items_of_list_usual"] == dg.MetadataValue.null()
