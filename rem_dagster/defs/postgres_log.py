"""How are thousands of events of one run recorded in a Postgres in seconds?

Dagster's own log stores the events that a run plans one by one, each over two connections of its own: 738 of
them took 23 of a bare run's 32 s. Here a batch of asset events is one statement over one connection, whatever
their kind. The tables stay the same, so that Dagster's own class reads and writes them too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._serdes import ConfigurableClassData
from dagster_postgres.event_log import PostgresEventLogStorage
from dagster_postgres.storage import DagsterPostgresStorage
from dagster_postgres.utils import pg_url_from_config

from rem_dagster.defs.event_log import BATCHED, one_after_another


class BatchedPostgresEventLog(PostgresEventLogStorage):
    """Dagster's event log in a Postgres, with one statement for a batch."""

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store the events of one run; other kinds than those of assets go as Dagster stores them."""
        if others := [event for event in events if event.dagster_event_type not in BATCHED]:
            super().store_event_batch(others)
        if batched := [event for event in events if event.dagster_event_type in BATCHED]:
            self._store_asset_events(one_after_another(batched))

    def _store_asset_events(self, events: Sequence[EventLogEntry]) -> None:
        table = SqlEventLogStorageTable
        insert = table.insert().returning(table.c.id, sort_by_parameter_order=True)
        with self.index_transaction() as connection:
            ids = connection.execute(insert, [self._event_to_row(event) for event in events]).scalars().all()
            self._store_asset_event_tags(connection, events, ids)
            latest = {
                event.get_dagster_event().asset_key: (event, event_id)
                for event, event_id in zip(events, ids, strict=True)
            }
            for event, event_id in latest.values():
                self._store_asset_event(connection, event, event_id)


class BatchedPostgresStorage(DagsterPostgresStorage):
    """Dagster's storage in a Postgres with that event log; `dagster.yaml` of a home names it."""

    def __init__(self, postgres_url: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(postgres_url, inst_data=inst_data)
        self._event_log_storage = BatchedPostgresEventLog(postgres_url)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "BatchedPostgresStorage":
        """The storage of a Postgres by its address; Dagster's own would make an object of its own class."""
        return cls(pg_url_from_config(config_value), inst_data)
