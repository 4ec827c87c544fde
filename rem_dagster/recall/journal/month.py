"""What does the page of one user's month show?"""

from dataclasses import dataclass
from datetime import date, timedelta

from rem_dagster.model.summary import Summary
from rem_dagster.model.window import Calendar, days_between
from rem_dagster.recall.journal.day import TypeTime
from rem_dagster.recall.journal.held import Held, HeldDay, held_days
from rem_dagster.recall.journal.periods import next_month
from rem_dagster.recall.journal.shown import SUMMARY_LETTERS, cut
from rem_dagster.recall.journal.stretch import Outcome, Thread, hours_of, stretch_of
from rem_dagster.recall.journal.week import DAYS
from rem_dagster.recall.timeline import summary_of
from rem_dagster.store.database import Store

OUTCOMES = 12


@dataclass(frozen=True)
class MonthView:
    """All that the page of a month shows."""

    first: date
    last: date
    today: date
    weeks: tuple[tuple[HeldDay, ...], ...]
    """Whole weeks, so that days of the months beside it are among them."""
    before: date | None
    """The nearest day before and after the month that holds something."""
    after: date | None
    lede: str | None = None
    hours: tuple[TypeTime, ...] = ()
    threads: tuple[Thread, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    @property
    def days(self) -> list[HeldDay]:
        """The month's own days."""
        return [day for week in self.weeks for day in week if self.first <= day.day <= self.last]

    @property
    def moments(self) -> int:
        """How many there are."""
        return sum(len(day.moments) for day in self.days)

    @property
    def covered(self) -> timedelta:
        """Time that lies in moments."""
        return sum((day.covered for day in self.days), timedelta())


def month_view(
    store: Store, first: date, *, user_id: str, calendar: Calendar, today: date, held: Held | None = None
) -> MonthView:
    """The page of the month that begins with a day; one that holds nothing is a page too.

    Args:
        held: the days that are known; None is all there are.
    """
    held = held or held_days(store, user_id=user_id)
    last = next_month(first) - timedelta(days=1)
    begin, end = calendar.week_start(first), calendar.week_start(last) + timedelta(days=DAYS - 1)
    days = [held.on(day) for day in days_between(begin, end)]
    own = [day for day in days if first <= day.day <= last]
    has_moments = any(day.moments for day in own)
    read = stretch_of(store, own, user_id=user_id, most_outcomes=OUTCOMES) if has_moments else None
    summary = summary_of(store, user_id=user_id, period="month", first_day=first) if has_moments else None
    return MonthView(
        first=first,
        last=last,
        today=today,
        weeks=tuple(tuple(days[at : at + DAYS]) for at in range(0, len(days), DAYS)),
        before=held.before(first),
        after=held.after(last),
        lede=lede_of(summary),
        hours=hours_of(own),
        threads=read.threads if read else (),
        outcomes=read.outcomes if read else (),
    )


def lede_of(summary: Summary | None) -> str | None:
    """What is written of a period, bounded in length; None where nothing is."""
    return cut(summary.content, SUMMARY_LETTERS) or None if summary else None
