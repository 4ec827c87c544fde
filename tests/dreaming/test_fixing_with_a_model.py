"""Corrections of days that a model made cost no call, whatever became of the model and its answers."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.applying.bring import moments_of_day
from rem_dagster.dreaming.fixing.fix import Asked, fix, undo
from rem_dagster.dreaming.stale import find_days
from tests.activity import MONDAY, chat_day, contents, fill, message
from tests.dreaming.conftest import ModelHome

DAY = MONDAY.date()
NOW = datetime(2025, 12, 1, tzinfo=UTC)


pytestmark = pytest.mark.runs


@pytest.fixture
def dreamt(model_home: ModelHome) -> ModelHome:
    """Two days that a model made."""
    fill(model_home.home, model_home.store, [*chat_day(0), *chat_day(1)])
    model_home.dream()
    refresh_across(model_home.home, model_home.store)
    return model_home


def change(made: ModelHome, verb: str, place: int | None = None, **value: object) -> None:
    """One correction of the first day."""
    held = moments_of_day(made.store, user_id="ines", day=DAY)
    ids = [] if place is None else [held[place].id]
    asked = Asked(verb, ids, value, DAY)  # type: ignore[arg-type]  # one of the verbs
    assert fix(made.home, made.store, asked, user_id="ines", now=NOW).is_shown


def change_and_keep(made: ModelHome) -> None:
    """A rename, an added moment and a hidden one."""
    start = MONDAY + timedelta(hours=6)
    change(made, "rename", 0, name="Mine")
    change(made, "add", name="Dentist", start_time=start, end_time=start + timedelta(hours=1))
    change(made, "hide", -1)


@pytest.mark.parametrize("now", ["as it was", "no model", "no answers", "neither"])
def test_nobody_is_asked_and_undone_all_is_as_before(dreamt: ModelHome, now: str) -> None:
    before, calls = contents(dreamt.store), dreamt.calls
    changed = dreamt.choosing(llm=None) if now in ("no model", "neither") else dreamt
    if now in ("no answers", "neither"):
        shutil.rmtree(dreamt.home.path / "cache")
    change_and_keep(changed)
    held = moments_of_day(dreamt.store, user_id="ines", day=DAY)
    assert held[0].name == "Mine"
    assert {row["engine"] for row in contents(dreamt.store)["dreams"]} == {"llm"}
    assert [state.freshness for state in find_days(dreamt.store)] == ["current", "current"]
    for _ in range(3):
        undo(changed.home, dreamt.store, user_id="ines")
    assert contents(dreamt.store) == before
    assert dreamt.calls == calls


def test_dreamt_anew_from_kept_answers_a_corrected_day_is_the_same(dreamt: ModelHome) -> None:
    calls = dreamt.calls
    change_and_keep(dreamt)
    fixed = contents(dreamt.store)
    dreamt.dream(redo="all", accept_losses=True)
    refresh_across(dreamt.home, dreamt.store)
    assert contents(dreamt.store) == fixed
    assert dreamt.calls == calls


def test_a_late_message_is_asked_about_and_the_corrections_hold(dreamt: ModelHome) -> None:
    change_and_keep(dreamt.choosing(llm=None))
    late = message(998, MONDAY + timedelta(hours=1), content="One more thing about the loader.")
    fill(dreamt.home, dreamt.store, [late])
    dreamt.dream()
    assert moments_of_day(dreamt.store, user_id="ines", day=DAY)[0].name == "Mine"


def test_an_undreamt_day_waits_for_the_model(model_home: ModelHome) -> None:
    fill(model_home.home, model_home.store, chat_day(0))
    start = MONDAY + timedelta(hours=6)
    value = {"name": "Dentist", "start_time": start, "end_time": start + timedelta(hours=1)}
    asked = Asked("add", value=value, day=DAY)
    done = fix(model_home.home, model_home.store, asked, user_id="ines", now=NOW)
    assert (done.is_shown, done.moments, model_home.calls) == (False, (), 0)
    model_home.dream()
    assert "Dentist" in {each.name for each in moments_of_day(model_home.store, user_id="ines", day=DAY)}
