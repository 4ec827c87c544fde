"""How are thousands of events of one run recorded in a Postgres in seconds, and each once where it restarts?

Dagster's own log stores the events that a run plans one by one, each over two connections of its own, and
one whose connection breaks in between fails the step that told it, for good. Here an event, or a batch of
them, is one transaction over one connection:

    insert ──► tags and latest of the assets ──► commit ─── broken anywhere? ──► is it there? ──► again

Dagster's other statements are each repeated where a second time does no harm. The tables stay the same, so
that Dagster's own classes read and write them too.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

import psycopg2
from dagster._core.errors import DagsterRunAlreadyExists
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable
from dagster._serdes import ConfigurableClassData
from dagster_postgres.event_log import PostgresEventLogStorage
from dagster_postgres.run_storage import PostgresRunStorage
from dagster_postgres.storage import DagsterPostgresStorage
from dagster_postgres.utils import (
    DagsterPostgresException,
    get_token_provider_from_config,
    pg_url_from_config,
)
from sqlalchemy import Connection, event, select
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from rem_dagster.defs.event_log import BATCHED, one_after_another

T = TypeVar("T")
SECONDS_UNTIL_BACK = 30.0
"""A Postgres that is being restarted is back within them."""
SECONDS_BETWEEN_TRIES = 0.2
HARMLESS_TWICE = tuple(f"INSERT INTO {table} " for table in ("snapshots", "pending_steps", "run_tags"))
"""Dagster passes over a second row of the first two, which are unique, and reads tags by their key."""


class BatchedPostgresEventLog(PostgresEventLogStorage):
    """Dagster's event log in a Postgres, with one transaction for an event or a batch."""

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event of a run."""
        event_id = self._store([event])
        if event.dagster_event_type in ASSET_CHECK_EVENTS:
            self._store_check(event, event_id)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store the events of one run; other kinds than those of assets go as Dagster stores them."""
        if others := [event for event in events if event.dagster_event_type not in BATCHED]:
            super().store_event_batch(others)
        if batched := [event for event in events if event.dagster_event_type in BATCHED]:
            self._store(one_after_another(batched))

    def _store_check(self, event: EventLogEntry, event_id: int) -> None:
        def store(_: Connection) -> int:
            self.store_asset_check_event(event, event_id)  # one statement over a connection of its own
            return event_id

        column = AssetCheckExecutionsTable.c.evaluation_event_storage_id
        there = select(column).where(column == event_id).limit(1)
        _once(self.index_transaction, store, lambda connection: connection.scalar(there))

    def _store(self, events: Sequence[EventLogEntry]) -> int:
        """The id of the last of them, once they are stored; all at once, or none."""
        rows = [self._event_to_row(event) for event in events]
        return _once(
            self.index_transaction,
            lambda connection: self._insert(connection, events, rows),
            lambda connection: _id_of(connection, rows[-1]),
        )

    def _insert(
        self, connection: Connection, events: Sequence[EventLogEntry], rows: Sequence[Mapping[str, Any]]
    ) -> int:
        table = SqlEventLogStorageTable
        insert = table.insert().returning(table.c.id, sort_by_parameter_order=True)
        ids = connection.execute(insert, rows).scalars().all()
        pairs = [pair for pair in zip(events, ids, strict=True) if _is_about_an_asset(pair[0])]
        if pairs:
            self._store_asset_event_tags(connection, *zip(*pairs, strict=True))
            latest = {event.get_dagster_event().asset_key: (event, event_id) for event, event_id in pairs}
            for event, event_id in latest.values():
                self._store_asset_event(connection, event, event_id)
        return int(ids[-1])


class WholeRunStorage(PostgresRunStorage):
    """Dagster's runs in a Postgres, each added with its tags or not at all."""

    def _core_add_run(self, col_values: dict[str, Any], tags: Mapping[str, str]) -> None:
        run_id = col_values["run_id"]
        rows = [{"run_id": run_id, "key": key, "value": value} for key, value in tags.items()]

        def insert(connection: Connection) -> bool:
            connection.execute(RunsTable.insert(), [col_values])
            if rows:
                connection.execute(RunTagsTable.insert(), rows)
            return True

        try:
            _once(self._transaction, insert, lambda _: self.has_run(run_id) or None)
        except IntegrityError as error:
            raise DagsterRunAlreadyExists from error

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self.connect() as connection:
            within = connection.execution_options(isolation_level="READ COMMITTED")
            with within.begin():
                yield within


class BatchedPostgresStorage(DagsterPostgresStorage):
    """Dagster's storage in a Postgres with that event log; `dagster.yaml` of a home names it."""

    def __init__(
        self, postgres_url: str, inst_data: ConfigurableClassData | None = None, **options: Any
    ) -> None:
        super().__init__(postgres_url, inst_data=inst_data, **options)
        options["should_autocreate_tables"] = False  # just done
        self._event_log_storage = BatchedPostgresEventLog(postgres_url, **options)
        self._run_storage = WholeRunStorage(postgres_url, **options)
        for storage in (self._event_log_storage, self._run_storage, self._schedule_storage):
            event.listen(storage._engine, "do_execute", _execute_until_back)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "BatchedPostgresStorage":
        """The storage of a Postgres by its address; Dagster's own would make an object of its own class."""
        return cls(
            pg_url_from_config(config_value),
            inst_data,
            should_autocreate_tables=config_value.get("should_autocreate_tables", True),
            token_provider=get_token_provider_from_config(config_value),
        )


def _once(
    transaction: Callable[[], AbstractContextManager[Connection]],
    insert: Callable[[Connection], T],
    stored: Callable[[Connection], T | None],
) -> T:
    """What is inserted in a transaction, begun again as long as its connection breaks.

    Args:
        stored: what a transaction before has inserted already, if it has: its commit may be unanswered.
    """
    deadline = time.monotonic() + SECONDS_UNTIL_BACK
    is_again = False
    while True:
        try:
            with transaction() as connection:
                there = stored(connection) if is_again else None
                return insert(connection) if there is None else there
        except (DBAPIError, DagsterPostgresException) as error:
            is_lost = not isinstance(error, DBAPIError) or error.connection_invalidated
            if not is_lost or time.monotonic() > deadline:
                raise
        is_again = True
        time.sleep(SECONDS_BETWEEN_TRIES)


def _id_of(connection: Connection, row: Mapping[str, Any]) -> int | None:
    """The id under which an event is stored, if it is."""
    columns = SqlEventLogStorageTable.c
    same = [columns[name] == row[name] for name in ("run_id", "timestamp", "event")]
    return connection.scalar(select(columns.id).where(*same).limit(1))


def _is_about_an_asset(event: EventLogEntry) -> bool:
    return event.dagster_event_type in ASSET_EVENTS and event.get_dagster_event().asset_key is not None


def _execute_until_back(cursor: Any, statement: str, parameters: Any, context: ExecutionContext) -> bool:
    """Execute a statement, over new connections as long as the one at hand breaks, and return True.

    Source: SQLAlchemy's documentation, "Using DBAPI autocommit allows for a read-only version of transparent
    reconnect"; here for all that can be done twice without harm.
    """
    deadline = time.monotonic() + SECONDS_UNTIL_BACK
    while True:
        try:
            context.dialect.do_execute(cursor, statement, parameters, context)
            return True
        except psycopg2.Error as error:
            if not _may_be_repeated(context, error) or time.monotonic() > deadline:
                raise
        context.cursor = cursor = _connected_again(context.root_connection, deadline).cursor()


def _may_be_repeated(context: ExecutionContext, error: Any) -> bool:  # SQLAlchemy has a protocol of its own
    connection: Any = context.root_connection.connection.dbapi_connection
    if not connection.autocommit or not context.dialect.is_disconnect(error, connection, context.cursor):
        return False
    statement = context.statement
    return not context.isinsert or " ON CONFLICT " in statement or statement.startswith(HARMLESS_TWICE)


def _connected_again(connection: Connection, deadline: float) -> Any:
    connection.invalidate()
    connection.rollback()
    while True:
        try:
            return connection.connection
        except OperationalError:
            if time.monotonic() > deadline:
                raise
        time.sleep(SECONDS_BETWEEN_TRIES)
