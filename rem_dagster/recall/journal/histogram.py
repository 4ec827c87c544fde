"""How are things spread over time, in about fifty bars?

up to a year      weeks   ▁▁▃▁▁▁▁▂▁▁▁▁▅█     empty bars are there, too
up to four years  months
up to thirteen    quarters
longer            years
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.words import MONTHS

BARS = 52
LEAST_DAYS = 28
Width = Literal["day", "week", "month", "quarter", "year"]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Bar:
    """A stretch of days, both included, and how many things lie in it."""

    first_day: date
    last_day: date
    count: int


@dataclass(frozen=True)
class Histogram:
    """Bars without a gap between them, in order; none where there is nothing."""

    bars: tuple[Bar, ...]
    width: Width = "week"

    @property
    def most(self) -> int:
        """The count of the highest bar."""
        return max((bar.count for bar in self.bars), default=0)

    @property
    def total(self) -> int:
        """Of all bars."""
        return sum(bar.count for bar in self.bars)

    @property
    def words(self) -> str:
        """What the picture shows, for somebody who does not see it."""
        if not self.bars:
            return "Nothing to show."
        highest = max(self.bars, key=lambda bar: (bar.count, bar.first_day))
        where = "on" if self.width == "day" else f"in the {self.width} from"
        return (
            f"{self.total:,} from {named(self.bars[0].first_day)} to {named(self.bars[-1].last_day)}, "
            f"by {self.width}; most {where} {highest.first_day.day} {named(highest.first_day)}: "
            f"{highest.count:,}."
        )


def named(day: date) -> str:
    """`November 2026`."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def histogram(
    days: "Sequence[int] | npt.NDArray[np.int64]",
    calendar: Calendar,
    *,
    first: date | None = None,
    last: date | None = None,
) -> Histogram:
    """How many things lie in each bar.

    Args:
        days: the ordinals of the local days on which they lie, in any order.
        first: the day with which the picture begins at the latest; by default that of the first thing.
        last: the day with which it ends at the earliest, likewise.
    """
    held = np.asarray(days, np.int64)
    ends = [each.toordinal() for each in (first, last) if each] + (
        [int(held.min()), int(held.max())] if len(held) else []
    )
    if not ends:
        return Histogram(())
    begin, end = date.fromordinal(min(ends)), date.fromordinal(max(ends))
    width, starts = _days(begin, end) if first and last else ("week", [])
    if not starts:
        width, starts = _starts(begin, end, calendar)
    counts = np.bincount(
        np.searchsorted([each.toordinal() for each in starts], held, side="right") - 1, minlength=len(starts)
    )
    bars = (Bar(starts[at], _day_before(starts[at + 1]), int(counts[at])) for at in range(len(starts) - 1))
    return Histogram(tuple(bars), width)


def _days(first: date, last: date) -> tuple[Width, list[date]]:
    """The days of a short time, four weeks at least, and the one after; of a longer one none."""
    if (last - first).days >= BARS:
        return "day", []
    begin = max(min(first.toordinal(), last.toordinal() - LEAST_DAYS + 1), 1)
    return "day", [date.fromordinal(each) for each in range(begin, last.toordinal() + 2)]


def _starts(first: date, last: date, calendar: Calendar) -> tuple[Width, list[date]]:
    """The first day of each bar, and that of the one after the last."""
    weeks = (calendar.week_start(last) - calendar.week_start(first)).days // 7 + 1
    if weeks <= BARS:
        begin = max(calendar.week_start(last).toordinal() - (BARS - 1) * 7, 1)
        return "week", [date.fromordinal(begin + 7 * each) for each in range(BARS + 1)]
    months = _month(last) - _month(first) + 1
    width: Width = "month" if months <= BARS else "quarter" if months <= (BARS - 1) * 3 else "year"
    return width, list(_firsts(first, last, _MONTHS[width]))


def _firsts(first: date, last: date, step: int) -> Iterator[date]:
    for month in range(_month(first) // step * step, _month(last) // step * step + step + 1, step):
        yield date(min(month // 12, 9999), month % 12 + 1, 1) if month // 12 <= 9999 else date.max


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _day_before(day: date) -> date:
    return day if day == date.max else day - timedelta(days=1)
