"""What row does an item become?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rem_dagster.ingest.times import LocalDays
from rem_dagster.model.activity import MessageItem, SessionItem
from rem_dagster.model.ids import content_hash, derive_id

Row = dict[str, Any]
Thing = Literal["session", "message", "document"]
METADATA = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str)
NOT_HASHED = ("content_hash", "ingested_at")


@dataclass(frozen=True)
class Origin:
    """Where items come from and whose they are: what their ids are made of."""

    kind: str
    account: str
    user_id: str
    """The user of items that name none."""

    def owner_of(self, user_id: str | None) -> str:
        """The user of an item."""
        return self.user_id if user_id is None else user_id

    def id_of(self, user_id: str | None, thing: Thing, native_id: str) -> str:
        """The id that a source's own id stands for.

        The kind of thing is part of it: tables that count their rows from 1 share native ids.
        """
        return derive_id(self.owner_of(user_id), self.kind, self.account, thing, native_id)


def session_row(item: SessionItem, origin: Origin, days: LocalDays) -> Row:
    """The row of a conversation, without `ingested_at`."""
    placed = days.place(item.created_at, item.time_confidence)
    return sealed(
        "sessions",
        {
            "id": origin.id_of(item.user_id, "session", item.native_id),
            "user_id": origin.owner_of(item.user_id),
            "source": origin.kind,
            "native_id": item.native_id,
            "case_id": item.case_id,
            "title": item.title,
            "created_at": placed.at,
            "ended_at": days.instant_of(item.ended_at),
            "utc_offset_minutes": item.utc_offset_minutes,
            "partition_key": placed.day,
            "metadata": metadata_text(item.metadata),
        },
    )


def message_row(item: MessageItem, origin: Origin, days: LocalDays) -> Row:
    """The row of a message, without `ingested_at`, and with neither `seq` nor `content_hash` settled."""
    placed = days.place(item.created_at, item.time_confidence)
    return {
        "id": origin.id_of(item.user_id, "message", item.native_id),
        "user_id": origin.owner_of(item.user_id),
        "source": origin.kind,
        "native_id": item.native_id,
        "session_id": origin.id_of(item.user_id, "session", item.session_native_id),
        "role": item.role,
        "author": item.author,
        "trust": item.trust,
        "content": item.content,
        "tool_calls": [call.model_dump() for call in item.tool_calls],
        "trace_id": item.trace_id,
        "span_id": item.span_id,
        "created_at": placed.at,
        "utc_offset_minutes": item.utc_offset_minutes,
        "time_confidence": placed.confidence,
        "partition_key": placed.day,
        "metadata": metadata_text(item.metadata),
    }


def sealed(table: str, row: Row) -> Row:
    """The row with the hash of all its columns but `ingested_at`."""
    row["content_hash"] = content_hash(
        table, {name: value for name, value in row.items() if name not in NOT_HASHED}
    )
    return row


def stamped(row: Row, now: datetime) -> Row:
    """The row with the time at which it is stored."""
    row["ingested_at"] = now
    return row


def metadata_text(metadata: Mapping[str, object]) -> str:
    """Metadata as it is stored: JSON with sorted keys."""
    return METADATA.encode(metadata) if metadata else "{}"
