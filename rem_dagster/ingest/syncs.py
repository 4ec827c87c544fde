"""What is remembered of each source between two pulls? Here an origin's account is its place."""

import json
from dataclasses import dataclass
from datetime import datetime

from rem_dagster.ingest.report import ImportReport
from rem_dagster.ingest.rows import Origin, Row
from rem_dagster.model.ids import derive_id
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import equals
from rem_dagster.store.maintain import tidy
from rem_dagster.store.tables import SYNCS


@dataclass(frozen=True)
class SyncState:
    """The last pull of one source for one user."""

    watermark: str | None
    """The source's fingerprint when all of it was read; None when that was not known, or failed."""
    last_sync_at: datetime | None
    error: str | None


def read_sync(store: Store, origin: Origin) -> SyncState | None:
    """The last pull of a source; None before the first."""
    rows = store.read("syncs", ["watermark", "last_sync_at", "error"], equals("id", _id_of(origin)))
    return SyncState(**rows.to_pylist()[0]) if rows.num_rows else None


def note_sync(
    store: Store,
    origin: Origin,
    report: ImportReport,
    *,
    now: datetime,
    last_item_at: datetime | None = None,
    watermark: str | None = None,
) -> None:
    """Remember that all of a source was read."""
    counts = {
        name: getattr(report, name) for name in ("read", "new", "updated", "unchanged", "skipped", "failed")
    }
    _write(
        store,
        origin,
        {
            "watermark": watermark,
            "last_item_at": last_item_at,
            "last_sync_at": now,
            "counts": json.dumps(counts, sort_keys=True),
            "error": None,
        },
    )


def note_sync_error(store: Store, origin: Origin, error: str, *, now: datetime) -> None:
    """Remember that a source could not be read, so that the next pull reads all of it."""
    _write(store, origin, {"last_sync_at": now, "error": error})


def lower_last_items(store: Store) -> None:
    """Of each source say no later last item than its user's newest that is stored of its kind."""
    newest: dict[tuple[str, str], datetime] = {}
    for table in ("messages", "resources"):
        columns = ["user_id", "source", "created_at"]
        rows = store.read(table, columns).group_by(columns[:2]).aggregate([("created_at", "max")])
        for user, kind, at in zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True):
            newest[user, kind] = max(at, newest.get((user, kind), at))
    rows = store.read("syncs")
    changed = []
    for row in rows.to_pylist():
        told, held = row["last_item_at"], newest.get((row["user_id"], row["source"]))
        if told is not None and (held is None or held < told):
            changed.append({**row, "last_item_at": held})
    if changed:
        store.upsert("syncs", rows_of(SYNCS, changed))
        tidy(store, ["syncs"])


def _write(store: Store, origin: Origin, values: Row) -> None:
    row = {
        "id": _id_of(origin),
        "user_id": origin.user_id,
        "source": origin.kind,
        "account": origin.account,
        **values,
    }
    store.upsert("syncs", rows_of(SYNCS, [row]))
    tidy(store, ["syncs"])  # a row for each source, written every quarter of an hour


def _id_of(origin: Origin) -> str:
    return derive_id(origin.user_id, origin.kind, origin.account)
