"""What stands beside a day's moments: topics and people with why now, open threads, and earlier days?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.behind import Behind, Kept, Stored
from rem_dagster.recall.journal.held import Brief, Held
from rem_dagster.recall.journal.naming_days import naming_days
from rem_dagster.recall.journal.returning import (
    Earlier,
    TopicNote,
    last_time,
    mentioned_between,
    named_in,
    others_among,
    people_notes,
    topic_notes,
)
from rem_dagster.recall.journal.returning_self import DAYS_LOOKED_AT
from rem_dagster.recall.journal.threads import OpenThread, threads
from rem_dagster.store.database import Store

MOST, MOST_THREADS, MOST_YEARS = 7, 5, 10


@dataclass(frozen=True)
class Then:
    """A moment of the same date in an earlier year."""

    day: date
    moment: Brief


@dataclass(frozen=True)
class Beside:
    """What the day's page tells beside its moments; all of it may be missing."""

    topics: tuple[TopicNote, ...] = ()
    people: tuple[TopicNote, ...] = ()
    threads: tuple[OpenThread, ...] = ()
    """Stated intentions that are without an outcome as the day ends, the user's own first."""
    year_ago: Then | None = None
    last_time: Earlier | None = None


@dataclass(frozen=True)
class Around:
    """One user's days, and what was read of them for pages that follow each other."""

    store: Store
    user_id: str
    calendar: Calendar
    held: Held
    behind: Behind
    mentioned: Mapping[date, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def days(
        cls, store: Store, first: date, last: date, *, user_id: str, calendar: Calendar, held: Held
    ) -> "Around":
        """What is around the days from first to last, both included, read once for all of them."""
        mentioned = mentioned_between(store, first, last, user_id=user_id)
        behind: Behind = Stored(store, user_id)
        if first != last:
            behind = Kept(behind, first - timedelta(days=DAYS_LOOKED_AT), last)
        return cls(store, user_id, calendar, held, behind, mentioned)

    def beside(self, day: date) -> Beside:
        """What belongs beside one of the days."""
        user_id, calendar = self.user_id, self.calendar
        naming = naming_days(self.store, user_id=user_id)
        named = named_in(self.mentioned.get(day, ()), naming, day)
        others = others_among(self.behind, named, day, user_id=user_id)
        told = threads(self.store, day, user_id=user_id, calendar=calendar, behind=self.behind)
        return Beside(
            topics=tuple(topic_notes(named, day, calendar=calendar, most=MOST)),
            people=tuple(people_notes(others, day, calendar=calendar, most=MOST)),
            threads=told.open[:MOST_THREADS],
            year_ago=years_ago(self.held, day),
            last_time=last_time(self.store, day, user_id=user_id, named=named),
        )


def years_ago(held: Held, day: date) -> Then | None:
    """The moment of the same date in the latest earlier year that has one, rather with outcomes."""
    for back in range(1, MOST_YEARS + 1):
        try:
            then = day.replace(year=day.year - back)
        except ValueError:  # 29 February, or before the first year
            continue
        if moments := held.on(then).moments:
            best = max(moments, key=lambda each: (each.has_outcomes, each.lasting, each.id))
            return Then(then, best)
    return None
