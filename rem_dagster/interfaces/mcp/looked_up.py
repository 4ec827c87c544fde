"""Which stored item does an id mean, and what is its whole text?"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rem_dagster.errors import InputError
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.interfaces.mcp.views import Kind
from rem_dagster.model.moment import Moment
from rem_dagster.model.words import Trust
from rem_dagster.store.filters import all_of, any_of, equals
from rem_dagster.store.records import record_of

MOST_IDS = 100
"""Sources of a moment that are named."""
_SCHEME = "rem://"
_PERIODS = ("day", "week", "month")


@dataclass(frozen=True)
class Item:
    """An item as a text."""

    id: str
    kind: Kind
    title: str
    text: str
    at: datetime
    until: datetime | None = None
    trust: Trust | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    """What else is known of it."""


def item_of(said: str, served: Served) -> Item:
    """The moment, message, document, conversation or summary that an id means.

    Args:
        said: our id, that of a document or conversation, or an address `rem://KIND/ID`.

    Raises:
        InputError: nothing of the user has this id.
    """
    wanted = said.strip()
    if wanted.startswith(_SCHEME):
        kind, _, wanted = wanted.removeprefix(_SCHEME).partition("/")
        if kind in _PERIODS:
            raise InputError(
                f"{said!r} is a {kind} and no item: recap(period={kind!r}, when={wanted!r}) tells of it. "
                "Nothing was changed."
            )
    for look in (_moment, _message, _document, _summary, _session):
        found = look(wanted, served)
        if found is not None:
            return found
    raise InputError(
        f"There is no item with the id {said!r} in this memory. Nothing was changed. "
        "search and timeline give ids of what there is."
    )


def moment_of(item_id: str, served: Served) -> Moment | None:
    """The moment of an id; None where the user has none."""
    rows = _rows("moments", equals("id", item_id), served)
    return record_of(Moment, rows[0]) if rows else None


def _rows(table: str, where: str | None, served: Served) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = served.store.read(
        table, where=all_of(equals("user_id", served.user_id), where)
    ).to_pylist()
    return rows


def _moment(wanted: str, served: Served) -> Item | None:
    moment = moment_of(wanted, served)
    if moment is None:
        return None
    told = moment.metadata.get("source_ids")
    named = told if isinstance(told, list) else [each.source_id for each in moment.evidence]
    sources = list(dict.fromkeys(map(str, named)))
    return Item(
        id=moment.id,
        kind="moment",
        title=moment.name,
        text="\n".join(moment_paragraphs(moment)),
        at=moment.start_time,
        until=moment.end_time,
        trust=moment.trust,
        facts={
            "moment_type": moment.moment_type,
            "tags": list(moment.tags),
            "people": list(moment.people),
            "feelings": list(moment.emotion_tags),
            "source_ids": sources[:MOST_IDS],
            "sources": len(sources),
            "session_ids": list(moment.session_ids),
        },
    )


def moment_paragraphs(moment: Moment) -> Iterator[str]:
    """All that a moment says, a statement a line."""
    yield moment.summary
    yield from (f"Outcome: {each}" for each in moment.outcomes)
    yield from (f"Known: {each.text}" for each in moment.facts)
    yield from (f"Intended: {each.text}" for each in moment.intentions)
    yield from (f"Quote: “{each.quote}” (from {each.source_id})" for each in moment.evidence)


def _message(wanted: str, served: Served) -> Item | None:
    rows = _rows("messages", equals("id", wanted), served)
    if not rows:
        return None
    row = rows[0]
    return Item(
        id=row["id"],
        kind="message",
        title=f"{_who(row)} in {row['source']}",
        text=row["content"],
        at=row["created_at"],
        trust=row["trust"],
        facts={"role": row["role"], "author": row["author"], "source": row["source"]}
        | {"session_id": row["session_id"]},
    )


def _document(wanted: str, served: Served) -> Item | None:
    """The whole document, as it was on the day of the chunk that is meant; by its own id, as it was last."""
    rows = _rows("resources", any_of(equals("id", wanted), equals("document_id", wanted)), served)
    if not rows:
        return None
    newest = max(rows, key=lambda row: (row["partition_key"], -row["chunk_ordinal"]))
    day = equals("partition_key", newest["partition_key"])
    chunks = _rows("resources", all_of(equals("document_id", newest["document_id"]), day), served)
    chunks.sort(key=lambda row: row["chunk_ordinal"])
    first = chunks[0]
    metadata = json.loads(first["metadata"] or "{}")
    author = metadata.get("author")
    return Item(
        id=wanted,
        kind="resource",
        title=first["name"],
        text="".join(each["content"] for each in chunks),
        at=first["created_at"],
        trust="third_party" if any(each["trust"] == "third_party" for each in chunks) else "own",
        facts={"category": first["category"], "source": first["source"], "author": author}
        | {"document_id": first["document_id"], "tags": list(first["tags"] or ())},
    )


def _summary(wanted: str, served: Served) -> Item | None:
    rows = _rows("summaries", equals("id", wanted), served)
    if not rows:
        return None
    row = rows[0]
    ids = list(row["moment_ids"] or ())
    return Item(
        id=row["id"],
        kind="summary",
        title=row["name"],
        text=row["content"],
        at=row["start_time"],
        until=row["end_time"],
        trust=trust_of_moments(ids, served),
        facts={"period": row["period"], "first_day": row["partition_key"], "moment_ids": ids[:MOST_IDS]},
    )


def _session(wanted: str, served: Served) -> Item | None:
    sessions = _rows("sessions", equals("id", wanted), served)
    messages = _rows("messages", equals("session_id", wanted), served)
    if not sessions and not messages:
        return None
    messages.sort(key=lambda row: (row["created_at"], row["seq"], row["id"]))
    first = sessions[0] if sessions else messages[0]
    lines = [f"[{utc(row['created_at'])}] {_who(row)}: {row['content']}" for row in messages]
    return Item(
        id=wanted,
        kind="session",
        title=first.get("title") or f"Conversation in {first['source']}",
        text="\n".join(lines),
        at=first["created_at"],
        until=messages[-1]["created_at"] if messages else None,
        trust="third_party" if any(row["trust"] == "third_party" for row in messages) else "own",
        facts={"source": first["source"], "messages": len(messages)},
    )


def trust_of_moments(moment_ids: Sequence[str], served: Served) -> Trust:
    """The least trust of some moments."""
    held = served.store.read_in("moments", "id", moment_ids, ["trust"])["trust"].to_pylist()
    return "third_party" if "third_party" in held else "own"


def _who(row: Mapping[str, Any]) -> str:
    return f"{row['author']} ({row['role']})" if row["author"] else str(row["role"])
