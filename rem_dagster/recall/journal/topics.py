"""Which topics and people are there, how central is each over time, and why would one look now?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from rem_dagster.model.names import entity_id, fold
from rem_dagster.model.window import Calendar
from rem_dagster.recall.corpus import Reals
from rem_dagster.recall.journal.histogram import Histogram, histogram
from rem_dagster.recall.journal.named import Named, read_named
from rem_dagster.recall.journal.oneself import oneself
from rem_dagster.recall.journal.outline import Bools, Ints, Outline, read_outline
from rem_dagster.recall.journal.topic import A_STRETCH
from rem_dagster.recall.journal.words import ago
from rem_dagster.store.database import Store

LATELY = 28
"""Days that count as lately."""
MOST_LATELY, MOST_OVER_TIME, MOST_FOUND, MOST_PEOPLE = 14, 36, 60, 60
MOST_ADDED_UP = 400
"""People whose time is added up; others are found by a query."""
_DAY = 4_000_000
"""More than the ordinal of any day."""
KINDS = ("project", "tool", "topic", "organization", "place", "thing")


@dataclass(frozen=True)
class TopicRow:
    """A topic in a list."""

    id: str
    name: str
    kind: str
    days: int
    mentions: int
    first: date
    last: date
    why: str
    """`new 3 days ago`, `back after 5 weeks`, `4 of 28 days`."""
    histogram: Histogram


@dataclass(frozen=True)
class TopicsView:
    """All that the page of topics shows."""

    query: str = ""
    kind: str | None = None
    until: date | None = None
    """The last day that has a moment; None where none has."""
    lately: tuple[TopicRow, ...] = ()
    """What the last weeks were about."""
    over_time: tuple[TopicRow, ...] = ()
    """What came up on most days, or what a query found."""
    kinds: tuple[tuple[str, int], ...] = ()
    """How many there are of each kind."""
    total: int = 0


@dataclass(frozen=True)
class PersonRow:
    """A person in a list."""

    name: str
    entity_id: str | None
    """None where no day's graph has them."""
    time: timedelta
    """Of the moments that name them, what several of them cover once."""
    share: float
    """Of whoever has most, 0 to 1."""
    moments: int
    days: int
    first: date
    last: date
    histogram: Histogram


@dataclass(frozen=True)
class PeopleView:
    """All that the page of people shows."""

    query: str = ""
    people: tuple[PersonRow, ...] = ()
    total: int = 0


def topics_view(
    store: Store, *, user_id: str, calendar: Calendar, query: str = "", kind: str | None = None
) -> TopicsView:
    """The topics of one user; people have a page of their own.

    Args:
        query: only those whose name, in any spelling, holds it.
        kind: only those of this kind.
    """
    named = read_named(store, user_id)
    if not len(named.days):
        return TopicsView(query=query, kind=kind)
    last = int(named.days.max())
    tally = _tally(named)
    kinds = [_kind(named, node) for node in range(len(named.nodes))]
    counts = {each: kinds.count(each) for each in KINDS}
    view = TopicsView(
        query=query,
        kind=kind,
        until=date.fromordinal(last),
        kinds=tuple((each, count) for each, count in counts.items() if count),
        total=sum(counts.values()),
    )
    is_wanted = np.array([each in ((kind,) if kind else KINDS) for each in kinds], bool)
    if query:
        is_wanted &= _holds(named, query)
        chosen = _best(tally.days, is_wanted, MOST_FOUND)
        return replace(view, over_time=_rows(named, tally, chosen, calendar, last))
    recent = named.days > last - LATELY
    lately = np.bincount(np.unique(_pairs(named)[recent]) // _DAY, minlength=len(named.nodes))
    telling = lately**1.5 * np.log(1 + len(named.days) / np.maximum(tally.days, 1))
    return replace(
        view,
        lately=_rows(named, tally, _best(telling, is_wanted & (lately > 0), MOST_LATELY), calendar, last),
        over_time=_rows(named, tally, _best(tally.days, is_wanted, MOST_OVER_TIME), calendar, last),
    )


@dataclass(frozen=True, eq=False)
class _Tally:
    """Of each node: days that name it, mentions, first and last day."""

    days: Ints
    mentions: Ints
    first: Ints
    last: Ints


def _tally(named: Named) -> _Tally:
    size = len(named.nodes)
    first, last = np.full(size, np.iinfo(np.int64).max), np.zeros(size, np.int64)
    np.minimum.at(first, named.node_of, named.days)
    np.maximum.at(last, named.node_of, named.days)
    return _Tally(
        days=np.bincount(np.unique(_pairs(named)) // _DAY, minlength=size),
        mentions=np.bincount(named.node_of, named.counts, size).astype(np.int64),
        first=first,
        last=last,
    )


def _pairs(named: Named) -> Ints:
    """Node and day in one number."""
    return named.node_of * _DAY + named.days


def _kind(named: Named, node: int) -> str:
    known = named.names.nodes.get(named.nodes[node])
    return (known.detail or "thing") if known else ""


def _holds(named: Named, query: str) -> Bools:
    wanted = fold(query)
    found = np.zeros(len(named.nodes), bool)
    for place, node in enumerate(named.nodes):
        known = named.names.nodes.get(node)
        found[place] = known is not None and any(
            wanted in fold(each) for each in (known.name, *known.aliases)
        )
    return found


def _best(values: Ints | Reals, wanted: Bools, most: int) -> list[int]:
    """The places of the greatest values among those wanted, at most so many; of equal ones the first."""
    places = np.flatnonzero(wanted)
    order = np.argsort(-values[places], kind="stable")[:most]
    return [int(each) for each in places[order]]


def _rows(
    named: Named, tally: _Tally, chosen: Sequence[int], calendar: Calendar, last: int
) -> tuple[TopicRow, ...]:
    begin, end = (date.fromordinal(int(each)) for each in (named.days.min(), last))
    found = []
    for node in chosen:
        is_node = named.node_of == node
        known = named.names.nodes[named.nodes[node]]
        days = np.unique(named.days[is_node])
        found.append(
            TopicRow(
                id=known.id,
                name=known.name,
                kind=known.detail or "thing",
                days=len(days),
                mentions=int(tally.mentions[node]),
                first=date.fromordinal(int(days[0])),
                last=date.fromordinal(int(days[-1])),
                why=_why(days, begin.toordinal(), last),
                histogram=histogram(days, calendar, first=begin, last=end),
            )
        )
    return tuple(found)


def _why(days: Ints, begin: int, last: int) -> str:
    """What is to be said of the last weeks; of a life of few days, on how many of them."""
    if last - begin < LATELY:
        return f"on {len(days)} of {last - begin + 1} days"
    recent = days[days > last - LATELY]
    if not len(recent):
        return f"last {ago(last - int(days[-1]))}"
    before = days[days <= last - LATELY]
    if not len(before):
        return "new today" if int(recent[0]) == last else f"new {ago(last - int(recent[0]))}"
    away = int(recent[0]) - int(before[-1])
    if away > A_STRETCH:
        return f"back after {away // 7} weeks"
    return f"{len(recent)} of {LATELY} days"


def people_view(store: Store, *, user_id: str, calendar: Calendar, query: str = "") -> PeopleView:
    """The people whom moments name, most time first; the user is not one of them.

    Args:
        query: only those whose name holds it.
    """
    outline, names = read_outline(store, user_id), read_named(store, user_id).names
    own = oneself(outline, user_id)
    groups: dict[str, list[str]] = {}
    for name in outline.people:
        if name not in own:
            entity = entity_id(user_id, name)
            groups.setdefault(names.groups.get(entity, entity), []).append(name)
    rows = []
    wanted = groups.items() if query else _oftenest(outline, groups)
    for node, called in wanted:
        known = names.nodes.get(node)
        spelt = (*called, *((known.name, *known.aliases) if known else ()))
        if not query or any(fold(query) in fold(each) for each in spelt):
            rows.append(_person(outline, called, (node, known.name) if known else None, calendar))
    rows.sort(key=lambda row: (-row.time, -row.moments, row.name))
    most = max((row.time for row in rows), default=timedelta()) or timedelta(seconds=1)
    shown = tuple(replace(row, share=row.time / most) for row in rows[:MOST_PEOPLE])
    return PeopleView(query, shown, len(rows) if query else len(groups))


def _oftenest(outline: Outline, groups: Mapping[str, Sequence[str]]) -> Sequence[tuple[str, Sequence[str]]]:
    """Those of whom most moments tell: whoever is named once in ten years needs no adding up of time."""
    counts = outline.counts_by_person(np.ones(len(outline), bool))
    found = sorted(groups.items(), key=lambda each: (-sum(counts.get(name, 0) for name in each[1]), each[0]))
    return found[:MOST_ADDED_UP]


def _person(
    outline: Outline, called: Sequence[str], known: tuple[str, str] | None, calendar: Calendar
) -> PersonRow:
    chosen: Bools = np.zeros(len(outline), bool)
    for name in called:
        chosen |= outline.with_person(name)
    days = outline.days[chosen]
    return PersonRow(
        name=known[1] if known else called[0],
        entity_id=known[0] if known else None,
        time=outline.covered(chosen),
        share=0.0,
        moments=int(np.count_nonzero(chosen)),
        days=len(np.unique(days)),
        first=date.fromordinal(int(days.min())),
        last=date.fromordinal(int(days.max())),
        histogram=histogram(
            days,
            calendar,
            first=date.fromordinal(int(outline.days.min())),
            last=date.fromordinal(int(outline.days.max())),
        ),
    )
