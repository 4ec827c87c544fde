"""Small stored rows for tests of the store and of recall: what an import and a dream would have written."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rem_dagster.model.ids import content_hash, derive_id
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import EDGES, MENTIONS, MESSAGES, MOMENTS, RESOURCES, SESSIONS, SUMMARIES

NOON = datetime(2025, 10, 20, 12, tzinfo=UTC)


def message(
    content: str,
    *,
    at: datetime = NOON,
    user: str = "ann",
    session: str = "s1",
    author: str | None = None,
    role: str = "user",
    native_id: str | None = None,
) -> dict[str, Any]:
    native_id = native_id or f"{session}/{at.isoformat()}/{content[:20]}"
    row = {
        "user_id": user,
        "source": "jsonl",
        "native_id": native_id,
        "session_id": derive_id(user, "jsonl", "", session),
        "seq": 0,
        "role": role,
        "author": author,
        "trust": "own",
        "content": content,
        "created_at": at,
        "partition_key": at.date().isoformat(),
    }
    return {
        **row,
        "id": derive_id(user, "jsonl", "", native_id),
        "content_hash": content_hash("messages", row),
    }


def resource(
    name: str,
    content: str,
    *,
    at: datetime = NOON,
    user: str = "ann",
    category: str = "note",
    chunk: int = 0,
    repo: str | None = None,
) -> dict[str, Any]:
    document = derive_id(user, "jsonl", "", name)
    day = at.date().isoformat()
    row = {
        "user_id": user,
        "source": "jsonl",
        "native_id": name,
        "document_id": document,
        "chunk_ordinal": chunk,
        "name": name,
        "content": content,
        "category": category,
        "tags": [],
        "trust": "own",
        "created_at": at,
        "partition_key": day,
        "slice_key": f"{document}/{day}",
        "metadata": json.dumps({"repo": repo} if repo else {}),
    }
    return {**row, "id": derive_id(document, day, chunk), "content_hash": content_hash("resources", row)}


def moment(
    name: str,
    *,
    at: datetime = NOON,
    hours: float = 1,
    user: str = "ann",
    summary: str = "It went well.",
    facts: Sequence[tuple[str, Sequence[str]]] = (),
    tags: Sequence[str] = (),
    emotions: Sequence[str] = (),
    dream: str = "d1",
) -> dict[str, Any]:
    day = at.date().isoformat()
    end = at + timedelta(hours=hours)
    return {
        "id": derive_id(user, day, name),
        "user_id": user,
        "partition_key": day,
        "slice_key": f"{user}/{day}",
        "name": name,
        "summary": summary,
        "start_time": at,
        "end_time": end,
        "created_at": end,
        "moment_type": "work_session",
        "tags": list(tags),
        "emotion_tags": list(emotions),
        "facts": [{"text": text, "source_ids": list(sources)} for text, sources in facts],
        "trust": "own",
        "search_text": f"{name}. {summary} {' '.join(tags)}",
        "dream_id": dream,
    }


def mention(name: str, *, at: datetime = NOON, user: str = "ann", count: int = 1) -> dict[str, Any]:
    day = at.date().isoformat()
    entity = derive_id(user, name.lower())
    return {
        "id": derive_id(user, day, entity),
        "user_id": user,
        "partition_key": day,
        "slice_key": f"{user}/{day}",
        "entity_id": entity,
        "name": name,
        "kind": "tool",
        "surface_forms": [name],
        "count": count,
        "first_time": at,
        "last_time": at,
        "dream_id": "d1",
    }


def edge(source: str, target: str, kind: str, *, user: str = "ann", owner: str = "link") -> dict[str, Any]:
    return {
        "id": derive_id(user, owner, source, target, kind),
        "user_id": user,
        "partition_key": "2025-10-20",
        "slice_key": f"{user}/2025-10-20/{owner}",
        "source_id": source,
        "target_id": target,
        "edge_type": kind,
        "generated_by": owner,
    }


def session(native_id: str, *, at: datetime = NOON, user: str = "ann") -> dict[str, Any]:
    row = {
        "user_id": user,
        "source": "jsonl",
        "native_id": native_id,
        "created_at": at,
        "partition_key": at.date().isoformat(),
    }
    identity = derive_id(user, "jsonl", "", native_id)
    return {**row, "id": identity, "content_hash": content_hash("sessions", row)}


def summary(
    content: str, *, at: datetime, end: datetime, user: str = "ann", period: str = "day"
) -> dict[str, Any]:
    day = at.date().isoformat()
    return {
        "id": derive_id(user, period, day),
        "user_id": user,
        "period": period,
        "partition_key": day,
        "slice_key": f"{user}/{period}/{day}",
        "name": f"The {period} from {day}",
        "content": content,
        "start_time": at,
        "end_time": end,
        "created_at": end,
        "moment_ids": [],
        "input_hash": "h",
        "recipe": "r",
    }


SPECS = {
    "messages": MESSAGES,
    "resources": RESOURCES,
    "moments": MOMENTS,
    "mentions": MENTIONS,
    "edges": EDGES,
    "sessions": SESSIONS,
    "summaries": SUMMARIES,
}


def put(store: Store, table: str, *rows: dict[str, Any]) -> list[str]:
    """Store rows and return their ids."""
    store.upsert(table, rows_of(SPECS[table], rows))
    return [row["id"] for row in rows]
