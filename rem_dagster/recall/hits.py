"""What does a search give of each row that it found?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from rem_dagster.model.moment import Evidence
from rem_dagster.model.words import Trust
from rem_dagster.recall.naming import moments_of
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, is_in

SearchTable = Literal["moments", "messages", "resources", "summaries", "all"]
SEARCHED: tuple[str, ...] = ("messages", "resources", "moments", "summaries")
"""The tables that have a text index."""
_SHOWN = {
    "messages": ("native_id", "content", "created_at", "partition_key", "session_id", "trust"),
    "resources": ("native_id", "content", "created_at", "name", "trust"),
    "moments": ("summary", "start_time", "end_time", "name", "evidence", "trust"),
    "summaries": ("content", "start_time", "end_time", "name", "period"),
}


@dataclass(frozen=True)
class Matched:
    """A word of the question that a row holds."""

    word: str
    """As it was asked for."""
    term: str
    """As it is indexed."""
    share: float
    """Its part of what the words of the question tell apart, 0 to 1: a rare word has more of it."""
    is_reading: bool = False
    """Whether the word occurs nowhere, and the term is what it was read as."""


@dataclass(frozen=True)
class Hit:
    """One row that was found; a greater score is better, and scores of one search can be compared."""

    id: str
    native_id: str
    """The source's own id; of a moment or summary its id."""
    table: str
    score: float
    text: str
    occurred_at: datetime
    """When it was said or written; of a moment or summary its start."""
    user_id: str
    name: str | None = None
    ended_at: datetime | None = None
    """When a moment or the period of a summary ends."""
    period: str | None = None
    """Of a summary: day, week or month."""
    evidence: tuple[Evidence, ...] = ()
    """Of a moment: verbatim quotes, and the messages or resources in which they stand."""
    moment_id: str | None = None
    """Of a message: the moment that it belongs to."""
    moment_name: str | None = None
    trust: Trust | None = None
    """`third_party` where it is, or a moment rests on, what neither the user nor an assistant said; None of a
    summary."""
    signals: Mapping[str, float] = field(default_factory=dict)
    """What each signal gave, where that was asked for: their sum is the score."""
    matched: tuple[Matched, ...] = ()
    """The words that the row itself holds, where that was asked for; the weightiest first."""


@dataclass(frozen=True)
class Ranked:
    """A row's place among those found."""

    id: str
    user_id: str
    score: float
    signals: Mapping[str, float] = field(default_factory=dict)
    matched: tuple[Matched, ...] = ()


def hits_of(store: Store, table: str, ranked: Sequence[Ranked], limit: int) -> list[Hit]:
    """The first rows that are still there, at most so many, in the order given."""
    found: list[tuple[Ranked, Mapping[str, Any]]] = []
    rest = list(ranked)
    while rest and len(found) < limit:
        few, rest = rest[: limit - len(found)], rest[limit - len(found) :]
        shown = _shown(store, table, few)
        found += [(each, row) for each in few if (row := shown.get((each.id, each.user_id)))]
    named = moments_of(store, [row for _, row in found]) if table == "messages" else {}
    return [_hit(table, row, each, named.get(each.id, (None, None))) for each, row in found]


def _shown(store: Store, table: str, few: Sequence[Ranked]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The rows that are there, by id and user; of one user the index tells whose they are, at less cost."""
    users = {each.user_id for each in few}
    columns = ["id", *_SHOWN[table], *(["user_id"] if len(users) > 1 else [])]
    where = all_of(is_in("id", [each.id for each in few]), is_in("user_id", users))
    one = {"user_id": min(users)}
    rows = [one | row for row in store.read(table, columns, where).to_pylist()]
    return {(row["id"], row["user_id"]): row for row in rows}


def _hit(table: str, row: Mapping[str, Any], ranked: Ranked, moment: tuple[str | None, str | None]) -> Hit:
    is_span = "start_time" in row
    return Hit(
        id=row["id"],
        native_id=row.get("native_id") or row["id"],
        table=table,
        score=ranked.score,
        text=row["summary"] if table == "moments" else row["content"],
        occurred_at=row["start_time" if is_span else "created_at"],
        user_id=row["user_id"],
        name=row.get("name"),
        ended_at=row.get("end_time"),
        period=row.get("period"),
        evidence=tuple(Evidence(**each) for each in row.get("evidence") or ()),
        moment_id=moment[0],
        moment_name=moment[1],
        trust=row.get("trust"),
        signals=ranked.signals,
        matched=ranked.matched,
    )
