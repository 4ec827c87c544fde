"""The weekly schedule: the stale days of the week that ended, once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill
from tests.defs.runs import location_at, schedule_of
from tests.defs.ticks import days_of, night, set_clock, start_run, tick
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.lives import LIVES, dream

pytestmark = pytest.mark.runs

SUNDAY = datetime(2025, 10, 12, 2, tzinfo=UTC)
"""The week from 2025-10-05 on has ended; MONDAY of the activity is its second day."""


def home_with(path: Path, **flags: str) -> tuple[Home, Store]:
    """A home in UTC with a calendar of its own."""
    home = open_home(path / "own", create=True, flags={"timezone": "UTC", **flags})
    store = LIVES.begin(home)
    return home, store


def test_the_days_of_the_week_that_are_out_of_date_are_one_run(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [item for n in (-2, 0, 2, 5, 6) for item in chat_day(n)])  # -2 before, 6 after it
    [request], _ = tick("weekly", home, instance, SUNDAY)
    assert days_of(request) == {
        "dagster/asset_partition_range_start": "2025-10-06",
        "dagster/asset_partition_range_end": "2025-10-11",
    }
    assert request.tags["rem/why"] == "3 dreams are out of date"
    assert tick("weekly", home, instance, SUNDAY)[0][0].run_key == request.run_key


def test_a_week_that_is_up_to_date_asks_for_nothing_and_says_so(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(-2), *chat_day(0), *chat_day(6)])
    dream(home, store, ScriptedEngine(), DreamPlan(last_day=SUNDAY.date() - timedelta(days=1)))
    assert tick("weekly", home, instance, SUNDAY) == (
        [],
        "No day of the week from 2025-10-05 is out of date.",
    )


@pytest.mark.parametrize(
    ("week_starts_on", "cron", "first_day"),
    [("sunday", "0 2 * * 0", "2025-10-05"), ("monday", "0 2 * * 1", "2025-10-06")],
)
def test_a_week_begins_where_the_home_says(
    tmp_path: Path, instance: dg.DagsterInstance, week_starts_on: str, cron: str, first_day: str
) -> None:
    home, store = home_with(tmp_path, week_starts_on=week_starts_on)
    assert schedule_of(location_at(home), "weekly").cron_schedule == cron
    fill(home, store, [item for n in range(-2, 8) for item in chat_day(n)])
    at = SUNDAY if week_starts_on == "sunday" else SUNDAY + timedelta(days=1)
    [request], _ = tick("weekly", home, instance, at)
    assert days_of(request) == {
        "dagster/asset_partition_range_start": first_day,
        "dagster/asset_partition_range_end": (at.date() - timedelta(days=1)).isoformat(),
    }


def test_a_day_that_starts_at_four_ends_the_week_at_four(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    home, store = home_with(tmp_path, day_starts_at="04:00")
    location = location_at(home)
    assert schedule_of(location, "weekly").cron_schedule == "0 4 * * 0"
    assert schedule_of(location, "nightly").cron_schedule == "0 4 * * *"
    fill(home, store, [*chat_day(5), *chat_day(6)])
    [request], _ = tick("weekly", home, instance, SUNDAY + timedelta(hours=2))
    assert days_of(request) == {"dagster/partition": "2025-10-11"}


def test_the_hour_is_the_homes_to_choose(home: Home) -> None:
    (home.path / "config.toml").write_text('[dagster]\nweekly_at = "05:30"\n', encoding="utf-8")
    assert schedule_of(location_at(open_home(home.path)), "weekly").cron_schedule == "30 5 * * 0"


def test_days_that_are_being_dreamt_are_not_asked_for_twice(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(2), *chat_day(5)])
    [request], _ = tick("weekly", home, instance, SUNDAY)
    start_run(instance, request)
    assert tick("weekly", home, instance, SUNDAY) == (
        [],
        "What of the week is out of date is being dreamt already.",
    )


def test_week_and_night_of_the_same_minute_ask_once(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(-2), *chat_day(2), *chat_day(5)])
    [weekly], _ = tick("weekly", home, instance, SUNDAY)
    assert days_of(weekly)["dagster/asset_partition_range_end"] == "2025-10-11"
    assert [days_of(each) for each in night(home, instance, SUNDAY)] == [{"dagster/partition": "2025-10-04"}]


def test_a_failed_day_of_the_week_is_asked_for_again_the_same_night(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, store, chat_day(2))
    dream(home, store, ScriptedEngine(failing_on("2025-10-08")), DreamPlan())
    [weekly], _ = tick("weekly", home, instance, SUNDAY)
    start_run(instance, weekly, status=dg.DagsterRunStatus.FAILURE)
    set_clock(monkeypatch, datetime.now(UTC) + timedelta(hours=1))
    requests = night(home, instance, SUNDAY + timedelta(hours=1))
    assert "2025-10-08" in {value for each in requests for value in days_of(each).values()}
