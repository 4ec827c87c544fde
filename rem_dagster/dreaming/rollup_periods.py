"""Which days does a week or a month hold?

Sep                Oct 2025                                  Nov
28 29 30 │ 1 2 3 4   5 ...11   12 ...18   19 ...25   26 ...31 │ 1
└─── week ────────┘ └ week ┘  └─ week ─┘  └─ week ─┘ └─ week ──┘
         └─────────────────── month ────────────────────────┘
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rem_dagster.model.window import Calendar

Rolled = Literal["week", "month"]
ROLLED: tuple[Rolled, ...] = ("week", "month")


@dataclass(frozen=True)
class PeriodDays:
    """The local days of one week or month, both ends included."""

    period: Rolled
    first_day: date
    last_day: date

    @property
    def key(self) -> str:
        """Its first day, in ISO form."""
        return self.first_day.isoformat()

    @property
    def name(self) -> str:
        """`Week of 6 October 2025`, `October 2025`."""
        month = f"{self.first_day:%B %Y}"
        return month if self.period == "month" else f"Week of {self.first_day.day} {month}"


def period_of(day: date, period: Rolled, calendar: Calendar) -> PeriodDays:
    """The week or month that holds a day; weeks begin as the home's do."""
    if period == "month":
        last = monthrange(day.year, day.month)[1]
        return PeriodDays(period, day.replace(day=1), day.replace(day=last))
    first = calendar.week_start(day)
    return PeriodDays(period, first, first + timedelta(days=6))


def period_made_of(first: date, last: date, calendar: Calendar) -> PeriodDays | None:
    """The week or month that is exactly these days; None where they are something else."""
    periods = (period_of(first, period, calendar) for period in ROLLED)
    return next((each for each in periods if (each.first_day, each.last_day) == (first, last)), None)


def period_from(key: str, period: Rolled) -> PeriodDays:
    """The week or month that begins with an ISO day, wherever weeks begin now."""
    first = date.fromisoformat(key)
    days = 7 if period == "week" else monthrange(first.year, first.month)[1] - first.day + 1
    return PeriodDays(period, first, first + timedelta(days=days - 1))
