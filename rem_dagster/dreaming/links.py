"""How are moments and entities linked to those of the thirty days before?

    D-30 ········· D-1   D
      moment <── similar_to ── moment
      entity <──── same_as ─── entity          the later day owns the edge

No model is asked. A day's links follow from the dreams of D-30 to D and from what the user keeps apart, and
from nothing else, so that the order in which days are dreamt and linked does not matter. Edges are written
before the state that calls them current: killed in between, the days are due again.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rem_dagster.dreaming.links_due import DueDay, find_due
from rem_dagster.dreaming.links_names import named_in, stated_in
from rem_dagster.dreaming.links_texts import read_texts, rows_by_user
from rem_dagster.dreaming.sameness import SURENESS, Names, Pair
from rem_dagster.dreaming.spelling import fold
from rem_dagster.locks import Held
from rem_dagster.model.edge import Edge
from rem_dagster.model.ids import derive_id
from rem_dagster.model.words import PREDICTION
from rem_dagster.settings import Home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.maintain import tidy
from rem_dagster.store.tables import EDGES, LINKS_STATE

if TYPE_CHECKING:
    from rem_dagster.dreaming.similarity import Subject, Subjects

MOMENTS_PER_CHUNK = 20_000
"""Moments that one write looks at; a killed run has the links of one chunk to make again."""
WAIT_FOR_OTHER_LINKS = 3600.0
"""Seconds to wait for another process that links days of this home."""
_MOMENT = (
    *("id", "user_id", "partition_key", "name", "summary", "tags", "facts", "moment_type"),
    "session_ids",
)
_MENTION = (
    *("user_id", "partition_key", "entity_id", "name", "kind", "surface_forms"),
    *("source_ids", "moment_ids", "count", "first_time"),
)


@dataclass(frozen=True)
class LinkReport:
    """How many days of users were linked anew, and which links they have now."""

    days: int = 0
    similar: int = 0
    same: int = 0

    @property
    def edges(self) -> int:
        """All links of those days."""
        return self.similar + self.same


def find_unlinked(
    store: Store,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    user_ids: Sequence[str] | None = None,
) -> list[tuple[str, str]]:
    """The (user, ISO day) whose links `link_across` would make again, by day and user; no moment is read."""
    due = find_due(store, first_day=first_day, last_day=last_day, user_ids=user_ids)
    return sorted(((day.user_id, day.partition_key) for day in due.days), key=lambda key: (key[1], key[0]))


def link_across(
    home: Home,
    store: Store,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    user_ids: Sequence[str] | None = None,
) -> LinkReport:
    """Make the links that are out of date again, of these days and of the 30 days after them.

    A day without moments and entities loses its links. A day that failed keeps those it has. Another process
    that links days of the same home, on this machine or on one that shares the tables, is waited for.

    Args:
        first_day: included; None is the beginning.
        last_day: included; None is the end.
        user_ids: only these users; None is all.

    Raises:
        HomeBusyError: the other process did not end.
        LockLostError: the Postgres that keeps machines apart went away; days of chunks finished before stay.
        StoreError: a table could not be read or written; chunks finished before stay.
    """
    if not find_unlinked(store, first_day=first_day, last_day=last_day, user_ids=user_ids):
        return LinkReport()
    with home.hold_everywhere(["links"], wait_seconds=WAIT_FOR_OTHER_LINKS) as held:
        due = find_due(store, first_day=first_day, last_day=last_day, user_ids=user_ids)
        kinds: list[str] = []
        for chunk in _chunks(due.days):
            edges = _edges_of(store, chunk, due.apart)
            _write(store, chunk, edges, held)
            kinds += [edge.edge_type for edge in edges]
        tidy(store, ["edges", "links_state"])
    return LinkReport(len(due.days), kinds.count("similar_to"), kinds.count("same_as"))


def _chunks(days: Sequence[DueDay]) -> Iterator[list[DueDay]]:
    """Days for one write each: whole users where they are small, and not many more than 20,000 moments."""
    chunk: list[DueDay] = []
    moments = 0
    for day in days:
        before = chunk[-1] if chunk and chunk[-1].user_id == day.user_id else None
        is_next = before is not None and len(set(day.seen) - set(before.seen)) <= 1
        added = day.moments // max(len(day.seen), 1) if is_next else day.moments
        if chunk and moments + added > MOMENTS_PER_CHUNK:
            yield chunk
            chunk, moments, added = [], 0, day.moments
        chunk.append(day)
        moments += added
    if chunk:
        yield chunk


def _write(store: Store, days: Sequence[DueDay], edges: Sequence[Edge], held: Held) -> None:
    """Replace the links of these days, then say what they follow from."""
    slices = [_slice(day.user_id, day.partition_key) for day in days]
    store.replace_slices("edges", rows_of(EDGES, [_row(edge) for edge in edges]), slices)
    held.check()  # else another machine may have written newer ones since
    state = {derive_id(day.user_id, day.partition_key, "links"): day for day in days}
    rows = [
        {
            "id": identifier,
            "user_id": day.user_id,
            "partition_key": day.partition_key,
            "input_hash": day.input_hash,
        }
        for identifier, day in state.items()
        if day.input_hash is not None
    ]
    store.replace_slices("links_state", rows_of(LINKS_STATE, rows), state, column="id")


def _row(edge: Edge) -> dict[str, Any]:
    row = edge.model_dump()
    row["metadata"] = json.dumps(edge.metadata, ensure_ascii=False, sort_keys=True)
    return {**row, "slice_key": _slice(edge.user_id, edge.partition_key)}


def _slice(user_id: str, day: str) -> str:
    return f"{user_id}/{day}/link"


def _edges_of(store: Store, days: Sequence[DueDay], apart: Mapping[str, frozenset[Pair]]) -> list[Edge]:
    """The links of a chunk of days; rows of several users are read at once and never meet."""
    from rem_dagster.dreaming.similarity import Subjects  # only where there is something to link

    linked = [day for day in days if day.input_hash is not None]
    mentions = rows_by_user(store, "mentions", _MENTION, linked)
    moments = rows_by_user(store, "moments", _MOMENT, linked)
    texts = read_texts(store, linked)
    edges: list[Edge] = []
    for user_id, of_user in groupby(linked, key=lambda day: day.user_id):
        of_names = mentions[user_id], moments[user_id], texts[user_id]
        subjects = Subjects(_subjects(moments[user_id], mentions[user_id]))
        names = Names(named_in(*of_names), apart.get(user_id, frozenset()), stated_in(*of_names[::2]))
        for day in of_user:
            edges += _similar(day, subjects)
            edges += _same(day, names)
    return edges


def _subjects(moments: Iterable[Mapping[str, Any]], mentions: Iterable[Mapping[str, Any]]) -> "list[Subject]":
    """What each moment that happened is about."""
    from rem_dagster.dreaming.similarity import subject_of

    entities: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for mention in mentions:
        for moment_id in mention["moment_ids"] or ():
            entities[moment_id][fold(mention["name"])] = mention["name"]
    return [
        subject_of(moment, _ordinal(moment["partition_key"]), entities[moment["id"]])
        for moment in moments
        if moment["moment_type"] != PREDICTION
    ]


def _similar(day: DueDay, subjects: "Subjects") -> list[Edge]:
    return [
        _edge(
            day,
            "similar_to",
            (each.source_id, each.target_id),
            each.weight,
            {"entities": each.entities, "words": each.words},
        )
        for each in subjects.like_before(_ordinal(day.partition_key))
    ]


def _same(day: DueDay, names: Names) -> list[Edge]:
    return [
        _edge(
            day,
            "same_as",
            (each.source_id, each.target_id),
            SURENESS[each.rule],
            {"rule": each.rule, "names": each.names} | ({"short": each.short} if each.short else {}),
        )
        for each in names.same_before(_ordinal(day.partition_key))
    ]


def _edge(day: DueDay, kind: str, ends: tuple[str, str], weight: float, metadata: dict[str, object]) -> Edge:
    return Edge.model_validate(
        {
            "id": derive_id(day.user_id, day.partition_key, "link", *ends, kind),
            "user_id": day.user_id,
            "partition_key": day.partition_key,
            "source_id": ends[0],
            "target_id": ends[1],
            "edge_type": kind,
            "weight": weight,
            "generated_by": "link",
            "metadata": metadata,
        }
    )


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
