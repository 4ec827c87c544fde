"""Weeks and months: summed up after the dreams of their days, once for each state of these."""

from datetime import datetime, timedelta
from uuid import uuid4

import dagster as dg
import pytest

from rem_dagster.defs.requests import range_request
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.rollup import roll_up
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill, message
from tests.defs.ticks import NOW, days_of, look, set_clock, start_run
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.lives import dream

pytestmark = pytest.mark.runs

FIRST = MONDAY.date()
BOTH = [("weekly_job", "2025-10-05"), ("monthly_job", "2025-10-01")]


def dreamt(home: Home, store: Store, *, failing: str | None = None) -> None:
    dream(home, store, ScriptedEngine(failing_on(*filter(None, [failing]))), DreamPlan())


def asked(home: Home, instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    return look("rollups_due", home, instance)[0]


def told(requests: list[dg.RunRequest]) -> list[tuple[str | None, str]]:
    return [(each.job_name, "..".join(days_of(each).values())) for each in requests]


def finish(instance: dg.DagsterInstance, requests: list[dg.RunRequest], *, well: bool = True) -> None:
    """Let the runs of requests end."""
    status = dg.DagsterRunStatus.SUCCESS if well else dg.DagsterRunStatus.FAILURE
    for each in requests:
        start_run(instance, each, job_name=str(each.job_name), status=status)


def test_a_dreamt_day_asks_for_its_week_and_its_month(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, chat_day(0))
    assert look("rollups_due", home, instance) == ([], "Every week and month is up to date.")
    dreamt(home, store)
    assert told(asked(home, instance)) == BOTH
    roll_up(home, store)
    assert look("rollups_due", home, instance) == ([], "Every week and month is up to date.")


def test_one_state_is_asked_for_once_and_another_again(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, store, chat_day(0))
    dreamt(home, store)
    first = asked(home, instance)
    assert [each.run_key for each in asked(home, instance)] == [each.run_key for each in first]
    finish(instance, first, well=False)
    requests, reason = look("rollups_due", home, instance)
    assert requests == []
    assert "within the cooldown" in reason
    set_clock(monkeypatch, datetime.now(NOW.tzinfo) + timedelta(minutes=31))
    again = asked(home, instance)  # what failed is not dropped
    assert told(again) == BOTH
    roll_up(home, store)
    fill(home, store, [message(90, MONDAY + timedelta(hours=5))])
    dreamt(home, store)
    other = asked(home, instance)
    assert told(other) == BOTH
    assert len({each.run_key for each in [*first, *again, *other]}) == 6


def test_a_failed_day_blocks_until_it_is_dreamt(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    dreamt(home, store, failing="2025-10-07")
    requests, reason = look("rollups_due", home, instance)
    assert requests == []
    assert "week of 2025-10-05: waits for 2025-10-07" in reason
    assert "month of 2025-10-01: waits for 2025-10-07" in reason
    dreamt(home, store)
    assert told(asked(home, instance)) == BOTH


def test_a_failed_day_of_one_user_does_not_block_another(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, chat_day(0, user="ana"), user="ana")
    fill(home, store, chat_day(1, user="bob"), user="bob")
    dreamt(home, store, failing="2025-10-07")
    assert told(asked(home, instance)) == BOTH
    roll_up(home, store)
    requests, reason = look("rollups_due", home, instance)
    assert requests == []
    assert "waits for 2025-10-07" in reason


@pytest.mark.parametrize(("dreams_on", "waits"), [(1, True), (10, False)])
def test_a_week_waits_while_a_run_dreams_a_day_of_it(
    home: Home, store: Store, instance: dg.DagsterInstance, dreams_on: int, waits: bool
) -> None:
    fill(home, store, chat_day(0))
    dreamt(home, store)
    day = FIRST + timedelta(days=dreams_on)
    run = start_run(instance, range_request((day, day), key=str(uuid4()), trigger="late", why="test"))
    requests, reason = look("rollups_due", home, instance)
    assert told(requests) == ([] if waits else BOTH[:1])
    assert waits == ("week of 2025-10-05: a day of it is being dreamt" in reason)
    instance.report_run_failed(run)
    assert told(asked(home, instance)) == BOTH


def test_runs_of_other_users_days_do_not_keep_a_week_waiting(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, chat_day(0))
    dreamt(home, store)
    config = {"ops": {"dreams": {"config": {"users": ["bob"]}}}}
    start_run(
        instance,
        range_request((FIRST, FIRST), key="quiet", trigger="quiet", why="test", run_config=config),
    )
    assert told(asked(home, instance)) == BOTH


def test_weeks_that_nearly_follow_each_other_are_one_run(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [item for n in (-70, 0, 7, 28) for item in chat_day(n)])
    dreamt(home, store)
    requests = asked(home, instance)
    assert told(requests) == [
        ("weekly_job", "2025-10-05..2025-11-02"),
        ("weekly_job", "2025-07-27"),
        ("monthly_job", "2025-07-01..2025-11-01"),
    ]
    finish(instance, requests, well=False)
    assert asked(home, instance) == []


def test_a_week_that_is_blocked_is_in_no_run(home: Home, store: Store, instance: dg.DagsterInstance) -> None:
    fill(home, store, [item for n in (0, 7, 14) for item in chat_day(n)])
    dreamt(home, store, failing="2025-10-13")
    assert told(asked(home, instance)) == [("weekly_job", "2025-10-19"), ("weekly_job", "2025-10-05")]
