"""Near real time: today is dreamt once nothing came in for a while, user by user."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.defs.ticks import NOW, TODAY, WHY, days_of, look, rewrite, say, set_clock, start_run, users_of
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.lives import dream

pytestmark = pytest.mark.runs


def arrive(store: Store, at: datetime, *, user: str = "ines") -> None:
    """Let all rows of a user have come in at an instant."""
    for table in ("messages", "resources", "sessions"):
        rewrite(store, table, "ingested_at", at, f"user_id = '{user}'")


def test_today_is_dreamt_after_some_quiet(home: Home, store: Store, instance: dg.DagsterInstance) -> None:
    assert look("quiet_activity", home, instance) == ([], "Every day is up to date.")
    say(home, store, 2)
    arrive(store, datetime.now(UTC) - timedelta(minutes=4))
    requests, reason = look("quiet_activity", home, instance)
    assert requests == []
    assert "something came in just now" in reason
    arrive(store, datetime.now(UTC) - timedelta(minutes=5))
    [request], _ = look("quiet_activity", home, instance)
    assert days_of(request) == {"dagster/partition": TODAY.isoformat()}
    assert request.tags[WHY] == "nothing came in for 5 minutes"
    assert users_of(request) == ["ines"]


def test_what_came_from_the_future_does_not_hold_it_and_what_comes_now_does(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 2)
    arrive(store, datetime.now(UTC) + timedelta(days=300))
    assert len(look("quiet_activity", home, instance)[0]) == 1
    say(home, store, 1, first=50)
    rewrite(store, "messages", "ingested_at", datetime.now(UTC), "native_id = 'm50'")
    assert look("quiet_activity", home, instance)[0] == []


def test_the_noise_of_one_user_does_not_keep_another_waiting(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 2, user="ana")
    say(home, store, 2, user="bob")
    arrive(store, datetime.now(UTC), user="bob")
    [first], _ = look("quiet_activity", home, instance)
    assert users_of(first) == ["ana"]
    start_run(instance, first)
    assert look("quiet_activity", home, instance)[0] == []
    arrive(store, datetime.now(UTC) - timedelta(minutes=5), user="bob")
    [second], _ = look("quiet_activity", home, instance)
    assert users_of(second) == ["bob"]  # though a run dreams the day of another
    assert second.run_key != first.run_key


def test_a_quiet_dream_of_one_user_leaves_the_threshold_to_the_others(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 2, user="ana")
    [quiet], _ = look("quiet_activity", home, instance)
    start_run(instance, quiet, status=dg.DagsterRunStatus.SUCCESS)
    say(home, store, 50, user="bob")
    [request], _ = look("new_activity", home, instance)
    assert request.tags[WHY] == "50 new messages (threshold 50)"
    assert look("quiet_activity", home, instance)[0] == []  # he is asked for, whoever looks first


def test_more_that_came_after_a_dream_does_not_wait_for_the_cooldown(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 2)
    [first], _ = look("quiet_activity", home, instance)
    start_run(instance, first, status=dg.DagsterRunStatus.SUCCESS)
    dream(home, store, ScriptedEngine(), DreamPlan())
    assert look("quiet_activity", home, instance)[0] == []
    say(home, store, 1, first=50)
    [second], _ = look("quiet_activity", home, instance)
    assert second.run_key != first.run_key


def test_a_failed_day_waits_for_more_or_for_the_night(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 2)
    dream(home, store, ScriptedEngine(failing_on(TODAY.isoformat())), DreamPlan())
    assert look("quiet_activity", home, instance)[0] == []
    say(home, store, 1, first=50)
    assert len(look("quiet_activity", home, instance)[0]) == 1


def test_a_killed_dream_of_today_is_taken_up(home: Home, store: Store, instance: dg.DagsterInstance) -> None:
    say(home, store, 2)
    dream(home, store, ScriptedEngine(), DreamPlan())
    rewrite(store, "dreams", "status", "writing")
    assert len(look("quiet_activity", home, instance)[0]) == 1


def test_the_same_is_asked_for_once_in_a_cooldown(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = NOW.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=30)
    say(home, store, 2, at=noon)
    keys = []
    for minutes in (0, 20, 40, 10):  # the last one after the clock was set back
        set_clock(monkeypatch, noon + timedelta(minutes=minutes))
        arrive(store, noon - timedelta(hours=1))
        keys += [each.run_key for each in look("quiet_activity", home, instance)[0]]
    assert len(keys) == 4
    assert keys[0] == keys[1] == keys[3] != keys[2]
