"""Thresholds, late activity and the night: what they ask for, how often, and why not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from rem_dagster.definitions import definitions_of
from rem_dagster.defs.connections import HomeConnection
from rem_dagster.defs.location import location_of
from rem_dagster.defs.requests import day_tags
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill, message
from tests.defs.runs import location_at, schedule_of, sensor_of
from tests.defs.ticks import (
    AT_NIGHT,
    NOW,
    TODAY,
    WHY,
    days_of,
    look,
    night,
    rewrite,
    say,
    set_clock,
    start_run,
    tick,
)
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.lives import dream

pytestmark = pytest.mark.runs

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def home(home: Home) -> Home:
    """A home whose thresholds are low."""
    (home.path / "config.toml").write_text(
        "[threshold]\nmessages = 5\nresources = 3\nsessions = 2\n", encoding="utf-8"
    )
    return home


def test_the_sensor_waits_below_the_threshold_and_says_how_far(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    assert look("new_activity", home, instance) == ([], "Every day is up to date.")
    say(home, store, 4)
    requests, reason = look("new_activity", home, instance)
    assert requests == []
    assert "4 new messages" in reason
    assert "below the threshold" in reason


def test_the_sensor_fires_at_the_threshold_and_says_why(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 5)
    [request], _ = look("new_activity", home, instance)
    assert request.tags["dagster/partition"] == TODAY.isoformat()
    assert request.tags[WHY] == "5 new messages (threshold 5)"


def test_the_sensor_asks_once_for_a_digest(home: Home, store: Store, instance: dg.DagsterInstance) -> None:
    say(home, store, 5)
    [first], _ = look("new_activity", home, instance)
    [second], _ = look("new_activity", home, instance)
    assert first.run_key == second.run_key  # the daemon makes one run of both
    start_run(instance, first)
    requests, reason = look("new_activity", home, instance)
    assert requests == []
    assert "asked for already" in reason


def test_the_sensor_counts_anew_after_a_dream(home: Home, store: Store, instance: dg.DagsterInstance) -> None:
    say(home, store, 5)
    dream(home, store, ScriptedEngine(), DreamPlan())
    say(home, store, 4, first=50)
    assert look("new_activity", home, instance)[0] == []
    say(home, store, 1, first=80)
    [request], _ = look("new_activity", home, instance)
    assert request.tags[WHY] == "5 new messages (threshold 5)"


def test_one_user_at_the_threshold_is_enough_and_few_of_many_are_not(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 4, user="ana")
    say(home, store, 4, user="bob")
    assert look("new_activity", home, instance)[0] == []
    say(home, store, 1, first=50, user="bob")
    [request], _ = look("new_activity", home, instance)
    assert request.tags[WHY] == "5 new messages (threshold 5)"
    start_run(instance, request)
    say(home, store, 1, first=50, user="ana")
    assert look("new_activity", home, instance)[0] == []  # the run dreams her, too


def test_a_failed_day_is_not_asked_for_by_the_sensor_until_more_comes(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    say(home, store, 5)
    dream(home, store, ScriptedEngine(failing_on(TODAY.isoformat())), DreamPlan())
    assert look("new_activity", home, instance)[0] == []


def test_a_run_that_left_no_trace_in_the_ledger_is_asked_for_again_after_the_cooldown(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(home, store, 5)
    [first], _ = look("new_activity", home, instance)
    start_run(instance, first, status=dg.DagsterRunStatus.FAILURE)
    assert look("new_activity", home, instance)[0] == []
    say_at = NOW + timedelta(minutes=40)
    set_clock(monkeypatch, say_at)
    if say_at.date() == TODAY:  # else it is the late sensor's, or the night's
        [again], _ = look("new_activity", home, instance)
        assert again.run_key != first.run_key


def test_runs_of_a_clock_that_was_ahead_hold_nothing_back(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = NOW - timedelta(days=400)
    set_clock(monkeypatch, before)
    say(home, store, 5, at=before)
    [request], _ = look("new_activity", home, instance)
    start_run(instance, request, status=dg.DagsterRunStatus.FAILURE)  # recorded 400 days later
    assert [each.run_key for each in look("new_activity", home, instance)[0]] == [request.run_key]


def test_activity_that_is_dated_tomorrow_waits_for_its_day(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = NOW + timedelta(days=1)
    say(home, store, 9, at=tomorrow)
    for sensor in ("new_activity", "quiet_activity", "late_activity"):
        assert look(sensor, home, instance) == ([], "Every day is up to date.")
    assert [days_of(each) for each in night(home, instance, NOW)] == [
        {"dagster/partition": YESTERDAY.isoformat()}
    ]
    set_clock(monkeypatch, tomorrow)
    [request], _ = look("new_activity", home, instance)
    assert request.tags["dagster/partition"] == tomorrow.date().isoformat()


def test_past_days_that_were_never_dreamt_wait_for_the_night(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    for sensor in ("new_activity", "quiet_activity", "late_activity"):
        assert look(sensor, home, instance)[0] == []


def test_any_change_of_a_dreamt_past_day_is_late_activity(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    yesterday = NOW - timedelta(days=1)
    say(home, store, 3, at=yesterday)
    dream(home, store, ScriptedEngine(), DreamPlan())
    assert look("late_activity", home, instance)[0] == []
    say(home, store, 1, at=yesterday, first=50)
    say(home, store, 1, first=60)  # today is not late
    [request], _ = look("late_activity", home, instance)
    assert request.tags["dagster/partition"] == YESTERDAY.isoformat()
    assert request.tags[WHY] == "changed after it was dreamt"


def test_many_late_messages_are_the_late_sensors_alone(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    yesterday = NOW - timedelta(days=1)
    say(home, store, 3, at=yesterday)
    dream(home, store, ScriptedEngine(), DreamPlan())
    say(home, store, 9, at=yesterday, first=50)
    assert look("new_activity", home, instance)[0] == []
    assert len(look("late_activity", home, instance)[0]) == 1


def test_late_days_that_follow_each_other_are_one_run_and_none_of_others(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [item for n in (0, 1, 2, 6) for item in chat_day(n)])
    dream(home, store, ScriptedEngine(), DreamPlan())
    late = (message(950 + n, AT_NIGHT - timedelta(days=4 - n)) for n in (0, 1, 2, 6))
    fill(home, store, [*late, *chat_day(4)])  # 4 was never dreamt
    requests, _ = look("late_activity", home, instance)
    assert [days_of(each) for each in requests] == [
        {"dagster/partition": "2025-10-12"},
        {
            "dagster/asset_partition_range_start": "2025-10-06",
            "dagster/asset_partition_range_end": "2025-10-08",
        },
    ]


def test_what_was_deleted_is_late_and_what_was_brought_back_is_not(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    yesterday = NOW - timedelta(days=1)
    say(home, store, 3, at=yesterday)
    dream(home, store, ScriptedEngine(), DreamPlan())
    held = store.read("messages")
    store.delete("messages", "native_id = 'm1'")
    [one_less], _ = look("late_activity", home, instance)
    store.delete("messages", "true")
    [nothing_left], _ = look("late_activity", home, instance)
    assert one_less.run_key != nothing_left.run_key
    store.upsert("messages", held)
    assert look("late_activity", home, instance) == ([], "Every day is up to date.")
    store.delete("messages", "native_id = 'm1'")
    assert [each.run_key for each in look("late_activity", home, instance)[0]] == [one_less.run_key]
    dream(home, store, ScriptedEngine(), DreamPlan())
    assert look("late_activity", home, instance)[0] == []
    store.upsert("messages", held)
    assert len(look("late_activity", home, instance)[0]) == 1


def test_a_sensor_without_a_home_says_so(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    context = dg.build_sensor_context(
        instance, resources={"home": HomeConnection(path=str(tmp_path / "nowhere"))}
    )
    nowhere = location_of(HomeConnection(path=str(tmp_path / "nowhere")))
    for name in ("new_activity", "rollups_due"):
        assert "There is no home" in str(sensor_of(nowhere, name).evaluate_tick(context).skip_message)


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
    assert [days_of(each) for each in requests] == [
        {
            "dagster/asset_partition_range_start": "2025-10-06",
            "dagster/asset_partition_range_end": "2025-10-09",
        },
        {"dagster/partition": "2025-08-27"},
    ]


def test_the_night_leaves_what_another_run_dreams_and_takes_what_that_run_did_not(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(2), *chat_day(3)])
    [request] = night(home, instance)
    dreaming = start_run(instance, request)
    requests, reason = tick("nightly", home, instance)
    assert requests == []
    assert "being dreamt already" in reason
    instance.report_run_failed(dreaming)
    [again] = night(home, instance, AT_NIGHT + timedelta(days=1))
    assert again.tags["dagster/asset_partition_range_start"] == "2025-10-08"


def test_a_failed_day_is_tried_again_the_next_night(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, chat_day(3))
    dream(home, store, ScriptedEngine(failing_on("2025-10-09")), DreamPlan())
    keys = {night(home, instance, AT_NIGHT + timedelta(days=n))[0].run_key for n in (0, 0, 1)}
    assert len(keys) == 2


def test_a_killed_dream_is_taken_up_by_the_night(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, ScriptedEngine(), DreamPlan())
    rewrite(store, "dreams", "status", "writing")
    assert look("late_activity", home, instance)[0] == []
    requests = night(home, instance)
    assert "2025-10-06" in {value for each in requests for value in days_of(each).values()}


def test_two_triggers_at_the_same_moment_ask_once(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(3)])
    dream(home, store, ScriptedEngine(), DreamPlan())
    fill(home, store, [message(90, AT_NIGHT - timedelta(days=4))])
    [late], _ = look("late_activity", home, instance)
    assert days_of(late) == {"dagster/partition": "2025-10-06"}
    [other] = night(home, instance)  # before the late run is there
    assert days_of(other) == {"dagster/partition": "2025-10-09"}
    assert [each.run_key for each in look("late_activity", home, instance)[0]] == [late.run_key]


def test_what_a_trigger_asked_for_in_vain_is_taken_by_the_next(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, ScriptedEngine(), DreamPlan())
    fill(home, store, [message(90, AT_NIGHT - timedelta(days=4))])
    assert len(look("late_activity", home, instance)[0]) == 1  # and no run ever comes of it
    set_clock(monkeypatch, datetime.now(UTC) + timedelta(minutes=3))
    requests = night(home, instance)
    assert "2025-10-06" in {value for each in requests for value in days_of(each).values()}


def test_the_night_leaves_what_a_backfill_is_yet_to_ask_for(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(-40), *chat_day(2), *chat_day(3)])
    backfill = PartitionBackfill.from_asset_partitions(
        "asked",
        asset_graph=definitions_of(location_at(home)).resolve_asset_graph(),
        partition_names=["2025-10-08", "2025-10-09"],
        asset_selection=[dg.AssetKey("moments"), dg.AssetKey("summary")],
        backfill_timestamp=NOW.timestamp(),
        tags={},
        dynamic_partitions_store=instance,
        all_partitions=False,
        title=None,
        description=None,
        run_config=None,
    )
    instance.add_backfill(backfill)
    assert [days_of(each) for each in night(home, instance)] == [{"dagster/partition": "2025-08-27"}]
    instance.update_backfill(backfill.with_status(BulkActionStatus.CANCELED))
    assert len(night(home, instance)) == 2


def test_the_sync_runs_only_where_sources_are_configured(home: Home, instance: dg.DagsterInstance) -> None:
    assert "no [[sources]]" in tick("regular_sync", home, instance)[1]
    with (home.path / "config.toml").open("a", encoding="utf-8") as config:
        config.write('[[sources]]\nkind = "markdown"\npath = "notes"\n')
    [request], _ = tick("regular_sync", home, instance)
    assert days_of(request) == day_tags((AT_NIGHT.date(), AT_NIGHT.date()))
    assert request.run_key is None


def test_maintenance_comes_after_the_dreams(home: Home) -> None:
    wanted = {
        "nightly": "0 3 * * *",
        "weekly": "0 2 * * 0",
        "regular_sync": "*/15 * * * *",
        "nightly_embeddings": "0 4 * * *",
        "nightly_maintenance": "0 5 * * *",
    }
    location = location_at(home)
    assert {name: schedule_of(location, name).cron_schedule for name in wanted} == wanted
