"""Dagster's history in Postgres, which is restarted, or breaks connections, while runs are recorded."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg2
import pytest
from sqlalchemy import event

from rem_dagster.defs import postgres_log
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.interfaces.cli.instance import HEAD, STORAGE
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill
from tests.services import Postgres, postgres_server

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


def bare_graph() -> dg.Definitions:
    days = dg.DailyPartitionsDefinition("2025-01-01", end_date="2025-03-01")

    @dg.multi_asset(
        specs=[dg.AssetSpec("one", tags={"tried": "yes"}), dg.AssetSpec("other")],
        check_specs=[dg.AssetCheckSpec("sound", asset="one")],
        partitions_def=days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool="one_at_a_time",
    )
    def nothing(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        context.log.info("hello")
        yield dg.MaterializeResult(asset_key="one", tags={"kept": "1"}, metadata={"rows": 3})
        yield dg.MaterializeResult(asset_key="other")
        yield dg.AssetCheckResult(passed=True, check_name="sound", asset_key="one")

    return dg.Definitions(assets=[nothing], jobs=[dg.define_asset_job("all_days", "*")])


def undisturbed(instance: dg.DagsterInstance) -> None:
    """Break nothing."""


def recorded_by(
    home: Path, storage: str, *, disturb: Callable[[dg.DagsterInstance], None] = undisturbed
) -> tuple[object, ...]:
    """What an instance tells of a run over 59 days."""
    home.mkdir()
    (home / "dagster.yaml").write_text(HEAD + storage, encoding="utf-8")
    tags = {"dagster/asset_partition_range_start": "2025-01-01"}
    tags["dagster/asset_partition_range_end"] = "2025-02-28"
    with dg.DagsterInstance.from_config(str(home)) as instance:
        disturb(instance)
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
        checked = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(dg.AssetKey("one"), "sound"), limit=1000
        )
        told = [each.message for each in instance.all_logs(done.run_id) if each.user_message == "hello"]
        return (
            events,
            latest,
            partitions,
            [each.asset_materialization.partition for each in of_day],
            sorted((each.partition or "", each.status.value) for each in checked),
            len(told),
        )


OWN = "storage: {postgres: {postgres_url: {env: REM_POSTGRES_URL}}}\n"


def test_events_stored_in_batches_are_those_that_dagster_stores_itself_whatever_connection_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "2000")
    monkeypatch.setattr(postgres_log, "SECONDS_BETWEEN_TRIES", 0.01)
    broken: list[str] = []
    with postgres_server() as postgres:

        def recorded(name: str, storage: str, disturb: Callable[[dg.DagsterInstance], None]) -> object:
            monkeypatch.setenv("REM_POSTGRES_URL", postgres.new_database())
            return recorded_by(tmp_path / name, storage, disturb=disturb)

        theirs = recorded("theirs", OWN, undisturbed)
        ours = recorded("ours", STORAGE, undisturbed)
        breaking = recorded("breaking", STORAGE, lambda each: break_statements(each, postgres, broken))
        unanswered = recorded("unanswered", STORAGE, lambda each: leave_unanswered(each, broken))
    assert ours == breaking == unanswered == theirs
    assert len(ours[0]) == 2 * 2 * 59  # type: ignore[index]  # the events
    assert ("", "SUCCEEDED") in ours[-2]  # type: ignore[index]  # the check
    assert ours[-1] == 1  # type: ignore[index]  # what the step logged
    assert len([each for each in broken if each != "COMMIT"]) > 10
    assert broken.count("COMMIT") > 5


def break_statements(instance: dg.DagsterInstance, postgres: Postgres, broken: list[str]) -> None:
    """End the session of every fifth statement or so just before it begins."""
    chance = random.Random(5)

    def end_session(connection: Any, cursor: object, statement: str, *_: object) -> None:
        if chance.random() < 0.2:
            broken.append(statement)
            session = connection.connection.dbapi_connection.info.backend_pid
            postgres.run_sql(f"SELECT pg_terminate_backend({session}, 5000)")

    for engine in engines_of(instance):
        event.listen(engine, "before_cursor_execute", end_session)


def leave_unanswered(instance: dg.DagsterInstance, broken: list[str]) -> None:
    """Break the connection of every other commit just after it has come through."""
    for engine in engines_of(instance):
        commit = engine.dialect.do_commit

        def commit_and_break(connection: Any, commit: Callable[[Any], None] = commit) -> None:
            is_whole = not connection.dbapi_connection.autocommit
            commit(connection)
            if is_whole and len(broken) % 2:
                connection.dbapi_connection.close()
            if is_whole:
                broken.append("COMMIT")
                if connection.dbapi_connection.closed:
                    raise psycopg2.OperationalError("server closed the connection unexpectedly")

        engine.dialect.do_commit = commit_and_break


def engines_of(instance: dg.DagsterInstance) -> list[Any]:
    """The engines of an instance's runs and events."""
    return [storage._engine for storage in (instance.run_storage, instance.event_log_storage)]  # type: ignore[attr-defined]
