"""How does Dagster's own history stay small, without a day that looks undone afterwards?

    runs that ended before the limit
      ├── superseded: of all that they made there is something newer ──> deleted, with all their events
      └── newest of some day ──> thinned: the run and those very events stay, the rest of its log goes

Dagster keeps every event of every run for ever, and with SQLite a file of 200 kB and more per run. What
says that a day is materialised is the newest event of each (asset, partition) in the index; a year of nights
makes 365 runs of which each is the newest of its day, so that deleting whole runs alone would free nothing.
"""

import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import dagster as dg
import sqlalchemy as sql
from dagster._core.events import DagsterEventType
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus
from dagster._core.instance import RUNLESS_RUN_ID
from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    AssetEventTagsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.runs import SqliteRunStorage, SqlRunStorage
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable

KEEP_SYNC_RUNS = timedelta(days=7)
"""They come every quarter of an hour, and nobody asks for them."""
ENDED = ("SUCCESS", "FAILURE", "CANCELED")
LASTING = (DagsterEventType.ASSET_MATERIALIZATION.value, DagsterEventType.ASSET_OBSERVATION.value)
"""Kinds of events of which the newest of each (asset, partition) says how things are."""
AT_ONCE = 200
"""Runs in one transaction, and ids in one list."""
VACUUM_FROM = 10_000_000
"""Free bytes within a SQLite file from which it is written anew."""
SECONDS_TO_WAIT = 5.0
"""For others who use the file."""

EVENTS = SqlEventLogStorageTable.c
RUNS = RunsTable.c
CHECKS = AssetCheckExecutionsTable.c


@dataclass(frozen=True)
class Dropped:
    """What went."""

    runs: int = 0
    """Whole runs."""
    thinned: int = 0
    """Runs of which only what is the newest of its day stayed."""
    events: int = 0
    """Rows of the event log that all runs share; the logs of single runs in SQLite are not counted."""

    def __add__(self, other: "Dropped") -> "Dropped":
        return Dropped(self.runs + other.runs, self.thinned + other.thinned, self.events + other.events)


def drop_old_runs(
    instance: dg.DagsterInstance,
    *,
    keep: timedelta,
    now: datetime,
    sync_jobs: Collection[str] = ("sync_job",),
    most: int = 2_000,
) -> Dropped:
    """Drop what Dagster recorded of runs that were made before `now - keep`, and of older syncs of sources.

    Which days are materialised, by which run and with which metadata stays as it is, and so do the newest
    result of each check, runs in progress and runs of a backfill in progress. Days whose last run failed
    before the limit look as if they had never been tried; the ledger has them. A killed call is gone on
    with by the next.

    Args:
        sync_jobs: jobs whose successful runs go after a week: they make no asset.
        most: runs in one call, the oldest first; the next call goes on.

    Raises:
        ValueError: `keep` is not a positive time.
    """
    if keep <= timedelta():
        raise ValueError(f"Runs are to be kept for {keep}, which is no time at all. Nothing was dropped.")
    log, runs = instance.event_log_storage, instance.run_storage
    if not isinstance(log, SqlEventLogStorage) or not isinstance(runs, SqlRunStorage):
        return Dropped()  # somebody else's storage, with rules of its own
    newest = _newest(log)
    dropped = Dropped()
    for group in _groups(_ended_before(instance, runs, keep=keep, now=now, sync_jobs=sync_jobs)):
        old = [each for each in _looked_at(log, group, newest) if each.has_to_go]
        _delete(instance, log, runs, old)
        dropped += Dropped(
            runs=sum(not each.is_newest for each in old),
            thinned=sum(each.is_newest for each in old),
            events=sum(each.events for each in old),
        )
        if dropped.runs + dropped.thinned >= most:
            break
    dropped += Dropped(events=_delete_runless(log, now - keep, newest))
    _give_back_room(log, runs)
    return dropped


@dataclass(frozen=True)
class _OldRun:
    """A run that ended before the limit, as the event log shows it."""

    run_id: str
    is_newest: bool
    """Whether it made what is the newest of some day."""
    superseded: tuple[int, ...]
    """Its events of lasting kinds of which there is a newer one."""
    others: int
    """Its events of other kinds in the log that all runs share."""
    has_own_log: bool

    @property
    def events(self) -> int:
        """Rows that go with it, or that go while it stays."""
        return len(self.superseded) + self.others

    @property
    def has_to_go(self) -> bool:
        """Whether anything of it is to be deleted."""
        return not self.is_newest or self.has_own_log or self.events > 0


def _ended_before(
    instance: dg.DagsterInstance,
    runs: SqlRunStorage,
    *,
    keep: timedelta,
    now: datetime,
    sync_jobs: Collection[str],
) -> list[str]:
    """The runs whose time is over, the oldest first."""
    filters = BulkActionsFilter(
        statuses=[BulkActionStatus.REQUESTED, BulkActionStatus.CANCELING, BulkActionStatus.FAILING]
    )
    busy = [backfill.backfill_id for backfill in instance.get_backfills(filters=filters)]
    is_sync = RUNS.pipeline_name.in_(list(sync_jobs)) & (RUNS.status == dg.DagsterRunStatus.SUCCESS.value)
    query = (
        sql.select(RUNS.run_id)
        .where(RUNS.status.in_(ENDED))
        .where(
            (RUNS.create_timestamp < _stored(now - keep))
            | (is_sync & (RUNS.create_timestamp < _stored(now - min(keep, KEEP_SYNC_RUNS))))
        )
        .where(RUNS.backfill_id.is_(None) | RUNS.backfill_id.not_in(busy))
        .order_by(RUNS.id)
    )
    with runs.connect() as connection:
        return [str(run_id) for (run_id,) in connection.execute(query)]


def _newest(log: SqlEventLogStorage) -> frozenset[int]:
    """The events that say how each (asset, partition) is, one for each lasting kind."""
    query = (
        sql.select(sql.func.max(EVENTS.id))
        .where(EVENTS.asset_key.is_not(None), EVENTS.dagster_event_type.in_(LASTING))
        .group_by(EVENTS.asset_key, EVENTS.dagster_event_type, EVENTS.partition)
    )
    with log.index_connection() as connection:
        return frozenset(int(event_id) for (event_id,) in connection.execute(query))


def _looked_at(log: SqlEventLogStorage, group: Sequence[str], newest: frozenset[int]) -> list[_OldRun]:
    is_of_group, is_lasting = EVENTS.run_id.in_(group), EVENTS.dagster_event_type.in_(LASTING)
    with log.index_connection() as connection:
        lasting = connection.execute(
            sql.select(EVENTS.run_id, EVENTS.id).where(is_of_group, is_lasting)
        ).all()
        others = connection.execute(
            sql.select(EVENTS.run_id, sql.func.count())
            .where(is_of_group, sql.not_(is_lasting) | EVENTS.dagster_event_type.is_(None))
            .group_by(EVENTS.run_id)
        ).all()
    made: dict[str, list[int]] = {}
    for run_id, event_id in lasting:
        made.setdefault(run_id, []).append(event_id)
    counts = {run_id: int(count) for run_id, count in others}
    return [
        _OldRun(
            run_id,
            is_newest=any(event_id in newest for event_id in made.get(run_id, ())),
            superseded=tuple(event_id for event_id in made.get(run_id, ()) if event_id not in newest),
            others=counts.get(run_id, 0),
            has_own_log=any(path.exists() for path in _own_log(log, run_id)),
        )
        for run_id in group
    ]


def _delete(
    instance: dg.DagsterInstance, log: SqlEventLogStorage, runs: SqlRunStorage, old: Sequence[_OldRun]
) -> None:
    """Delete old runs and their events; the rows of runs last, so that what is left undone is found again."""
    run_ids = [each.run_id for each in old]
    with log.index_connection() as connection:
        connection.execute(
            sql.delete(SqlEventLogStorageTable).where(
                EVENTS.run_id.in_(run_ids),
                EVENTS.dagster_event_type.not_in(LASTING) | EVENTS.dagster_event_type.is_(None),
            )
        )
        _delete_events(connection, [event_id for each in old for event_id in each.superseded])
        latest = sql.select(sql.func.max(CHECKS.id)).group_by(
            CHECKS.asset_key, CHECKS.check_name, CHECKS.partition
        )
        connection.execute(
            sql.delete(AssetCheckExecutionsTable).where(
                CHECKS.run_id.in_(run_ids), CHECKS.id.not_in(latest.scalar_subquery())
            )
        )
    for run_id in run_ids:
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        for path in _own_log(log, run_id):
            path.unlink(missing_ok=True)
        if isinstance(log, SqliteEventLogStorage):
            log._initialized_dbs.discard(run_id)  # whoever looks at the run gets an empty log
    gone = [each.run_id for each in old if not each.is_newest]
    with runs.connect() as connection:
        connection.execute(sql.delete(RunTagsTable).where(RunTagsTable.c.run_id.in_(gone)))
        connection.execute(sql.delete(RunsTable).where(RUNS.run_id.in_(gone)))


def _delete_runless(log: SqlEventLogStorage, limit: datetime, newest: frozenset[int]) -> int:
    """Delete superseded events that no run made, such as those of weeks that were summed up; how many."""
    is_old = (EVENTS.run_id == RUNLESS_RUN_ID) & (EVENTS.timestamp < _stored(limit))
    with log.index_connection() as connection:
        found = [int(each) for (each,) in connection.execute(sql.select(EVENTS.id).where(is_old))]
        gone = [event_id for event_id in found if event_id not in newest]
        _delete_events(connection, gone)
    if isinstance(log, SqliteEventLogStorage) and gone:
        with log.run_connection(RUNLESS_RUN_ID) as connection:  # copies, by which nobody goes
            connection.execute(sql.delete(SqlEventLogStorageTable).where(is_old))
    return len(gone)


def _delete_events(connection: sql.Connection, event_ids: Sequence[int]) -> None:
    for part in _groups(event_ids):
        connection.execute(sql.delete(AssetEventTagsTable).where(AssetEventTagsTable.c.event_id.in_(part)))
        connection.execute(sql.delete(SqlEventLogStorageTable).where(EVENTS.id.in_(part)))


def _own_log(log: SqlEventLogStorage, run_id: str) -> list[Path]:
    """The files in which SQLite keeps the events of one run; Postgres has none."""
    if not isinstance(log, SqliteEventLogStorage):
        return []
    return [Path(log.path_for_shard(run_id) + suffix) for suffix in ("", "-wal", "-shm")]


def _give_back_room(log: SqlEventLogStorage, runs: SqlRunStorage) -> None:
    """Write those SQLite files anew in which much is free; Postgres does so by itself."""
    if not isinstance(log, SqliteEventLogStorage):
        return
    files = [log.path_for_shard("index"), log.path_for_shard(RUNLESS_RUN_ID)]
    if isinstance(runs, SqliteRunStorage):
        with runs.connect() as connection:
            files.append(str(connection.engine.url.database))
    for file in filter(os.path.exists, files):
        with closing(sqlite3.connect(file, timeout=SECONDS_TO_WAIT, isolation_level=None)) as database:
            free, size = (
                database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_size")
            )
            if free * size < VACUUM_FROM:
                continue
            try:
                database.execute("VACUUM")
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.OperationalError:
                pass  # somebody reads or writes just now: the next night


_Each = TypeVar("_Each")


def _groups(items: Sequence[_Each]) -> Iterator[Sequence[_Each]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))


def _stored(instant: datetime) -> datetime:
    """An instant as Dagster's tables have it."""
    return instant.astimezone(UTC).replace(tzinfo=None)
