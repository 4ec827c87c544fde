"""How do the words of forgotten days leave Dagster's own history?

They are there only where `show_text` is or was on: titles, summaries and pictures with titles, as metadata of
the events of a day, week or month. That metadata goes; the events stay, with their counts, so that no day
looks undone.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sql
from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage
from dagster._core.storage.event_log.schema import AssetKeyTable, SqlEventLogStorageTable

from rem_dagster.defs.metadata import PICTURE
from rem_dagster.defs.retention import SECONDS_TO_WAIT
from rem_dagster.errors import HomeError

TEXTS = frozenset((PICTURE, "titles", "summary"))
"""Labels of metadata that says what somebody did."""
EVENTS, KEYS = SqlEventLogStorageTable.c, AssetKeyTable.c
AT_ONCE = 200


def take_texts_out(instance: dg.DagsterInstance, days: Collection[str]) -> int:
    """Take the words of some ISO days out, and of the weeks and months that hold them; in how many events.

    Raises:
        HomeError: somebody uses a file of the history all the time; run it again.
    """
    log = instance.event_log_storage
    if not isinstance(log, SqlEventLogStorage):
        return 0  # somebody else's storage
    wanted = _events_of(days)
    try:
        with log.index_connection() as connection:
            runs = _run_ids(connection, wanted)
            changed = _clean_events(connection, wanted) + _clean_keys(connection)
        if isinstance(log, SqliteEventLogStorage):
            for run_id in runs:
                with log.run_connection(run_id) as connection:
                    _clean_events(connection, wanted)
            if changed:
                for name in ("index", *runs):
                    _write_anew(Path(log.path_for_shard(name)))
    except (sqlite3.OperationalError, sql.exc.OperationalError) as error:
        raise HomeError(
            f"Dagster's history still holds words of forgotten days: {error}. Stop what uses it, then run "
            "the same command again."
        ) from error
    return changed


def _events_of(days: Collection[str]) -> list[sql.ColumnElement[bool]]:
    """Conditions that are met by events of the days, of the weeks that may hold them, or of their months."""
    weeks = {_before(day, back) for day in days for back in range(7)}
    months = {f"{day[:7]}-01" for day in days}
    is_week, is_month = (
        EVENTS.asset_key.like(f'%{name}"]') for name in ("weekly_summary", "monthly_summary")
    )
    return [
        *(EVENTS.partition.in_(part) for part in _parts(sorted(days))),
        *(is_week & EVENTS.partition.in_(part) for part in _parts(sorted(weeks))),
        *(is_month & EVENTS.partition.in_(part) for part in _parts(sorted(months))),
    ]


def _before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def _run_ids(connection: sql.Connection, wanted: Sequence[sql.ColumnElement[bool]]) -> list[str]:
    found: set[str] = set()
    for condition in wanted:
        query = sql.select(EVENTS.run_id).where(condition).distinct()
        found |= {str(run_id) for (run_id,) in connection.execute(query)}
    return sorted(found)


def _clean_events(connection: sql.Connection, wanted: Sequence[sql.ColumnElement[bool]]) -> int:
    changed = 0
    for condition in wanted:
        for event_id, event in connection.execute(sql.select(EVENTS.id, EVENTS.event).where(condition)).all():
            if (cleaned := _without_texts(event)) is not None:
                update = sql.update(SqlEventLogStorageTable).where(EVENTS.id == event_id)
                connection.execute(update.values(event=cleaned))
                changed += 1
    return changed


def _clean_keys(connection: sql.Connection) -> int:
    """The copy of each asset's newest event, of whichever day it is: the next one has its own."""
    changed = 0
    for key_id, event in connection.execute(sql.select(KEYS.id, KEYS.last_materialization)).all():
        if event and (cleaned := _without_texts(event)) is not None:
            update = sql.update(AssetKeyTable).where(KEYS.id == key_id)
            connection.execute(update.values(last_materialization=cleaned))
            changed += 1
    return changed


def _without_texts(event: str) -> str | None:
    """An event as it is stored, without metadata that holds words; None where it has none."""
    if not any(f'"{label}"' in event for label in TEXTS):
        return None
    held = json.loads(event)
    return json.dumps(held) if _cut(held) else None


def _cut(value: object) -> bool:
    """Cut entries of such metadata out of a JSON value; whether there were any."""
    is_cut = False
    if isinstance(value, dict):
        for each in value.values():
            is_cut |= _cut(each)
    elif isinstance(value, list):
        kept = [each for each in value if not _is_text(each)]
        is_cut = len(kept) < len(value)
        value[:] = kept
        for each in kept:
            is_cut |= _cut(each)
    return is_cut


def _is_text(value: object) -> bool:
    return isinstance(value, dict) and "entry_data" in value and value.get("label") in TEXTS


def _write_anew(file: Path) -> None:
    """Without the pages on which the words stood."""
    if not file.exists():
        return
    with closing(sqlite3.connect(file, timeout=SECONDS_TO_WAIT, isolation_level=None)) as database:
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _parts(values: list[str]) -> Iterator[list[str]]:
    return (values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE))
