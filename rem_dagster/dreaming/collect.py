"""What happened on a day, in time order?"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from rem_dagster.model.correction import Correction
from rem_dagster.model.day import Day, DayItem
from rem_dagster.model.ids import digest_text
from rem_dagster.model.own_output import is_own_output, without_managed
from rem_dagster.model.window import Calendar
from rem_dagster.store.database import Store
from rem_dagster.store.digest import NO_ACTIVITY, DayDigest
from rem_dagster.store.filters import all_of, is_in
from rem_dagster.store.records import record_of

Row = dict[str, Any]
MESSAGE_COLUMNS = (
    *("id", "user_id", "session_id", "seq", "role", "author", "trust", "content", "created_at"),
    *("partition_key", "content_hash", "metadata"),
)
RESOURCE_COLUMNS = (
    *("id", "user_id", "document_id", "chunk_ordinal", "name", "content", "uri", "category", "tags", "trust"),
    *("active_start_time", "active_end_time", "created_at", "partition_key", "content_hash", "metadata"),
)


@dataclass(frozen=True)
class _Rows:
    """The rows of one (user, day), in no order."""

    messages: list[Row]
    resources: list[Row]
    corrections: list[Row]


def collect(
    store: Store,
    calendar: Calendar,
    keys: Sequence[tuple[str, str]],
    digests: Mapping[tuple[str, str], DayDigest],
) -> list[Day]:
    """The days named by (user, ISO day), each with its items in time order; unredacted.

    What we wrote ourselves and somebody brought back in is none of a day's items.

    Reads each table once, for all users and days together.
    """
    wanted = set(keys)
    messages = _by_key(_rows(store, "messages", MESSAGE_COLUMNS, wanted))
    resources = _by_key(_rows(store, "resources", RESOURCE_COLUMNS, wanted))
    corrections = _by_key(_rows(store, "corrections", None, wanted))
    titles = _session_titles(store, messages.values())
    return [
        _day(
            key,
            calendar,
            _Rows(messages.get(key, []), resources.get(key, []), corrections.get(key, [])),
            titles,
            digests.get(key, NO_ACTIVITY).digest,
        )
        for key in keys
    ]


def _rows(
    store: Store, table: str, columns: Sequence[str] | None, keys: Iterable[tuple[str, str]]
) -> pa.Table:
    users = {user for user, _ in keys}
    days = {day for _, day in keys}
    return store.read(table, columns, all_of(is_in("partition_key", days), is_in("user_id", users)))


def _by_key(rows: pa.Table) -> dict[tuple[str, str], list[Row]]:
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows.to_pylist():
        grouped.setdefault((row["user_id"], row["partition_key"]), []).append(row)
    return grouped


def _session_titles(store: Store, groups: Iterable[list[Row]]) -> dict[str, str | None]:
    ids = {row["session_id"] for rows in groups for row in rows}
    if not ids:
        return {}
    found = store.read_in("sessions", "id", ids, ["id", "title"])
    return {row["id"]: row["title"] for row in found.to_pylist()}


def _day(
    key: tuple[str, str],
    calendar: Calendar,
    rows: _Rows,
    titles: Mapping[str, str | None],
    digest: str,
) -> Day:
    user_id, partition_key = key
    day = date.fromisoformat(partition_key)
    messages = sorted(
        rows.messages, key=lambda row: (row["created_at"], row["session_id"], row["seq"], row["id"])
    )
    resources = sorted(
        (row for row in rows.resources if not is_own_output(_metadata(row))),
        key=lambda row: (_start(row), row["document_id"], row["chunk_ordinal"], row["id"]),
    )
    items = [
        *(
            _message_item(f"m{place}", row, titles.get(row["session_id"]))
            for place, row in enumerate(messages, 1)
        ),
        *(_resource_item(f"r{place}", row) for place, row in enumerate(resources, 1)),
    ]
    items.sort(key=lambda item: (item.occurred_at, item.kind, int(item.handle[1:])))
    corrections = tuple(
        sorted(
            (record_of(Correction, row) for row in rows.corrections), key=lambda each: (each.made_at, each.id)
        )
    )
    hashes = {row["id"]: str(row["content_hash"]) for row in (*messages, *resources, *rows.corrections)}
    parts = [
        part for item in items for part in (item.source_id, hashes[item.source_id], item.session_title or "")
    ]
    return Day(
        user_id=user_id,
        day=day,
        window=calendar.window_of(day),
        zone=calendar.zone,
        items=tuple(items),
        corrections=corrections,
        input_digest=digest,
        input_hash=digest_text(
            *parts, *(part for each in corrections for part in (each.id, hashes[each.id]))
        ),
        items_hash=digest_text(*parts),
    )


def _metadata(row: Row) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(row["metadata"] or "{}")
    return held


def _start(row: Row) -> Any:
    return row["active_start_time"] or row["created_at"]


def _message_item(handle: str, row: Row, session_title: str | None) -> DayItem:
    return DayItem(
        handle=handle,
        source_id=row["id"],
        kind="message",
        occurred_at=row["created_at"],
        ended_at=row["created_at"],
        text=row["content"],
        thread=row["session_id"],
        role=row["role"],
        author=row["author"],
        session_title=session_title,
        trust=row["trust"] or "own",
        metadata=json.loads(row["metadata"] or "{}"),
    )


def _resource_item(handle: str, row: Row) -> DayItem:
    metadata = _metadata(row)
    repository = metadata.get("repo") if row["category"] == "commit" else None
    start = _start(row)
    end = row["active_end_time"]
    return DayItem(
        handle=handle,
        source_id=row["id"],
        kind="resource",
        occurred_at=start,
        ended_at=max(end, start) if end else start,
        text=without_managed(row["content"]),
        thread=str(repository) if repository else row["document_id"],
        author=metadata.get("author") if isinstance(metadata.get("author"), str) else None,
        name=row["name"],
        category=row["category"],
        tags=tuple(row["tags"] or ()),
        uri=row["uri"],
        trust=row["trust"] or "own",
        metadata=metadata,
    )
