"""Which conversations are known by their messages alone?"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from rem_dagster.ingest.report import Tally
from rem_dagster.ingest.rows import Row, metadata_text, sealed, stamped
from rem_dagster.ingest.times import LocalDays
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import SESSIONS

IMPLICIT = {"implicit": True}
"""Marks a session row that no source gave."""
FIRST_COLUMNS = ("session_id", "created_at", "seq", "id", "utc_offset_minutes")


def add_implicit_sessions(
    store: Store, sessions: Mapping[str, Row], *, days: LocalDays, tally: Tally, now: datetime
) -> None:
    """Give each session that has messages and no row of its own one made from its first message.

    It holds nothing of later messages, or each of them would make the session's first day stale. It
    follows from all that is stored, so the order of imports does not matter; a source's own row replaces it.

    Args:
        sessions: for each session id that messages named, `user_id`, `source` and `native_id`.
    """
    known = store.read_in("sessions", "id", sessions, ["id", "content_hash", "partition_key", "metadata"])
    stored = {row["id"]: row for row in known.to_pylist()}
    open_ids = [key for key in sessions if key not in stored or _is_implicit(stored[key])]
    if not open_ids:
        return
    messages = store.read_in("messages", "session_id", open_ids, FIRST_COLUMNS).to_pylist()
    rows = [_session_row(sessions[key], first, days) for key, first in _firsts(messages).items()]
    changed = [row for row in rows if stored.get(row["id"], {}).get("content_hash") != row["content_hash"]]
    tally.touch(row["partition_key"] for row in changed)
    tally.touch(stored[row["id"]]["partition_key"] for row in changed if row["id"] in stored)
    store.upsert("sessions", rows_of(SESSIONS, [stamped(row, now) for row in changed]))


def _firsts(messages: Iterable[Row]) -> dict[str, Row]:
    firsts: dict[str, Row] = {}
    for message in messages:
        held = firsts.get(message["session_id"])
        if held is None or _place(message) < _place(held):
            firsts[message["session_id"]] = message
    return firsts


def _place(message: Row) -> tuple[datetime, int, str]:
    return message["created_at"], message["seq"], message["id"]


def _session_row(session: Row, first: Row, days: LocalDays) -> Row:
    return sealed(
        "sessions",
        {
            "id": first["session_id"],
            **session,
            "case_id": None,
            "title": None,
            "created_at": first["created_at"],
            "ended_at": None,
            "utc_offset_minutes": first["utc_offset_minutes"],
            "partition_key": days.day_of(first["created_at"]),
            "metadata": metadata_text(IMPLICIT),
        },
    )


def _is_implicit(row: Row) -> bool:
    return bool(json.loads(row["metadata"] or "{}").get("implicit"))
