"""What is a message or document, in what was said or written around it, and which moments rest on it?

...........  the messages before
│ message │  long ones in parts of their own; what moments quote is marked
...........  the messages after
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from rem_dagster.errors import InputError
from rem_dagster.model.moment import Moment
from rem_dagster.recall.ask.material import cited_ids
from rem_dagster.recall.journal.item_view import PART, Chunk, CitedBy, ItemView, Near
from rem_dagster.recall.journal.marking import Piece, clipped, cut_out, places_of_quote
from rem_dagster.recall.journal.sources import SAID_BY
from rem_dagster.recall.linked import Links, links_of
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.records import record_of

AROUND = 6
"""Messages before, and as many after."""
SHOWN_AROUND = 700
"""Characters of each of them."""
OF_SESSION = 40
"""Messages of a conversation that one page shows."""
MOST_CHUNKS, MOST_MOMENTS, MOST_TOOL_CALLS, MOST_LINKS = 60, 12, 12, 12
TITLE = 240
_MESSAGE = (
    *("id", "user_id", "source", "session_id", "seq", "role", "author", "trust", "content", "tool_calls"),
    *("created_at", "utc_offset_minutes", "time_confidence", "partition_key"),
)
_RESOURCE = (
    *("id", "user_id", "source", "document_id", "slice_key", "chunk_ordinal", "name", "content", "uri"),
    *("category", "tags", "trust", "active_start_time", "active_end_time", "created_at"),
    *("utc_offset_minutes", "time_confidence", "partition_key"),
)
SURE = {
    "exact": "",
    "assumed_zone": "its source named no zone: read as this home’s",
    "assumed_time": "its source named the day and no sure hour",
    "guessed": "taken from something that changes by itself, such as a file’s date",
}
"""How sure a time is, in words; nothing where it is exact."""


def item_view(
    store: Store,
    table: str,
    identifier: str,
    *,
    user_id: str,
    start: int | None = None,
    moment_id: str | None = None,
) -> ItemView:
    """The page of a message, resource or session.

    Args:
        start: the character with which the part begins; by default that which holds what is quoted.
        moment_id: whose quotes are to be in the part.

    Raises:
        InputError: nothing of this user has that id.
    """
    if table == "messages":
        return _message(store, _row(store, table, _MESSAGE, identifier, user_id), start, moment_id)
    if table == "resources":
        return _resource(store, _row(store, table, _RESOURCE, identifier, user_id), start, moment_id)
    if table == "sessions":
        return _session(store, _row(store, table, None, identifier, user_id), start or 0)
    raise InputError(
        f"There is no {table!r} among what is stored. Messages, resources and sessions have pages."
    )


def _row(
    store: Store, table: str, columns: Sequence[str] | None, identifier: str, user_id: str
) -> Mapping[str, Any]:
    where = all_of(equals("id", identifier), equals("user_id", user_id))
    rows = store.read(table, columns, where).to_pylist()
    if not rows:
        raise InputError(
            f"Nothing of yours among the {table} has the id {identifier!r}. It may have been forgotten or "
            "excluded since. Nothing was changed."
        )
    found: Mapping[str, Any] = rows[0]
    return found


def _message(store: Store, row: Mapping[str, Any], start: int | None, moment_id: str | None) -> ItemView:
    moments = _resting_on(store, row)
    text, begin, is_here = _part(row["content"], _quotes(moments, row["id"], moment_id), start)
    around, before, after = _around(store, row)
    session = _session_row(store, row)
    title = (session or {}).get("title")
    return ItemView(
        table="messages",
        id=row["id"],
        title=_flat(title) if title else "A conversation",
        kind="message",
        said_by=_said_by(row),
        session_id=row["session_id"] if session else None,
        session_title=_flat(title) if title else None,
        around=around,
        before_left=before,
        after_left=after,
        tools=tuple(_flat(each["name"] or "") for each in row["tool_calls"] or ())[:MOST_TOOL_CALLS],
        text=text,
        start=begin,
        length=len(row["content"]),
        is_quote_here=is_here,
        links=_links(store, row),
        **_common(row, moments),
    )


def _resource(store: Store, row: Mapping[str, Any], start: int | None, moment_id: str | None) -> ItemView:
    moments = _resting_on(store, row)
    text, begin, is_here = _part(row["content"], _quotes(moments, row["id"], moment_id), start)
    common = _common(row, moments, at=row["active_start_time"])
    return ItemView(
        table="resources",
        id=row["id"],
        title=_flat(row["name"]) or f"A {row['category']}",
        kind=row["category"],
        ended_at=row["active_end_time"],
        place=_flat(row["uri"] or ""),
        chunks=_chunks(store, row),
        text=text,
        start=begin,
        length=len(row["content"]),
        is_quote_here=is_here,
        links=_links(store, row),
        **common,
    )


def _session(store: Store, row: Mapping[str, Any], first: int) -> ItemView:
    order = _order(store, row["id"], row["user_id"])
    begin = min(max(first, 0), max(len(order) - 1, 0)) // OF_SESSION * OF_SESSION
    shown = order[begin : begin + OF_SESSION]
    return ItemView(
        table="sessions",
        id=row["id"],
        title=_flat(row["title"] or "") or "A conversation",
        kind="conversation",
        source=row["source"],
        day=date.fromisoformat(row["partition_key"]),
        at=row["created_at"],
        ended_at=row["ended_at"],
        there=_there(row),
        around=_nears(store, shown, None),
        before_left=begin,
        after_left=max(len(order) - begin - OF_SESSION, 0),
        links=_links(store, row),
    )


def _links(store: Store, row: Mapping[str, Any]) -> Links:
    found = links_of(store, [row["id"]], user_id=row["user_id"]).get(row["id"], Links())
    return Links(found.to[:MOST_LINKS], found.linked_from[:MOST_LINKS])


def _common(
    row: Mapping[str, Any], moments: Sequence[Moment], *, at: datetime | None = None
) -> dict[str, Any]:
    cited = [_cited_by(each, row["id"]) for each in moments]
    cited.sort(key=lambda each: not each.is_quoting)
    return {
        "source": row["source"],
        "day": date.fromisoformat(row["partition_key"]),
        "at": at or row["created_at"],
        "is_by_others": row["trust"] == "third_party",
        "sure": SURE.get(row["time_confidence"] or "exact", ""),
        "there": _there(row, at),
        "moments": tuple(cited[:MOST_MOMENTS]),
        "moments_left": max(len(cited) - MOST_MOMENTS, 0),
    }


def _resting_on(store: Store, row: Mapping[str, Any]) -> list[Moment]:
    """The moments of its day that cite it, in the order of time."""
    where = all_of(equals("user_id", row["user_id"]), equals("partition_key", row["partition_key"]))
    found = (record_of(Moment, each) for each in store.read("moments", where=where).to_pylist())
    return sorted(
        (each for each in found if row["id"] in cited_ids(each)), key=lambda each: (each.start_time, each.id)
    )


def _cited_by(moment: Moment, source: str) -> CitedBy:
    return CitedBy(
        moment.id,
        clipped(moment.name, TITLE),
        moment.moment_type,
        date.fromisoformat(moment.partition_key),
        any(each.source_id == source for each in moment.evidence),
    )


def _quotes(moments: Iterable[Moment], source: str, moment_id: str | None) -> list[str]:
    """What moments quote of it, that of one moment first."""
    ordered = sorted(moments, key=lambda each: each.id != moment_id)
    return [quote.quote for each in ordered for quote in each.evidence if quote.source_id == source]


def _part(text: str, quotes: Sequence[str], start: int | None) -> tuple[tuple[Piece, ...], int, bool]:
    """A part of a text with quotes marked, where it begins, and whether a quote stands in it."""
    spans = [place for quote in quotes if (place := places_of_quote(text, quote)) is not None]
    begin = min(start, max(len(text) - 1, 0)) if start is not None else (spans[0][0] if spans else 0)
    begin = max(begin, 0) // PART * PART
    end = min(begin + PART, len(text))
    pieces = cut_out(text, spans, start=begin, end=end)
    return pieces, begin, not quotes or any(each.is_marked for each in pieces)


def _around(store: Store, row: Mapping[str, Any]) -> tuple[tuple[Near, ...], int, int]:
    order = _order(store, row["session_id"], row["user_id"])
    at = next((place for place, each in enumerate(order) if each == row["id"]), 0)
    begin, end = max(at - AROUND, 0), at + AROUND + 1
    return _nears(store, order[begin:end], row["id"]), begin, max(len(order) - end, 0)


def _order(store: Store, session_id: str, user_id: str) -> list[str]:
    """The ids of a session's messages in the order in which they were said."""
    where = all_of(equals("user_id", user_id), equals("session_id", session_id))
    rows = store.read("messages", ["id", "created_at", "seq"], where).to_pylist()
    rows.sort(key=lambda row: (row["created_at"], row["seq"] or 0, row["id"]))
    return [row["id"] for row in rows]


def _nears(store: Store, ids: Sequence[str], this: str | None) -> tuple[Near, ...]:
    columns = ["id", "role", "author", "trust", "content", "created_at"]
    rows = {row["id"]: row for row in store.read_in("messages", "id", ids, columns).to_pylist()}
    return tuple(
        Near(
            id=row["id"],
            said_by=_said_by(row),
            at=row["created_at"],
            text=clipped(row["content"], SHOWN_AROUND),
            is_cut=len(row["content"]) > SHOWN_AROUND,
            is_by_others=row["trust"] == "third_party",
            is_this=row["id"] == this,
        )
        for each in ids
        if (row := rows.get(each)) is not None
    )


def _chunks(store: Store, row: Mapping[str, Any]) -> tuple[Chunk, ...]:
    """The parts of the document as it changed that day, those around this one where there are many."""
    where = all_of(equals("user_id", row["user_id"]), equals("slice_key", row["slice_key"]))
    held = store.read("resources", ["id", "chunk_ordinal"], where).to_pylist()
    held.sort(key=lambda each: (each["chunk_ordinal"] or 0, each["id"]))
    if len(held) < 2:
        return ()
    at = next((place for place, each in enumerate(held) if each["id"] == row["id"]), 0)
    begin = max(min(at - MOST_CHUNKS // 2, len(held) - MOST_CHUNKS), 0)
    return tuple(
        Chunk(each["id"], (each["chunk_ordinal"] or 0) + 1, each["id"] == row["id"])
        for each in held[begin : begin + MOST_CHUNKS]
    )


def _session_row(store: Store, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    where = all_of(equals("user_id", row["user_id"]), equals("id", row["session_id"]))
    rows = store.read("sessions", ["id", "title"], where).to_pylist()
    return rows[0] if rows else None


def _said_by(row: Mapping[str, Any]) -> str:
    return _flat(row["author"] or "") or SAID_BY.get(row["role"], "You")


def _there(row: Mapping[str, Any], at: datetime | None = None) -> str | None:
    """The time of day where it was written; of an event, that of its start."""
    offset = row["utc_offset_minutes"]
    return None if offset is None else f"{(at or row['created_at']) + timedelta(minutes=offset):%H:%M}"


def _flat(text: str) -> str:
    return clipped(" ".join(text[: TITLE * 4].split()), TITLE)
