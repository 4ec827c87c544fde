"""What Dagster loads, with and without a home."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import dagster as dg
import pytest
import yaml

from rem_dagster.definitions import defs
from rem_dagster.defs.schedules import sync_cron
from rem_dagster.interfaces.cli.instance import INSTANCE_CONFIG, WORKSPACE
from rem_dagster.settings import Home, lower_first_day, open_home
from tests.defs.runs import location_at

ROOT = Path(__file__).parents[2]
GRAPH = """\
edges [dreams: lancedb, python] <- messages, resources, sessions
embeddings [recall: lancedb, python] <- messages, moments, resources
links [dreams: lancedb, python] <- edges, mentions, moments
maintenance [upkeep: lancedb, python] <-
mentions [dreams: lancedb, python] <- messages, resources, sessions
messages [activity: lancedb, python] <-
moments [dreams: lancedb, python] <- messages, resources, sessions
monthly_summary [rollups: lancedb, pandas, python] <- moments, summary
resources [activity: lancedb, python] <-
sessions [activity: lancedb, python] <-
summary [dreams: lancedb, python] <- messages, resources, sessions
weekly_summary [rollups: lancedb, pandas, python] <- moments, summary
"""
LOAD = """
from rem_dagster.definitions import defs
import dagster
print(defs().resolve_asset_graph().get(dagster.AssetKey("moments")).partitions_def.get_first_partition_key())
"""


@pytest.fixture(scope="module")
def loaded() -> Iterator[dg.Definitions]:
    """Dagster remembers the last instance of a process while it builds definitions: one that lives."""
    with dg.instance_for_test():
        yield defs()


def test_the_asset_graph_is_as_drawn(loaded: dg.Definitions) -> None:
    graph = loaded.resolve_asset_graph()
    lines = [
        f"{key.to_user_string()} [{node.group_name}: {', '.join(sorted(node.kinds or []))}] <- "
        f"{', '.join(sorted(parent.to_user_string() for parent in node.parent_keys))}".rstrip()
        for key in sorted(graph.get_all_asset_keys(), key=lambda key: key.to_user_string())
        for node in [graph.get(key)]
    ]
    assert "\n".join(lines) + "\n" == GRAPH


def test_every_asset_is_described_and_owned(loaded: dg.Definitions) -> None:
    graph = loaded.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        assert graph.get(key).description
        assert graph.get(key).owners == ["team:memory"]


def test_the_four_assets_of_a_dream_cannot_be_made_apart(loaded: dg.Definitions) -> None:
    assets = loaded.resolve_asset_graph().assets_def_for_key(dg.AssetKey("moments"))
    assert {key.to_user_string() for key in assets.keys} == {"moments", "mentions", "edges", "summary"}
    assert not assets.can_subset


def test_jobs_schedules_and_sensors_are_there_and_on_by_default(loaded: dg.Definitions) -> None:
    repository = loaded.get_repository_def()
    assert {job.name for job in repository.get_all_jobs()} == {
        "__ASSET_JOB",
        "dream_job",
        "sync_job",
        "weekly_job",
        "monthly_job",
        "embeddings_job",
        "maintenance_job",
    }
    schedules = {each.name: each.default_status for each in repository.schedule_defs}
    assert schedules == dict.fromkeys(
        ["nightly", "weekly", "regular_sync", "nightly_embeddings", "nightly_maintenance"],
        dg.DefaultScheduleStatus.RUNNING,
    )
    sensors = {each.name: each.default_status for each in repository.sensor_defs}
    assert sensors == dict.fromkeys(
        ["new_activity", "quiet_activity", "late_activity", "rollups_due"], dg.DefaultSensorStatus.RUNNING
    )


def test_steps_run_in_the_process_of_their_run(loaded: dg.Definitions) -> None:
    assert loaded.executor is dg.in_process_executor


@pytest.mark.runs
@pytest.mark.parametrize("with_home", [True, False])
def test_definitions_load_in_a_process_of_their_own(home: Home, tmp_path: Path, with_home: bool) -> None:
    lower_first_day(home, date(2025, 3, 1))
    environment = {**os.environ, "REM_HOME": str(home.path if with_home else tmp_path / "nowhere")}
    done = subprocess.run(
        [sys.executable, "-c", LOAD],
        env=environment,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    first = date(2025, 3, 1) if with_home else datetime.now(UTC).date()
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == first.isoformat()


def test_partitions_are_the_local_days_of_the_home(tmp_path: Path) -> None:
    flags = {"timezone": "America/New_York", "day_starts_at": time(4, 30)}
    home = lower_first_day(open_home(tmp_path / "h", create=True, flags=flags), date(2026, 3, 7))
    days = location_at(home).days
    late_evening = datetime(2026, 3, 10, 8, 29, tzinfo=UTC)  # 04:29 in New York: still the 9th
    keys = days.get_partition_keys(current_time=late_evening)
    assert keys == ["2026-03-07", "2026-03-08", "2026-03-09"]
    window = days.time_window_for_partition_key("2026-03-07")
    assert window.start.astimezone(UTC) == datetime(2026, 3, 7, 9, 30, tzinfo=UTC)
    assert window.end.astimezone(UTC) == datetime(2026, 3, 8, 8, 30, tzinfo=UTC)  # 23 hours


def test_a_home_that_holds_nothing_has_today_alone(home: Home) -> None:
    now = datetime.now(UTC)
    assert location_at(home).days.get_partition_keys(current_time=now) == [now.date().isoformat()]


@pytest.mark.parametrize(
    ("minutes", "cron"),
    [(1, "*/1 * * * *"), (15, "*/15 * * * *"), (60, "0 */1 * * *"), (5000, "0 */23 * * *")],
)
def test_any_number_of_minutes_gives_a_cron_line(minutes: int, cron: str) -> None:
    assert sync_cron(minutes) == cron


def test_the_samples_in_the_repository_are_what_a_home_gets() -> None:
    assert (ROOT / "dagster.yaml").read_text(encoding="utf-8") == INSTANCE_CONFIG
    assert (ROOT / "workspace.yaml").read_text(encoding="utf-8") == WORKSPACE
    assert yaml.safe_load(INSTANCE_CONFIG)["telemetry"] == {"enabled": False}
