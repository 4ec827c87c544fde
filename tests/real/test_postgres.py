"""`rem dream` with Dagster's history in Postgres, which is restarted while it works."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.interfaces.cli.instance import HEAD
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill
from tests.services import postgres_server

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]
DAYS = 70
RECORDED = """
SELECT count(DISTINCT partition) FROM event_logs
WHERE dagster_event_type = 'ASSET_MATERIALIZATION' AND asset_key = '["moments"]'
"""


def started(home: Path, url: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "rem_dagster.interfaces.cli.main", "dream", "--home", str(home)]
    return subprocess.Popen(
        command,
        env={**os.environ, "REM_POSTGRES_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_a_restart_in_the_middle_of_a_dream_costs_at_most_another_dream(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, [item for day in range(DAYS) for item in chat_day(day, turns=40)])
    with postgres_server() as postgres:
        url = postgres.new_database()
        process = started(home.path, url)
        while process.poll() is None and not read_ledger(store):
            time.sleep(0.05)
        assert process.poll() is None
        postgres.restart()
        _, errors = process.communicate(timeout=300)
        print(process.returncode, errors.decode()[-1500:])  # noqa: T201  # pytest shows it where it failed
        whole = {row.partition_key for row in read_ledger(store) if row.status == "complete"}
        again = started(home.path, url)
        _, errors = again.communicate(timeout=300)
        assert again.returncode == 0, errors.decode()
        rows = read_ledger(store)
        assert {row.status for row in rows} == {"complete"}
        assert len(rows) == DAYS
        if process.returncode == 0:
            assert len(whole) == DAYS
        [(recorded,)] = postgres.run_sql(RECORDED, database=url.rpartition("/")[2])
        assert recorded == DAYS


BATCHED = """
storage:
  custom:
    module: rem_dagster.defs.postgres_log
    class: BatchedPostgresStorage
    config: {postgres_url: {env: REM_POSTGRES_URL}}
"""


def bare_graph() -> dg.Definitions:
    days = dg.DailyPartitionsDefinition("2025-01-01", end_date="2025-03-01")

    @dg.multi_asset(
        specs=[dg.AssetSpec("one", tags={"tried": "yes"}), dg.AssetSpec("other")],
        partitions_def=days,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def nothing() -> Iterator[dg.MaterializeResult[None]]:
        yield dg.MaterializeResult(asset_key="one", tags={"kept": "1"}, metadata={"rows": 3})
        yield dg.MaterializeResult(asset_key="other")

    return dg.Definitions(assets=[nothing], jobs=[dg.define_asset_job("all_days", "*")])


def recorded_by(home: Path, storage: str) -> tuple[object, ...]:
    """What an instance tells of a run over 59 days."""
    home.mkdir()
    (home / "dagster.yaml").write_text(HEAD + storage, encoding="utf-8")
    tags = {"dagster/asset_partition_range_start": "2025-01-01"}
    tags["dagster/asset_partition_range_end"] = "2025-02-28"
    with dg.DagsterInstance.from_config(str(home)) as instance:
        done = bare_graph().resolve_job_def("all_days").execute_in_process(instance=instance, tags=tags)
        assert done.success
        asked = [dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, dg.DagsterEventType.ASSET_MATERIALIZATION]
        events = [
            (type(log).__name__, event.asset_key, event.partition, event.event_type)
            for kind in asked
            for log, event in (
                (record.event_log_entry, record.event_log_entry.get_dagster_event())
                for record in instance.get_records_for_run(done.run_id, of_type=kind, limit=1000).records
            )
        ]
        records = instance.get_asset_records()
        latest = sorted(
            (
                each.asset_entry.asset_key,
                each.asset_entry.last_materialization.asset_materialization.partition,
                each.asset_entry.last_run_id == done.run_id,
            )
            for each in records
            if each.asset_entry.last_materialization
        )
        of_day = instance.fetch_materializations(
            dg.AssetRecordsFilter(dg.AssetKey("one"), asset_partitions=["2025-02-03"]), limit=5
        ).records
        partitions = [
            sorted(instance.get_materialized_partitions(dg.AssetKey(key))) for key in ("one", "other")
        ]
        return events, latest, partitions, [each.asset_materialization.partition for each in of_day]


def test_events_stored_in_batches_are_those_that_dagster_stores_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "2000")
    own = "storage: {postgres: {postgres_url: {env: REM_POSTGRES_URL}}}\n"
    with postgres_server() as postgres:
        monkeypatch.setenv("REM_POSTGRES_URL", postgres.new_database())
        theirs = recorded_by(tmp_path / "theirs", own)
        monkeypatch.setenv("REM_POSTGRES_URL", postgres.new_database())
        ours = recorded_by(tmp_path / "ours", BATCHED)
    assert ours == theirs
    assert len(ours[0]) == 2 * 2 * 59
