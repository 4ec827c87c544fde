"""What an event says about a day."""

import dagster as dg
import pytest

from rem_dagster.defs.metadata import dream_metadata
from rem_dagster.defs.pictures import escaped
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.dreaming.engines import ScriptedEngine
from tests.lives import dream

EMPTY = "2025-10-07"


def test_coverage_is_that_of_all_users_items_and_a_gap_where_there_are_none(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0, turns=6))
    fill(home, store, chat_day(0, turns=1, user="ana"))
    dream(home, store, ScriptedEngine(), DreamPlan())
    hers, mine = read_ledger(store)
    assert (hers.counts["items"], mine.counts["items"]) == (4, 9)
    write_ledger(store, [hers.model_copy(update={"coverage": 0.25})])
    full = MONDAY.date().isoformat()
    told = dream_metadata(store, [full, EMPTY], calendar=calendar_of(home), show_text=False)["moments"]
    assert told[full]["coverage"] == pytest.approx(10 / 13, abs=1e-4)
    assert told[EMPTY]["coverage"] == dg.MetadataValue.null()
    for name in ("users", "items", "held_back", "calls", "calls_paid", "prompt_tokens", "completion_tokens"):
        assert {type(told[each][name]) for each in told} == {int}, name


def test_a_day_has_a_strip_without_titles_and_a_picture_with_them_only_where_they_are_allowed(
    home: Home, store: Store
) -> None:
    fill(home, store, chat_day(0, turns=6))
    dream(home, store, ScriptedEngine(), DreamPlan())
    day = MONDAY.date().isoformat()
    held, open_ = (
        dream_metadata(store, [day, EMPTY], calendar=calendar_of(home), show_text=allowed)["moments"]
        for allowed in (False, True)
    )
    assert next(iter(held[day])) == "day"
    assert len(str(held[day]["day"].value)) < 1000  # the UI shows it without a click
    assert not {"picture", "titles"} & held[day].keys()
    assert {"picture", "titles"} <= open_[day].keys()
    assert len(str(open_[day]["picture"].value)) < 20_000
    assert not {"day", "picture", "titles"} & open_[EMPTY].keys()


def test_a_title_makes_no_link_and_fetches_no_picture_in_the_ui() -> None:
    told = escaped("![x](http://tracker.example/x.png) <b> `a` *b* | &amp;\n- c\n2. d")
    assert told.startswith(r"\!\[x\](")
    assert "\n\\- c\n\\2. d" in told
    assert escaped("Tea at 10.30 - with Ana (twice).") == "Tea at 10.30 - with Ana (twice)."
