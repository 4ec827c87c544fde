"""What comes back on a day: which topics and people and why now, what was a year ago, and the last time?

5 Oct        ●  profiling                                     its last time
9 Nov ●●        vamana: new today, then "3 days this week"
18 Nov ●  ●     profiling: "back after 6 weeks"
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar
from rem_dagster.model.words import PREDICTION, EntityKind
from rem_dagster.recall.journal.behind import Behind, Stored
from rem_dagster.recall.journal.naming_days import NamingDays, naming_days
from rem_dagster.recall.journal.returning_self import own_names
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days, is_in
from rem_dagster.store.records import record_of

MOST_NOTES = 6
AWAY = 21
"""Days after which something is said to be back."""
RARE = 4
"""Days on which a rare topic ever came up, at most."""
WEIGHT_OF_WORDS = 0.5
"""Of topics beside projects, tools and places, which have names of their own."""
PERSON = "person"
_MENTIONED = ("entity_id", "name", "kind", "count", "moment_ids")


@dataclass(frozen=True)
class TopicNote:
    """Something that a day names, and why it is worth a word now."""

    entity_id: str
    name: str
    kind: EntityKind
    why: str
    """`new today`, `back after 5 weeks`, `3 days this week`, ..."""


@dataclass(frozen=True)
class Earlier:
    """When a rare topic of a day came up last before, and the moment that had it."""

    entity_id: str
    name: str
    day: date
    moment: Moment


@dataclass(frozen=True)
class Named:
    """An entity that a day names, and the other days that do."""

    entity_id: str
    name: str
    kind: EntityKind
    count: int
    """How often the day names it."""
    moments: frozenset[str]
    """The day's moments that mention it."""
    members: frozenset[str]
    """The ids of the entities that are this one."""
    earlier: Sequence[date]
    """The days before that name it, in order."""

    def days_away(self, day: date) -> int | None:
        """Days since it was last named; None where it never was."""
        return (day - self.earlier[-1]).days if self.earlier else None


def topics_on(
    store: Store, day: date, *, user_id: str, calendar: Calendar, most: int = MOST_NOTES
) -> list[TopicNote]:
    """The topics, projects, places and things of a day that stand out, the most telling first."""
    return topic_notes(named_on(store, day, user_id=user_id), day, calendar=calendar, most=most)


def people_on(
    store: Store, day: date, *, user_id: str, calendar: Calendar, most: int = MOST_NOTES
) -> list[TopicNote]:
    """The people of a day but the user, the most often named first."""
    found = named_on(store, day, user_id=user_id)
    named = others_among(Stored(store, user_id), found, day, user_id=user_id)
    return people_notes(named, day, calendar=calendar, most=most)


def others_among(behind: Behind, named: Sequence[Named], day: date, *, user_id: str) -> list[Named]:
    """What is named but the user."""
    people = {each.name for each in named if each.kind == PERSON}
    own = own_names(behind, day, user_id=user_id, among=people) if people else set()
    return [each for each in named if each.kind != PERSON or each.name not in own]


def topic_notes(
    named: Iterable[Named], day: date, *, calendar: Calendar, most: int = MOST_NOTES
) -> list[TopicNote]:
    """As `topics_on`, of what was read."""
    topics = [each for each in named if each.kind != PERSON and each.moments]
    topics.sort(key=lambda each: (-_telling(each, day), each.name, each.entity_id))
    return [_note(each, day, calendar) for each in topics[:most]]


def people_notes(
    named: Iterable[Named], day: date, *, calendar: Calendar, most: int = MOST_NOTES
) -> list[TopicNote]:
    """As `people_on`, of what was read."""
    people = [each for each in named if each.kind == PERSON]
    people.sort(key=lambda each: (-len(each.moments), -each.count, each.name))
    return [_note(each, day, calendar) for each in people[:most]]


def named_on(store: Store, day: date, *, user_id: str) -> list[Named]:
    """What a day names, with the days before on which it was named."""
    found = mentioned_between(store, day, day, user_id=user_id).get(day)
    return named_in(found, naming_days(store, user_id=user_id), day) if found else []


def mentioned_between(
    store: Store, first: date, last: date, *, user_id: str
) -> dict[date, list[dict[str, Any]]]:
    """The mentions of the days from first to last, both included."""
    where = all_of(equals("user_id", user_id), in_days(first.isoformat(), last.isoformat()))
    found: dict[date, list[dict[str, Any]]] = {}
    for row in store.read("mentions", (*_MENTIONED, "partition_key"), where).to_pylist():
        found.setdefault(date.fromisoformat(row["partition_key"]), []).append(row)
    return found


def named_in(mentioned: Iterable[Mapping[str, Any]], naming: NamingDays, day: date) -> list[Named]:
    """As `named_on`, of the day's mentions."""
    rows: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in mentioned:
        rows[naming.groups.get(row["entity_id"], row["entity_id"])].append(row)
    return [
        _named(group, held, naming.members.get(group, frozenset({group})), naming.before(group, day))
        for group, held in rows.items()
    ]


def year_ago(store: Store, day: date, *, user_id: str) -> Moment | None:
    """What happened on the same date of the year before: the longest moment, rather one with outcomes.

    29 February has none.
    """
    try:
        same = day.replace(year=day.year - 1)
    except ValueError:  # no such date, or before the first year
        return None
    of_day = all_of(equals("user_id", user_id), equals("partition_key", same.isoformat()))
    return _telling_most(store.read("moments", None, of_day).to_pylist())


def last_time(
    store: Store, day: date, *, user_id: str, named: Sequence[Named] | None = None
) -> Earlier | None:
    """Of the day's rare topics the one that was away longest, and when it came up before.

    Args:
        named: what `named_on` found, where somebody read it already.
    """
    known = named if named is not None else named_on(store, day, user_id=user_id)
    rare = [
        each
        for each in known
        if each.kind != PERSON
        and each.moments
        and 0 < len(each.earlier) < RARE
        and (each.days_away(day) or 0) >= AWAY
    ]
    for each in sorted(rare, key=lambda each: (each.earlier[-1], -each.count, each.name)):
        if (moment := _moment_of(store, each, user_id)) is not None:
            return Earlier(each.entity_id, each.name, each.earlier[-1], moment)
    return None


def why_now(earlier: Sequence[date], day: date, calendar: Calendar) -> str:
    """Why something of a day is worth a word, in a few of them."""
    if not earlier:
        return "new today"
    away = (day - earlier[-1]).days
    if away >= AWAY:
        return f"back after {span_in_words(away)}"
    this_week = 1 + len(earlier) - bisect_left(earlier, calendar.week_start(day))
    if this_week > 1:
        return f"{this_week} days this week"
    this_month = 1 + len(earlier) - bisect_right(earlier, day - timedelta(days=30))
    if this_month > 2:
        return f"{this_month} days in a month"
    return f"last {away} days ago" if away > 1 else "yesterday too"


def span_in_words(days: int) -> str:
    """A stretch of days as a person says it: `5 weeks`, `4 months`, `2 years`."""
    for size, word in ((365, "year"), (61, "month"), (14, "week")):
        if days >= size:
            count = round(days / {"year": 365.25, "month": 30.44, "week": 7}[word]) or 1
            return f"a {word}" if count == 1 else f"{count} {word}s"
    return f"{days} days" if days != 1 else "a day"


def _note(named: Named, day: date, calendar: Calendar) -> TopicNote:
    return TopicNote(named.entity_id, named.name, named.kind, why_now(named.earlier, day, calendar))


def _telling(named: Named, day: date) -> float:
    """How much a topic says of its day: what is often named, and the more the rarer it is on other days."""
    away = named.days_away(day)
    is_back = away is not None and away >= AWAY
    weight = (2.0 if is_back else 1.0) * (WEIGHT_OF_WORDS if named.kind == "topic" else 1.0)
    return weight * (named.count + 2 * len(named.moments)) / math.sqrt(1 + len(named.earlier))


def _named(
    group: str, rows: Sequence[Mapping[str, Any]], members: frozenset[str], earlier: Sequence[date]
) -> Named:
    best = max(rows, key=lambda row: (row["count"] or 0, row["name"]))
    return Named(
        entity_id=group,
        name=best["name"],
        kind=best["kind"],
        count=sum(row["count"] or 0 for row in rows),
        moments=frozenset(moment for row in rows for moment in row["moment_ids"] or ()),
        members=members,
        earlier=earlier,
    )


def _moment_of(store: Store, named: Named, user_id: str) -> Moment | None:
    """The moment that named it last before."""
    last = equals("partition_key", named.earlier[-1].isoformat())
    of_day = all_of(equals("user_id", user_id), last)
    rows = store.read("mentions", ("moment_ids",), all_of(of_day, is_in("entity_id", named.members)))
    ids = {moment for row in rows.to_pylist() for moment in row["moment_ids"] or ()}
    found = store.read("moments", None, all_of(of_day, is_in("id", ids))).to_pylist() if ids else []
    return _telling_most(found)


def _telling_most(rows: Iterable[Mapping[str, Any]]) -> Moment | None:
    """The moment with outcomes, else the longest; None where there is none."""
    lived = [row for row in rows if row["moment_type"] != PREDICTION]
    best = max(
        lived,
        key=lambda row: (bool(row["outcomes"]), row["end_time"] - row["start_time"], row["id"]),
        default=None,
    )
    return record_of(Moment, best) if best else None
