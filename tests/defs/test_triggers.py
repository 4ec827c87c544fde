"""Schedules and sensors: what they ask for, how often, and why not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from rem_dagster.defs.connections import HomeConnection
from rem_dagster.defs.jobs import dream_job
from rem_dagster.defs.requests import day_tags
from rem_dagster.defs.schedules import nightly, nightly_maintenance, regular_sync
from rem_dagster.defs.sensors import late_activity, new_activity
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill, message
from tests.defs.runs import instance_at
from tests.dreaming.engines import ScriptedEngine, failing_on

NOW = datetime.now(UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
AT_NIGHT = datetime(2025, 10, 10, 3, tzinfo=UTC)
WHY = "rem/why"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with instance_at(tmp_path / "dagster") as made:
        yield made


@pytest.fixture
def home(home: Home) -> Home:
    """A home whose thresholds are low."""
    (home.path / "config.toml").write_text(
        "[threshold]\nmessages = 5\nresources = 3\nsessions = 2\n", encoding="utf-8"
    )
    return home


def say(home: Home, store: Store, count: int, *, at: datetime = NOW, first: int = 0) -> None:
    """Messages of one session, the last of them at an instant."""
    fill(home, store, [message(first + n, at, session="talk") for n in range(count)])


def look(
    sensor: dg.SensorDefinition, home: Home, instance: dg.DagsterInstance
) -> tuple[list[dg.RunRequest], str]:
    """What a sensor asks for at one look, and why not."""
    context = dg.build_sensor_context(instance, resources={"home": HomeConnection(path=str(home.path))})
    found = sensor.evaluate_tick(context)
    return list(found.run_requests or ()), found.skip_message or ""


def night(home: Home, instance: dg.DagsterInstance, at: datetime = AT_NIGHT) -> list[dg.RunRequest]:
    """What the nightly schedule asks for."""
    context = dg.build_schedule_context(
        instance, scheduled_execution_time=at, resources={"home": HomeConnection(path=str(home.path))}
    )
    return list(nightly.evaluate_tick(context).run_requests or ())


def start_run(instance: dg.DagsterInstance, request: dg.RunRequest) -> None:
    """Begin the run of a request."""
    job = dg.Definitions(
        assets=[dg.AssetSpec("moments")], jobs=[dg.define_asset_job(dream_job.name)]
    ).resolve_job_def(dream_job.name)
    instance.create_run_for_job(job, tags=dict(request.tags), status=dg.DagsterRunStatus.STARTED)


def test_the_sensor_waits_below_the_threshold_and_says_how_far(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    assert look(new_activity, home, instance) == ([], "Every day is up to date.")
    say(home, store, 4)
    requests, reason = look(new_activity, home, instance)
    assert requests == []
    assert "4 new messages" in reason
    assert "below the threshold" in reason


def test_the_sensor_fires_at_the_threshold_and_says_why(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 5)
    [request], _ = look(new_activity, home, instance)
    assert request.tags["dagster/partition"] == TODAY.isoformat()
    assert request.tags[WHY] == "5 new messages (threshold 5)"


def test_the_sensor_asks_once_for_a_digest(home: Home, store: Store, instance: dg.DagsterInstance) -> None:
    say(home, store, 5)
    [first], _ = look(new_activity, home, instance)
    [second], _ = look(new_activity, home, instance)
    assert first.run_key == second.run_key  # the daemon makes one run of both
    start_run(instance, first)
    requests, reason = look(new_activity, home, instance)
    assert requests == []
    assert "asked for already" in reason


def test_the_sensor_counts_anew_after_a_dream(home: Home, store: Store, instance: dg.DagsterInstance) -> None:
    say(home, store, 5)
    dream(home, store, ScriptedEngine(), DreamPlan())
    say(home, store, 4, first=50)
    assert look(new_activity, home, instance)[0] == []
    say(home, store, 1, first=80)
    [request], _ = look(new_activity, home, instance)
    assert request.tags[WHY] == "5 new messages (threshold 5)"


def test_a_failed_day_is_not_asked_for_by_the_sensor_until_more_comes(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 5)
    dream(home, store, ScriptedEngine(failing_on(TODAY.isoformat())), DreamPlan())
    assert look(new_activity, home, instance)[0] == []


def test_past_days_that_were_never_dreamt_wait_for_the_night(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    assert look(new_activity, home, instance)[0] == []
    assert look(late_activity, home, instance)[0] == []


def test_any_change_of_a_dreamt_past_day_is_late_activity(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    yesterday = NOW - timedelta(days=1)
    say(home, store, 3, at=yesterday)
    dream(home, store, ScriptedEngine(), DreamPlan())
    assert look(late_activity, home, instance)[0] == []
    say(home, store, 1, at=yesterday, first=50)
    say(home, store, 1, first=60)  # today is not late
    [request], _ = look(late_activity, home, instance)
    assert request.tags["dagster/partition"] == YESTERDAY.isoformat()
    assert request.tags[WHY] == "changed after it was dreamt"


def test_a_sensor_without_a_home_says_so(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    context = dg.build_sensor_context(
        instance, resources={"home": HomeConnection(path=str(tmp_path / "nowhere"))}
    )
    assert "There is no home" in str(new_activity.evaluate_tick(context).skip_message)


def test_the_night_dreams_yesterday_even_when_it_is_empty(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    [request] = night(home, instance)
    assert request.tags["dagster/partition"] == "2025-10-09"
    assert night(home, instance)[0].run_key == request.run_key
    later = night(home, instance, AT_NIGHT + timedelta(days=1))
    assert later[0].run_key != request.run_key


def test_the_night_dreams_what_is_out_of_date_in_few_runs_newest_first(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [item for offset in (-40, 0, 1, 4) for item in chat_day(offset)])  # 4 is tonight's day
    requests = night(home, instance)
    assert [day_tags_of(each) for each in requests] == [
        {
            "dagster/asset_partition_range_start": "2025-10-06",
            "dagster/asset_partition_range_end": "2025-10-09",
        },
        {"dagster/partition": "2025-08-27"},
    ]


def day_tags_of(request: dg.RunRequest) -> dict[str, str]:
    return {name: value for name, value in request.tags.items() if "partition" in name}


def test_a_failed_day_is_tried_again_the_next_night(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, chat_day(3))
    dream(home, store, ScriptedEngine(failing_on("2025-10-09")), DreamPlan())
    keys = {night(home, instance, AT_NIGHT + timedelta(days=n))[0].run_key for n in (0, 0, 1)}
    assert len(keys) == 2


def test_the_sync_runs_only_where_sources_are_configured(home: Home, instance: dg.DagsterInstance) -> None:
    def ask() -> dg.ScheduleEvaluationContext:
        return dg.build_schedule_context(
            instance,
            scheduled_execution_time=AT_NIGHT,
            resources={"home": HomeConnection(path=str(home.path))},
        )

    assert "no [[sources]]" in str(regular_sync.evaluate_tick(ask()).skip_message)
    with (home.path / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[[sources]]\nkind = "markdown"\npath = "notes"\n')
    [request] = regular_sync.evaluate_tick(ask()).run_requests or ()
    assert day_tags_of(request) == day_tags((AT_NIGHT.date(), AT_NIGHT.date()))
    assert request.run_key is None


def test_maintenance_comes_after_the_dreams() -> None:
    assert (nightly.cron_schedule, nightly_maintenance.cron_schedule) == ("0 3 * * *", "0 5 * * *")
