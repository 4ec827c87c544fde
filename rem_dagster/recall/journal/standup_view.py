"""What does a morning's page tell?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from rem_dagster.model.moment import Moment
from rem_dagster.recall.journal.returning import Earlier, TopicNote
from rem_dagster.recall.journal.threads import ClosedThread, OpenThread
from rem_dagster.recall.journal.threads_words import is_for

State = Literal["current", "changed", "undreamt", "failed", "unfinished"]


@dataclass(frozen=True)
class StandupDay:
    """One of the days that a morning looks back on."""

    day: date
    state: State
    items: int
    summary: str | None = None
    moments: tuple[Moment, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether what is told of it is all that is stored of it."""
        return self.state == "current"


@dataclass(frozen=True)
class Appointment:
    """What a calendar has for the day."""

    id: str
    name: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Standup:
    """All that a morning's page tells."""

    user_id: str
    day: date
    zone: ZoneInfo
    days: tuple[StandupDay, ...]
    """In order; none where nothing before the day is stored."""
    open: tuple[OpenThread, ...] = ()
    closed: tuple[ClosedThread, ...] = ()
    """Those that were closed on one of the days."""
    faded: tuple[OpenThread, ...] = ()
    ahead: tuple[Appointment, ...] = ()
    predictions: tuple[Moment, ...] = ()
    """What the last day announces of this one."""
    returning: tuple[TopicNote, ...] = ()
    year_ago: Moment | None = None
    last_time: Earlier | None = None

    @property
    def undreamt(self) -> tuple[date, ...]:
        """The days of which not all is told."""
        return tuple(each.day for each in self.days if not each.is_current)

    @property
    def moments(self) -> list[Moment]:
        """Those of all days, in order."""
        return [moment for each in self.days for moment in each.moments]

    @property
    def own(self) -> list[OpenThread]:
        """The user's own open threads; those that name the day first."""
        own = [each for each in self.open if each.by is None]
        return sorted(own, key=lambda each: not self.is_for_today(each))

    def is_for_today(self, thread: OpenThread) -> bool:
        """Whether a thread names the day of the page."""
        return is_for(thread.text, thread.last, self.day)

    @property
    def of_others(self) -> list[OpenThread]:
        """What others said that they would do."""
        return [each for each in self.open if each.by is not None]

    @property
    def outcomes(self) -> list[str]:
        """What came of the days, each outcome once."""
        return list(dict.fromkeys(outcome for each in self.moments for outcome in each.outcomes))
