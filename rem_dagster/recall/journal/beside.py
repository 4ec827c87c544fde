"""What stands beside a day's moments: topics and people with why now, open threads, and earlier days?"""

from dataclasses import dataclass
from datetime import date

from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.returning import (
    Earlier,
    TopicNote,
    last_time,
    named_on,
    others_among,
    people_notes,
    topic_notes,
    year_ago,
)
from rem_dagster.recall.journal.threads import OpenThread, open_threads
from rem_dagster.store.database import Store

MOST = 7


@dataclass(frozen=True)
class Beside:
    """What the day's page tells beside its moments; all of it may be missing."""

    topics: tuple[TopicNote, ...] = ()
    people: tuple[TopicNote, ...] = ()
    threads: tuple[OpenThread, ...] = ()
    year_ago: Moment | None = None
    last_time: Earlier | None = None

    @property
    def year_ago_day(self) -> date | None:
        """The day of the moment of a year ago."""
        return date.fromisoformat(self.year_ago.partition_key) if self.year_ago else None

    @property
    def last_time_day(self) -> date | None:
        """The day on which a rare topic last came up."""
        return self.last_time.day if self.last_time else None


def beside_day(store: Store, day: date, *, user_id: str, calendar: Calendar) -> Beside:
    """What belongs beside one user's day."""
    named = others_among(store, named_on(store, day, user_id=user_id), day, user_id=user_id)
    return Beside(
        topics=tuple(topic_notes(named, day, calendar=calendar, most=MOST)),
        people=tuple(people_notes(named, day, calendar=calendar, most=MOST)),
        threads=tuple(open_threads(store, day, user_id=user_id, calendar=calendar)[:MOST]),
        year_ago=year_ago(store, day, user_id=user_id),
        last_time=last_time(store, day, user_id=user_id, named=named),
    )
