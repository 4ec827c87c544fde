"""What an event says about a day."""

import dagster as dg
import pytest

from rem_dagster.defs.metadata import dream_metadata
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.dreaming.engines import ScriptedEngine

EMPTY = "2025-10-07"


def test_coverage_is_that_of_all_users_items_and_a_gap_where_there_are_none(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0, turns=6))
    fill(home, store, chat_day(0, turns=1, user="ana"))
    dream(home, store, ScriptedEngine(), DreamPlan())
    hers, mine = read_ledger(store)
    assert (hers.counts["items"], mine.counts["items"]) == (4, 9)
    write_ledger(store, [hers.model_copy(update={"coverage": 0.25})])
    full = MONDAY.date().isoformat()
    told = dream_metadata(store, [full, EMPTY], show_text=False)["moments"]
    assert told[full]["coverage"] == pytest.approx(10 / 13, abs=1e-4)
    assert told[EMPTY]["coverage"] == dg.MetadataValue.null()
    for name in ("users", "items", "held_back", "calls", "calls_paid", "prompt_tokens", "completion_tokens"):
        assert {type(told[each][name]) for each in told} == {int}, name
