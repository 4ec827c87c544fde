"""How are thousands of events of one run recorded in seconds?

Dagster's SQLite log opens, commits and closes two databases for every event. Here the events that
Dagster itself hands over as one batch (all that are planned, all days of one asset) are one commit in
each. The files stay the same, so that the UI and the daemon read and write them with Dagster's own class.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster._core.events import DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._serdes import ConfigurableClassData

OWN_STORAGE = {"storage", "event_log_storage", "run_storage", "schedule_storage"}
NO_STEP_OUTPUT = {
    "module": "dagster._core.storage.noop_compute_log_manager",
    "class": "NoOpComputeLogManager",
}
"""A dream prints nothing, and the processes that would catch it die noisily at Ctrl-C."""
MILLISECOND = 0.001
BATCHED = {DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.ASSET_MATERIALIZATION_PLANNED}


class BatchedSqliteEventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log, with one commit for a batch."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "BatchedSqliteEventLog":
        """The log of a directory; Dagster's own would make an object of its own class."""
        return cls(inst_data=inst_data, **config_value)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store the events of one run; other kinds than those of assets go one by one."""
        super().store_event_batch([event for event in events if event.dagster_event_type not in BATCHED])
        batched = [event for event in events if event.dagster_event_type in BATCHED]
        if batched:
            self._store_asset_events(one_after_another(batched))

    def _store_asset_events(self, events: Sequence[EventLogEntry]) -> None:
        rows = [self._event_to_row(event) for event in events]
        insert = SqlEventLogStorageTable.insert()
        with self.run_connection(events[0].run_id) as run:
            run.execute(insert, rows)
        with self.index_connection() as index:
            ids = [index.execute(insert, row).lastrowid for row in rows]
            self._store_asset_event_tags(index, events, ids)
            latest = {
                event.get_dagster_event().asset_key: (event, event_id)
                for event, event_id in zip(events, ids, strict=True)
            }
            for event, event_id in latest.values():
                self._store_asset_event(index, event, event_id)


def one_after_another(events: Sequence[EventLogEntry]) -> list[EventLogEntry]:
    """The events a millisecond apart: the UI lists one event of an asset for each instant."""
    return [
        event._replace(timestamp=event.timestamp + place * MILLISECOND) for place, event in enumerate(events)
    ]


def open_instance(directory: Path) -> dg.DagsterInstance:
    """The Dagster instance of a directory; recording in batches unless its file names a storage."""
    config = yaml.safe_load((directory / "dagster.yaml").read_text(encoding="utf-8")) or {}
    overrides: dict[str, Any] = {"compute_logs": NO_STEP_OUTPUT}
    if not OWN_STORAGE & config.keys():
        overrides["event_log_storage"] = {
            "module": __name__,
            "class": BatchedSqliteEventLog.__name__,
            "config": {"base_dir": str(directory / "history" / "runs")},
        }
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(directory), overrides=overrides))
