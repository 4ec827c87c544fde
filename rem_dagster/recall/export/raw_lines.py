"""How do sessions, messages and documents become the lines that `rem import jsonl` reads?

sessions, then messages in their order, then documents as they were on each day
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Literal

from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days
from rem_dagster.store.stretches import stretches

SOURCE = "jsonl"
"""The kind of source whose ids are those of lines."""
RawTable = Literal["sessions", "messages", "resources"]
RAW: tuple[RawTable, ...] = ("sessions", "messages", "resources")
_USUAL = {"trust": "own", "time_confidence": "exact"}
"""What a line that does not say otherwise means."""
_COLUMNS: Mapping[RawTable, Sequence[str]] = {
    "sessions": (
        *("id", "user_id", "source", "native_id", "case_id", "title", "created_at", "ended_at"),
        *("utc_offset_minutes", "metadata"),
    ),
    "messages": (
        *("id", "user_id", "source", "native_id", "session_id", "seq", "role", "author", "trust", "content"),
        *("tool_calls", "trace_id", "span_id", "created_at", "utc_offset_minutes", "time_confidence"),
        "metadata",
    ),
    "resources": (
        *("id", "user_id", "source", "native_id", "document_id", "chunk_ordinal", "name", "content", "uri"),
        *("category", "tags", "trust", "active_start_time", "active_end_time", "created_at"),
        *("utc_offset_minutes", "time_confidence", "partition_key", "metadata"),
    ),
}
_TOLD: Mapping[RawTable, Sequence[str]] = {
    "sessions": ("case_id", "title", "created_at", "ended_at", "utc_offset_minutes", "metadata"),
    "messages": (
        *("role", "author", "trust", "content", "tool_calls", "trace_id", "span_id", "created_at"),
        *("utc_offset_minutes", "time_confidence", "metadata"),
    ),
    "resources": (
        *("name", "content", "uri", "category", "tags", "trust", "active_start_time", "active_end_time"),
        *("created_at", "utc_offset_minutes", "time_confidence", "metadata"),
    ),
}


@dataclass
class LineNames:
    """The ids of lines: the source's own where these are lines' already, and no two alike."""

    _given: dict[tuple[str, str], str] = field(default_factory=dict)
    _sessions: dict[str, str] = field(default_factory=dict)

    def of(self, table: str, row: Mapping[str, Any], *, key: str, mark: str) -> str:
        """The id of a line.

        Args:
            key: what the line is of; another one never has the same id.
            mark: what tells it from others that the source calls the same.
        """
        native = str(row["native_id"])
        name = native if row["source"] == SOURCE else f"{row['source']}:{native}"
        for each in (name, f"{name}#{mark}", f"{name}#{mark}#{key}"):
            if self._given.setdefault((table, each), key) == key:
                return each
        return key

    def of_session(self, row: Mapping[str, Any]) -> str:
        """The id of a session's line, for the messages that are in it."""
        return self._sessions.setdefault(row["id"], self.of("sessions", row, key=row["id"], mark=row["id"]))

    def session_of(self, message: Mapping[str, Any]) -> str:
        """The id of the line of a message's session."""
        session = str(message["session_id"])
        return self._sessions.get(session, session)


def raw_parts(store: Store, *, user_id: str) -> Iterator[tuple[RawTable, list[str]]]:
    """The lines of one user's activity, in parts that fit into memory."""
    names = LineNames()
    for table in RAW:
        lines_of = _LINES[table]
        for first, last in stretches(store, table, equals("user_id", user_id)):
            where = all_of(equals("user_id", user_id), in_days(first, last))
            rows = store.read(table, _COLUMNS[table], where).to_pylist()
            yield table, list(lines_of(rows, names))


def _sessions(rows: list[dict[str, Any]], names: LineNames) -> Iterator[str]:
    for row in sorted(rows, key=lambda row: (row["created_at"], row["id"])):
        yield _line("session", "sessions", row, {"id": names.of_session(row)})


def _messages(rows: list[dict[str, Any]], names: LineNames) -> Iterator[str]:
    """In the order in which messages of one instant stand in their session."""
    for row in sorted(
        rows, key=lambda row: (row["created_at"], row["session_id"], row["seq"] or 0, row["id"])
    ):
        name = names.of("messages", row, key=row["id"], mark=row["id"])
        head = {"id": name, "session_id": names.session_of(row)}
        yield _line("message", "messages", row, head)


def _documents(rows: list[dict[str, Any]], names: LineNames) -> Iterator[str]:
    """Each document as it was on a day; what a later day changed in it is a document of its own."""
    ordered = sorted(
        rows, key=lambda row: (row["partition_key"], row["document_id"], row["chunk_ordinal"] or 0)
    )
    for (day, document), chunks in groupby(
        ordered, key=lambda row: (row["partition_key"], row["document_id"])
    ):
        first, *more = chunks
        whole = {**first, "content": "".join(each["content"] for each in (first, *more))}
        name = names.of("resources", first, key=f"{document}/{day}", mark=day)
        yield _line("resource", "resources", whole, {"id": name})


_LINES: Mapping[RawTable, Callable[[list[dict[str, Any]], LineNames], Iterator[str]]] = {
    "sessions": _sessions,
    "messages": _messages,
    "resources": _documents,
}


def _line(kind: str, table: RawTable, row: Mapping[str, Any], head: Mapping[str, str]) -> str:
    told = {name: _told(name, row[name]) for name in _TOLD[table]}
    kept = {
        name: value
        for name, value in told.items()
        if value not in (None, [], {}) and _USUAL.get(name) != value
    }
    line = {"t": kind, **head, "user_id": row["user_id"], **kept}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _told(name: str, value: Any) -> Any:
    if name == "metadata":
        return json.loads(value) if value else {}
    return instant_text(value) if isinstance(value, datetime) else value


def instant_text(instant: datetime) -> str:
    """An instant, without a word about the writer's clock: that is told apart."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
