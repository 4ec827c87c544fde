"""What stands beside a day's moments: topics and people with why now, open threads, and earlier days?"""

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from rem_dagster.model.window import Calendar
from rem_dagster.store.database import Store

MOST = 7


@dataclass(frozen=True)
class Beside:
    """What the day's page tells beside its moments; all of it may be missing."""

    topics: tuple[Any, ...] = ()
    people: tuple[Any, ...] = ()
    threads: tuple[Any, ...] = ()
    year_ago: Any = None
    last_time: Any = None

    @property
    def year_ago_day(self) -> date | None:
        """The day of the moment of a year ago."""
        return date.fromisoformat(self.year_ago.partition_key) if self.year_ago else None

    @property
    def last_time_day(self) -> date | None:
        """The day on which a rare topic last came up."""
        return date.fromisoformat(self.last_time.moment.partition_key) if self.last_time else None


def beside_day(store: Store, day: date, *, user_id: str, calendar: Calendar) -> Beside:
    """What belongs beside one user's day."""
    if find_spec("rem_dagster.recall.journal.returning") is None:
        return Beside()
    returning = import_module("rem_dagster.recall.journal.returning")
    threads = import_module("rem_dagster.recall.journal.threads")
    given: dict[str, Any] = {"user_id": user_id, "calendar": calendar}
    return Beside(
        topics=tuple(returning.topics_on(store, day, **given))[:MOST],
        people=tuple(returning.people_on(store, day, **given))[:MOST],
        threads=tuple(threads.open_threads(store, day, **given))[:MOST],
        year_ago=returning.year_ago(store, day, **given),
        last_time=returning.last_time(store, day, **given),
    )
