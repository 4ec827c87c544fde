"""What is known of a topic or a person: when it came up, what was stated of it, and what goes with it?"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from rem_dagster.errors import UnknownNameError
from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar
from rem_dagster.recall.graph.adjacency import UNDIRECTED
from rem_dagster.recall.graph.names import Names, read_names
from rem_dagster.recall.graph.parts import Node
from rem_dagster.recall.graph.scope import Scope, read_adjacency
from rem_dagster.recall.journal.histogram import Histogram, histogram
from rem_dagster.recall.journal.oneself import oneself
from rem_dagster.recall.journal.outline import Ints, Outline, read_outline
from rem_dagster.recall.journal.shown import ShownMoment, show_moments
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in
from rem_dagster.store.records import record_of

MOMENTS_SHOWN, MOST_SHOWN = 10, 100
MOST_KNOWN, MOST_SAID = 12, 6
MOST_BESIDE, MOST_PEOPLE, MOST_DOCUMENTS, MOST_ALIASES = 8, 5, 8, 8
STATEMENTS_FROM = 250
"""The last moments whose statements are read, and the last sources that are looked up."""
A_YEAR = 360
A_STRETCH = 35
"""Days without a mention after which it came back."""
_KINDS = {
    "person": "A person",
    "place": "A place",
    "organization": "An organisation",
    "project": "A project",
    "tool": "A tool",
}


@dataclass(frozen=True)
class Known:
    """Something that was stated, when, and on how many messages or notes it rests."""

    text: str
    day: date
    sources: int
    moment_id: str


@dataclass(frozen=True)
class GoesWith:
    """What is named in the same moments."""

    id: str
    name: str
    kind: str
    moments: int
    share: float
    """Of what goes with it most, 0 to 1."""


@dataclass(frozen=True)
class Document:
    """A document that names it."""

    resource_id: str
    """Of the chunk that names it last."""
    name: str
    category: str
    times: int
    """Chunks and versions of it that do."""


@dataclass(frozen=True)
class Dated:
    """A moment and the local day on whose page it is."""

    day: date
    moment: ShownMoment


@dataclass(frozen=True)
class _Stated:
    facts: tuple[Known, ...]
    outcomes: tuple[Known, ...]
    quotes: tuple[Known, ...]


@dataclass(frozen=True)
class TopicView:
    """All that the page of a topic or person shows."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    lede: str
    """In words of ours alone."""
    days: int
    mentions: int
    moments: int
    time: timedelta
    first: date | None
    last: date | None
    histogram: Histogram
    latest: tuple[Dated, ...]
    """The last moments, the latest first."""
    known: tuple[Known, ...] = ()
    """Statements, the latest first."""
    said: tuple[Known, ...] = ()
    """Where no statement is held: quotes that name it, the latest first."""
    came_of_it: tuple[Known, ...] = ()
    """Outcomes that name it, the latest first."""
    goes_with: tuple[GoesWith, ...] = ()
    people: tuple[GoesWith, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def more(self) -> int:
        """Moments that are not shown."""
        return max(self.moments - len(self.latest), 0)


def topic_view(
    store: Store, entity: str, *, user_id: str, calendar: Calendar, limit: int | None = None
) -> TopicView:
    """The page of an entity.

    Args:
        entity: its id, or that of one that it is one with.
        limit: moments that are shown.

    Raises:
        UnknownNameError: no day of the user names it.
    """
    adjacency = read_adjacency(store, Scope(user_id))
    names = read_names(store, user_id, adjacency.groups, adjacency.version)
    node = _node(names, adjacency.groups.get(entity, entity))
    outline = read_outline(store, user_id)
    rows = _mentions(store, node, user_id)
    places = _places(outline, rows)
    days = sorted({date.fromisoformat(row["partition_key"]) for row in rows})
    drawn = outline.days[places] if len(places) else [day.toordinal() for day in days]
    last = places[::-1][: min(limit or MOMENTS_SHOWN, MOST_SHOWN)]
    stated = _stated(store, outline.ids.take(places[-STATEMENTS_FROM:]).to_pylist(), node)
    beside, own = _beside(adjacency, names, node.id), oneself(outline, user_id)
    kind = node.detail or "thing"
    return TopicView(
        id=node.id,
        name=node.name,
        kind=kind,
        aliases=node.aliases[:MOST_ALIASES],
        lede=_lede(kind, days),
        days=len(days),
        mentions=node.mentions,
        moments=len(places),
        time=outline.covered(places),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        histogram=histogram(drawn, calendar, **_scale(outline)),
        latest=_latest(store, outline.ids.take(last).to_pylist(), user_id),
        known=stated.facts,
        said=() if stated.facts else stated.quotes,
        came_of_it=stated.outcomes,
        goes_with=_scaled(each for each in beside if each.kind != "person")[:MOST_BESIDE],
        people=_scaled(each for each in beside if each.kind == "person" and each.name not in own)[
            :MOST_PEOPLE
        ],
        documents=_documents(store, rows, user_id),
    )


def stretches(days: Sequence[date]) -> int:
    """How often something came up again after weeks without it; days are in order."""
    gaps = ((later - earlier).days for earlier, later in pairwise(days))
    return sum(gap > A_STRETCH for gap in gaps) + 1 if days else 0


def _scale(outline: Outline) -> dict[str, date]:
    """The first and last day with a moment, where these lie within a year: else a topic has its own."""
    life = outline.day_list
    return {"first": life[0], "last": life[-1]} if life and (life[-1] - life[0]).days < A_YEAR else {}


def _node(names: Names, node_id: str) -> Node:
    if node_id not in names.nodes:
        raise UnknownNameError(
            f"There is no topic or person with the id {node_id!r}. It may be of a dream that was made again "
            "since. Nothing was changed."
        )
    return names.nodes[node_id]


def _mentions(store: Store, node: Node, user_id: str) -> list[dict[str, Any]]:
    where = all_of(equals("user_id", user_id), is_in("entity_id", node.members or (node.id,)))
    rows = store.read("mentions", ["partition_key", "moment_ids", "source_ids"], where).to_pylist()
    return sorted(rows, key=lambda row: row["partition_key"])


def _places(outline: Outline, rows: Iterable[dict[str, Any]]) -> Ints:
    """The places of the moments that mention it, in the order of time."""
    ids = list(dict.fromkeys(each for row in rows for each in row["moment_ids"] or ()))
    found = np.unique(outline.places_of(ids)) if ids else np.empty(0, np.int64)
    return np.asarray(found[found >= 0], np.int64)


def _latest(store: Store, ids: Collection[str], user_id: str) -> tuple[Dated, ...]:
    rows = store.read_in("moments", "id", ids).to_pylist() if ids else []
    found = sorted(
        (record_of(Moment, row) for row in rows), key=lambda each: (each.start_time, each.id), reverse=True
    )
    shown = show_moments(store, found, user_id=user_id)
    return tuple(
        Dated(date.fromisoformat(moment.partition_key), each)
        for moment, each in zip(found, shown, strict=True)
    )


def _stated(store: Store, ids: Sequence[str], node: Node) -> _Stated:
    """What some moments that name a topic state of it, the latest first, each text once."""
    columns = ["id", "partition_key", "facts", "outcomes", "evidence"]
    rows = store.read_in("moments", "id", ids, columns).to_pylist() if ids else []
    spelt = _spelt(node)
    facts: dict[str, Known] = {}
    outcomes: dict[str, Known] = {}
    quotes: dict[str, Known] = {}
    for row in sorted(rows, key=lambda row: row["partition_key"]):
        day = date.fromisoformat(row["partition_key"])
        told = (
            *((facts, each["text"], len(each["source_ids"] or ())) for each in row["facts"] or ()),
            *((outcomes, text, 0) for text in row["outcomes"] or ()),
            *((quotes, " ".join(each["quote"].split()), 0) for each in row["evidence"] or ()),
        )
        for held, text, sources in told:
            if spelt.search(text.casefold()):
                held.pop(text, None)
                held[text] = Known(text, day, sources, row["id"])
    return _Stated(
        facts=tuple(reversed(facts.values()))[:MOST_KNOWN],
        outcomes=tuple(reversed(outcomes.values()))[:MOST_KNOWN],
        quotes=tuple(reversed(quotes.values()))[:MOST_SAID],
    )


def _spelt(node: Node) -> re.Pattern[str]:
    """Finds a name of an entity in a text, as a word of its own."""
    names = sorted({each.casefold() for each in (node.name, *node.aliases)}, key=lambda each: -len(each))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")


def _beside(adjacency: Any, names: Names, node_id: str) -> list[GoesWith]:
    """The entities that share moments with one, the oftenest first."""
    number = adjacency.number_of(node_id)
    if number is None:
        return []
    relations = adjacency.relations_at([number])
    relations = relations[adjacency.of_kinds([UNDIRECTED])[adjacency.kind[relations]]]
    weights = adjacency.weight[relations]
    found = []
    for at in np.lexsort((relations, -weights)).tolist():
        relation = relations[at]
        source, target = int(adjacency.source[relation]), int(adjacency.target[relation])
        other = adjacency.id_of(target if source == number else source)
        if other in names.nodes:
            node = names.nodes[other]
            found.append(GoesWith(other, node.name, node.detail or "thing", round(float(weights[at])), 1.0))
        if len(found) >= (MOST_BESIDE + MOST_PEOPLE) * 8:
            break
    return found


def _scaled(found: Iterable[GoesWith]) -> tuple[GoesWith, ...]:
    held = list(found)
    most = max((each.moments for each in held), default=1) or 1
    return tuple(GoesWith(each.id, each.name, each.kind, each.moments, each.moments / most) for each in held)


def _documents(store: Store, rows: Sequence[dict[str, Any]], user_id: str) -> tuple[Document, ...]:
    """The documents among its last sources, those that name it oftenest first."""
    ids = list(dict.fromkeys(each for row in reversed(rows) for each in row["source_ids"] or ()))
    few = ids[:STATEMENTS_FROM]
    columns = ["id", "user_id", "document_id", "name", "category"]
    found = store.read_in("resources", "id", few, columns).to_pylist() if few else []
    held = {row["id"]: row for row in found if row["user_id"] == user_id and row["name"]}
    times = Counter(row["document_id"] for row in held.values())
    documents: dict[str, Document] = {}
    for each in few:
        if (row := held.get(each)) and row["document_id"] not in documents:
            documents[row["document_id"]] = Document(
                row["id"], row["name"], row["category"], times[row["document_id"]]
            )
    return tuple(sorted(documents.values(), key=lambda each: -each.times)[:MOST_DOCUMENTS])


def _lede(kind: str, days: Sequence[date]) -> str:
    what = _KINDS.get(kind, "A topic")
    if not days:
        return f"{what} that no day names any more."
    if len(days) == 1:
        return f"{what} that came up on one day."
    times = stretches(days)
    often = f"on {len(days):,} days"
    if times == 1:
        return f"{what} that came up {often}, never more than five weeks apart."
    again = {2: "once", 3: "twice"}.get(times, f"{times - 1} times")
    return f"{what} that came up {often}; you came back to it {again} after five weeks or more."
