"""What Dagster recorded long ago goes, and no day looks undone for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sql
from dagster._core.definitions.asset_checks.asset_check_spec import AssetCheckKey
from dagster._core.events import DagsterEventType
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.storage.runs.schema import RunsTable
from dagster._core.storage.tags import BACKFILL_ID_TAG

from rem_dagster.defs.retention import Dropped, drop_old_runs
from tests.defs.runs import instance_at

pytestmark = pytest.mark.runs

NOW = datetime(2027, 1, 1, tzinfo=UTC)
KEEP = timedelta(days=90)
OLD, YOUNG, WEEK_OLD = NOW - timedelta(days=91), NOW - timedelta(days=89), NOW - timedelta(days=8)
DAYS = dg.DailyPartitionsDefinition("2025-10-01")
ASSETS = ("moments", "edges")


@dg.multi_asset(specs=[dg.AssetSpec(name, partitions_def=DAYS) for name in ASSETS])
def dreams(context: dg.AssetExecutionContext):  # type: ignore[no-untyped-def]  # Dagster reads it
    for name in ASSETS:
        context.add_asset_metadata(
            {"run": context.run_id}, asset_key=name, partition_key=context.partition_key
        )


@dg.asset
def upkeep() -> None:
    pass


@dg.asset(partitions_def=DAYS)
def broken() -> None:
    raise dg.Failure("no")


@dg.asset_check(asset="moments")
def is_whole() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@dg.op
def pull(context: dg.OpExecutionContext) -> None:
    if context.run.tags.get("fails"):
        raise dg.Failure("no")


@dg.job
def sync_job() -> None:
    pull()


DEFINITIONS = dg.Definitions(
    assets=[dreams, upkeep, broken],
    asset_checks=[is_whole],
    jobs=[
        sync_job,
        dg.define_asset_job("dream_job", [*ASSETS]),
        dg.define_asset_job("broken_job", [broken]),
        dg.define_asset_job("upkeep_job", [upkeep]),
    ],
)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with instance_at(tmp_path / "dagster") as instance:
        yield instance


def ran(
    instance: dg.DagsterInstance,
    at: datetime,
    *,
    day: str | None = None,
    job: str = "dream_job",
    tags: dict[str, str] | None = None,
) -> str:
    """The id of a run that was made at a time."""
    result = DEFINITIONS.resolve_job_def(job).execute_in_process(
        instance=instance,
        partition_key=day,
        tags=tags,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    made_at(instance, result.run_id, at)
    return result.run_id


def made_at(instance: dg.DagsterInstance, run_id: str, at: datetime, status: str | None = None) -> None:
    """Let a run be as old as the test wants it."""
    values: dict[str, object] = {"create_timestamp": at.replace(tzinfo=None)}
    values |= {"status": status} if status else {}
    with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]  # a SQL storage
        connection.execute(sql.update(RunsTable).where(RunsTable.c.run_id == run_id).values(**values))


def run_ids(instance: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs()}


def logs(instance: dg.DagsterInstance) -> set[str]:
    """The runs that have a file of their own."""
    place = Path(instance.event_log_storage.path_for_shard("index")).parent  # type: ignore[attr-defined]
    return {path.name.split(".")[0] for path in place.iterdir()} - {"index", ""}


def newest(instance: dg.DagsterInstance) -> dict[str, dict[str, int]]:
    """By asset and day, which event says that it is materialised."""
    kind = DagsterEventType.ASSET_MATERIALIZATION
    return {
        name: dict(instance.event_log_storage.get_latest_storage_id_by_partition(dg.AssetKey(name), kind))
        for name in ASSETS
    }


def test_a_run_that_was_superseded_goes_with_its_file_and_no_day_looks_undone(
    instance: dg.DagsterInstance,
) -> None:
    first = ran(instance, OLD, day="2025-10-01")
    second = ran(instance, OLD, day="2025-10-01")
    young = ran(instance, YOUNG, day="2025-10-02")
    before = newest(instance)
    assert drop_old_runs(instance, keep=KEEP, now=NOW).runs == 1
    assert newest(instance) == before
    assert run_ids(instance) == {second, young}
    assert logs(instance) == {young}
    assert first not in run_ids(instance)


def test_of_the_newest_run_of_a_day_its_events_stay_with_what_they_say(instance: dg.DagsterInstance) -> None:
    made = ran(instance, OLD, day="2025-10-01")
    dropped = drop_old_runs(instance, keep=KEEP, now=NOW)
    assert (dropped.runs, dropped.thinned) == (0, 1)
    [event] = instance.fetch_materializations(dg.AssetKey("moments"), limit=9).records
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["run"].value == made
    run = instance.get_run_by_id(made)
    assert run is not None
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert instance.get_materialized_partitions(dg.AssetKey("edges")) == {"2025-10-01"}
    checked = instance.event_log_storage.get_asset_check_execution_history(
        AssetCheckKey(dg.AssetKey("moments"), "is_whole"), limit=1
    )[0]
    assert checked.status.value == "SUCCEEDED"


def test_what_was_dropped_once_costs_nothing_again_and_goes_when_it_is_superseded(
    instance: dg.DagsterInstance,
) -> None:
    made = ran(instance, OLD, day="2025-10-01")
    drop_old_runs(instance, keep=KEEP, now=NOW)
    assert drop_old_runs(instance, keep=KEEP, now=NOW) == Dropped()
    ran(instance, YOUNG, day="2025-10-01")
    assert drop_old_runs(instance, keep=KEEP, now=NOW).runs == 1
    assert made not in run_ids(instance)
    assert instance.get_materialized_partitions(dg.AssetKey("moments")) == {"2025-10-01"}


def test_of_an_asset_without_days_only_the_newest_event_stays(instance: dg.DagsterInstance) -> None:
    for _ in range(3):
        last = ran(instance, OLD, job="upkeep_job")
    assert drop_old_runs(instance, keep=KEEP, now=NOW).runs == 2
    assert run_ids(instance) == {last}
    assert instance.get_latest_materialization_event(dg.AssetKey("upkeep")) is not None


def test_failed_and_cancelled_runs_go(instance: dg.DagsterInstance) -> None:
    failed = ran(instance, OLD, day="2025-10-01", job="broken_job")
    cancelled = ran(instance, OLD, day="2025-10-02", job="broken_job")
    made_at(instance, cancelled, OLD, "CANCELED")
    young = ran(instance, YOUNG, day="2025-10-03", job="broken_job")
    assert drop_old_runs(instance, keep=KEEP, now=NOW).runs == 2
    assert run_ids(instance) == {young}
    assert failed not in logs(instance)


@pytest.mark.parametrize("status", ["QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING"])
def test_a_run_in_progress_stays_however_old_it_is(instance: dg.DagsterInstance, status: str) -> None:
    run = ran(instance, OLD, day="2025-10-01", job="broken_job")
    made_at(instance, run, OLD, status)
    assert drop_old_runs(instance, keep=KEEP, now=NOW) == Dropped()
    assert logs(instance) == {run}


def test_a_run_of_a_backfill_in_progress_stays(instance: dg.DagsterInstance) -> None:
    instance.add_backfill(
        PartitionBackfill(
            backfill_id="b1",
            status=BulkActionStatus.REQUESTED,
            from_failure=False,
            tags={},
            backfill_timestamp=OLD.timestamp(),
            partition_names=[],
        )
    )
    run = ran(instance, OLD, day="2025-10-01", job="broken_job", tags={BACKFILL_ID_TAG: "b1"})
    assert drop_old_runs(instance, keep=KEEP, now=NOW) == Dropped()
    assert run_ids(instance) == {run}


def test_syncs_go_after_a_week_and_failed_ones_stay_as_long_as_others(instance: dg.DagsterInstance) -> None:
    ran(instance, WEEK_OLD, job="sync_job")
    failed = ran(instance, WEEK_OLD, job="sync_job", tags={"fails": "yes"})
    young = ran(instance, NOW - timedelta(days=6), job="sync_job")
    assert drop_old_runs(instance, keep=KEEP, now=NOW).runs == 1
    assert run_ids(instance) == {failed, young}


def test_a_call_does_so_much_and_the_next_goes_on(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rem_dagster.defs.retention.AT_ONCE", 2)
    for number in range(5):
        ran(instance, OLD, day=f"2025-10-0{number + 1}", job="broken_job")
    assert drop_old_runs(instance, keep=KEEP, now=NOW, most=2).runs == 2
    assert drop_old_runs(instance, keep=KEEP, now=NOW).runs == 3


def test_superseded_events_without_a_run_go(instance: dg.DagsterInstance) -> None:
    for _ in range(3):
        instance.report_runless_asset_event(dg.AssetMaterialization("weeks", partition="2025-10-05"))
    assert drop_old_runs(instance, keep=KEEP, now=NOW + timedelta(days=365)).events == 2
    assert len(instance.fetch_materializations(dg.AssetKey("weeks"), limit=9).records) == 1


def test_no_time_at_all_is_refused(instance: dg.DagsterInstance) -> None:
    with pytest.raises(ValueError, match="Nothing was dropped"):
        drop_old_runs(instance, keep=timedelta(), now=NOW)
