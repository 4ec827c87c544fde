"""What does the page of one user's year show?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rem_dagster.model.summary import Summary
from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.day import TypeTime
from rem_dagster.recall.journal.held import Held, HeldDay, held_days
from rem_dagster.recall.journal.marking import clipped
from rem_dagster.recall.journal.month import lede_of
from rem_dagster.recall.journal.stretch import hours_of
from rem_dagster.recall.journal.threads_words import sentences_of
from rem_dagster.recall.journal.week import DAYS, weeks_before
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days
from rem_dagster.store.records import record_of

LEDE_LETTERS = 240
"""Of a month among twelve."""


@dataclass(frozen=True)
class MonthLine:
    """A month as its year tells of it."""

    first: date
    days: tuple[HeldDay, ...]
    """Those that hold something."""
    lede: str | None
    """How what is written of it begins: whole sentences."""

    @property
    def moments(self) -> int:
        """How many there are."""
        return sum(len(day.moments) for day in self.days)

    @property
    def covered(self) -> timedelta:
        """Time that lies in moments."""
        return sum((day.covered for day in self.days), timedelta())


@dataclass(frozen=True)
class YearView:
    """All that the page of a year shows."""

    year: int
    today: date
    grid: tuple[tuple[HeldDay | None, ...], ...]
    """Weeks of seven days; None is no day of the year."""
    months: tuple[MonthLine, ...]
    """Those that hold something."""
    before: int | None
    """The nearest year before and after that holds something."""
    after: int | None
    hours: tuple[TypeTime, ...] = ()

    @property
    def moments(self) -> int:
        """How many there are."""
        return sum(each.moments for each in self.months)

    @property
    def full_days(self) -> int:
        """Days with a moment."""
        return sum(bool(day.moments) for each in self.months for day in each.days)


def year_view(
    store: Store, year: int, *, user_id: str, calendar: Calendar, today: date, held: Held | None = None
) -> YearView:
    """The page of a year; one that holds nothing is a page too.

    Args:
        held: the days that are known; None is all there are.
    """
    held = held or held_days(store, user_id=user_id)
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = held.between(first, last)
    before, after = held.before(first), held.after(last)
    return YearView(
        year=year,
        today=today,
        grid=_grid(held, first, last, calendar, today),
        months=_months(store, days, user_id),
        before=before.year if before else None,
        after=after.year if after else None,
        hours=hours_of(days),
    )


def _grid(
    held: Held, first: date, last: date, calendar: Calendar, today: date
) -> tuple[tuple[HeldDay | None, ...], ...]:
    end = calendar.week_start(last) + timedelta(days=DAYS - 1)
    weeks = ((end - calendar.week_start(first)).days + 1) // DAYS
    return tuple(
        tuple(day if day is not None and first <= day.day <= last else None for day in week)
        for week in weeks_before(held, end, today=today, weeks=weeks)
    )


def _beginning(text: str | None) -> str | None:
    """The first sentences of a text that have room; the first one alone may be cut."""
    if not text:
        return None
    first, *more = sentences_of(text)
    said = clipped(first, LEDE_LETTERS)
    for sentence in more:
        if len(said) + 1 + len(sentence) > LEDE_LETTERS:
            break
        said = f"{said} {sentence}"
    return said


def _months(store: Store, days: Sequence[HeldDay], user_id: str) -> tuple[MonthLine, ...]:
    if not days:
        return ()
    where = all_of(
        equals("user_id", user_id),
        equals("period", "month"),
        in_days(days[0].day.replace(day=1).isoformat(), days[-1].day.isoformat()),
    )
    rows = store.read("summaries", where=where).to_pylist()
    ledes = {row["partition_key"]: _beginning(lede_of(record_of(Summary, row))) for row in rows}
    firsts = dict.fromkeys(day.day.replace(day=1) for day in days)
    return tuple(
        MonthLine(
            first,
            tuple(day for day in days if day.day.replace(day=1) == first),
            ledes.get(first.isoformat()),
        )
        for first in firsts
    )
