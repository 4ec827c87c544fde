"""Which themes emerge from what is named together, and how do they change?

    Sep  [graphd DiskANN recall …]   [travel Toronto …]
    Oct  [graphd DiskANN p95 …]  ▲   [choir Ana …]  new        travel ▼

A theme is a community of what is named in the same moments, called by its most central members. Its share is
that of all mentions of the period. A theme goes on where most of the weight of one lies in another.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.model.window import Calendar
from rem_dagster.recall.graph.adjacency import UNDIRECTED, Adjacency, Ints, Reals
from rem_dagster.recall.graph.communities import communities
from rem_dagster.recall.graph.importance import pagerank
from rem_dagster.recall.graph.names import Names, read_names
from rem_dagster.recall.graph.scope import Scope, read_adjacency
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days

By = Literal["week", "month"]
Trend = Literal["new", "rising", "steady", "falling"]
LEAST_MEMBERS = 3
"""Of a theme: two that are named together once are none."""
MOST_MEMBERS = 12
LEAST_OVERLAP = 0.25
"""The share of a theme's weight by which it goes on from one of the period before."""
LEAST_CHANGE = 1.3
"""How many times its share before, or the other way round, makes a topic rise or fall."""
LEAST_MENTIONS = 3.0
"""Mentions that every topic is taken to have had in any period, so that few make no trend."""
MOST_MOVERS = 5


@dataclass(frozen=True)
class Topic:
    """A member of a theme: how central it is in its period, and its share of all that is named."""

    id: str
    name: str
    kind: str
    importance: float
    mentions: int


@dataclass(frozen=True)
class Theme:
    """What belongs together in a period, the most central first."""

    name: str
    topics: tuple[Topic, ...]
    size: int
    share: float
    trend: Trend
    was: str | None = None
    """The name of what it goes on from, in the period before."""


@dataclass(frozen=True)
class Mover:
    """A topic whose share of all mentions changed: how many times what it was."""

    id: str
    name: str
    times: float
    mentions: int


@dataclass(frozen=True)
class PeriodTopics:
    """The themes of a week or month, the greatest share first, and what rose and fell since the last one."""

    first_day: date
    last_day: date
    days: int
    """Days that name anything."""
    topics: int
    themes: tuple[Theme, ...]
    rising: tuple[Mover, ...]
    falling: tuple[Mover, ...]


@dataclass(frozen=True)
class _Period:
    first: date
    last: date
    counts: Mapping[str, int]
    days: int


def topics_over_time(
    store: Store, scope: Scope, *, calendar: Calendar, by: By = "month"
) -> list[PeriodTopics]:
    """The themes of each period of a scope that names anything, in order.

    Raises:
        UnknownCaseError: no session belongs to the case.
    """
    adjacency = read_adjacency(store, scope)
    names = read_names(store, scope.user_id, adjacency.groups, adjacency.version)
    found: list[PeriodTopics] = []
    before: _Period | None = None
    for period in _periods(store, scope, adjacency, calendar, by):
        of_period = adjacency.within(period.first.isoformat(), period.last.isoformat())
        last = found[-1] if found else None
        themes = _themes(of_period, names, period, last)
        rising, falling = _movers(period, before, names)
        found.append(
            PeriodTopics(period.first, period.last, period.days, len(period.counts), themes, rising, falling)
        )
        before = period
    return found


def _periods(
    store: Store, scope: Scope, adjacency: Adjacency, calendar: Calendar, by: By
) -> Iterator[_Period]:
    where = all_of(equals("user_id", scope.user_id), in_days(scope.first_day, scope.last_day))
    rows = store.read("mentions", ["entity_id", "count", "partition_key", "moment_ids"], where)
    moments = _moments_of_case(adjacency) if scope.case_id else None
    counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
    days: defaultdict[date, set[str]] = defaultdict(set)
    for row in rows.to_pylist():
        if moments is not None and moments.isdisjoint(row["moment_ids"] or ()):
            continue
        first = _first_day(date.fromisoformat(row["partition_key"]), calendar, by)
        counts[first][adjacency.groups.get(row["entity_id"], row["entity_id"])] += row["count"] or 1
        days[first].add(row["partition_key"])
    for first in sorted(counts):
        yield _Period(first, _last_day(first, by), counts[first], len(days[first]))


def _moments_of_case(adjacency: Adjacency) -> frozenset[str]:
    mentioned = adjacency.of_kinds(["mentioned_in"])
    ends = np.unique(adjacency.target[mentioned[adjacency.kind]]) if len(adjacency.kind) else adjacency.kind
    return frozenset(adjacency.ids.take(pa.array(ends)).to_pylist())


def _first_day(day: date, calendar: Calendar, by: By) -> date:
    return day.replace(day=1) if by == "month" else calendar.week_start(day)


def _last_day(first: date, by: By) -> date:
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1) if by == "month" else None
    return after - timedelta(days=1) if after else first + timedelta(days=6)


def _themes(
    adjacency: Adjacency, names: Names, period: _Period, before: PeriodTopics | None
) -> tuple[Theme, ...]:
    is_related = adjacency.of_kinds([UNDIRECTED])
    related = np.flatnonzero(is_related[adjacency.kind]) if len(adjacency.kind) else adjacency.kind
    is_entity = pc.is_in(adjacency.ids, value_set=pa.array(list(names.nodes), pa.string())).to_numpy(
        zero_copy_only=False
    )  # notes and commits are related, too, where one links to the other
    related = related[is_entity[adjacency.source[related]] & is_entity[adjacency.target[related]]]
    nodes, ends = np.unique([adjacency.source[related], adjacency.target[related]], return_inverse=True)
    source, target = ends.reshape(2, -1)
    weight = adjacency.weight[related]
    member = communities(source, target, weight, size=len(nodes))
    rank = pagerank(source, target, weight, size=len(nodes))
    made = [
        _theme(adjacency, names, period, nodes[of_one], rank[of_one])
        for of_one in (np.flatnonzero(member == number) for number in range(int(member.max(initial=-1)) + 1))
        if len(of_one) >= LEAST_MEMBERS
    ]
    made.sort(key=lambda theme: (-theme.share, theme.name))
    return tuple(_followed(theme, before) for theme in made)


def _theme(
    adjacency: Adjacency,
    names: Names,
    period: _Period,
    nodes: Ints,
    rank: Reals,
) -> Theme:
    topics = []
    for place in np.lexsort((nodes, -rank)):
        node = adjacency.id_of(nodes[place])
        known = names.nodes.get(node)
        name, kind = (known.name, known.detail or "thing") if known else (node, "thing")
        topics.append(Topic(node, name, kind, round(float(rank[place]), 6), period.counts.get(node, 0)))
    named = sum(topic.mentions for topic in topics)
    return Theme(
        name=", ".join(topic.name for topic in topics[:3]),
        topics=tuple(topics[:MOST_MEMBERS]),
        size=len(topics),
        share=named / (sum(period.counts.values()) or 1),
        trend="new",
    )


def _followed(theme: Theme, before: PeriodTopics | None) -> Theme:
    """A theme with what it goes on from and whether its share rose."""
    if before is None:
        return Theme(theme.name, theme.topics, theme.size, theme.share, "steady")
    weights = {topic.id: topic.importance for topic in theme.topics}
    overlaps = [(sum(weights.get(topic.id, 0.0) for topic in each.topics), each) for each in before.themes]
    best, was = max(overlaps, key=lambda pair: pair[0], default=(0.0, None))
    if was is None or best < LEAST_OVERLAP * sum(weights.values()):
        return theme
    times = theme.share / max(was.share, 1e-9)
    trend: Trend = "rising" if times >= LEAST_CHANGE else "falling" if times <= 1 / LEAST_CHANGE else "steady"
    return Theme(theme.name, theme.topics, theme.size, theme.share, trend, was.name)


def _movers(
    period: _Period, before: _Period | None, names: Names
) -> tuple[tuple[Mover, ...], tuple[Mover, ...]]:
    """What rose most and fell most, weighed by how much is said of it; nothing without a period before."""
    if before is None:
        return (), ()
    now, then = (sum(each.counts.values()) or 1 for each in (period, before))
    found: list[tuple[float, Mover]] = []
    for node in period.counts.keys() | before.counts.keys():
        count, was = period.counts.get(node, 0), before.counts.get(node, 0)
        times = ((count + LEAST_MENTIONS) / now) / ((was + LEAST_MENTIONS) / then)
        moved = abs(count / now - was / then)
        if node in names.nodes and (times >= LEAST_CHANGE or times <= 1 / LEAST_CHANGE):
            found.append(
                (moved * abs(np.log(times)), Mover(node, names.nodes[node].name, round(times, 2), count))
            )
    found.sort(key=lambda pair: (-pair[0], pair[1].name))
    return (
        tuple(mover for _, mover in found if mover.times > 1)[:MOST_MOVERS],
        tuple(mover for _, mover in found if mover.times < 1)[:MOST_MOVERS],
    )
