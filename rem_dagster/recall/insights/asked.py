"""Which pattern is asked for, of what time, and how is that time divided?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from rem_dagster.errors import InputError
from rem_dagster.model.window import Calendar, Window

What = Literal["hours", "mood", "frustration", "streaks", "tools", "people", "rhythm"]
By = Literal["day", "week", "month", "weekday", "hour"]
WHATS: tuple[What, ...] = get_args(What)
BYS: tuple[By, ...] = get_args(By)
MOST_DAYS_ONE_BY_ONE = 21
MOST_WEEKS_ONE_BY_ONE = 27
_DAYS_AS_A_WHOLE: tuple[By, ...] = ("day", "week", "month", "weekday")
DIVISIONS: dict[What, tuple[By, ...]] = {
    "hours": BYS,
    "mood": BYS,
    "frustration": BYS,
    "streaks": (),
    "tools": BYS,
    "people": BYS,
    "rhythm": _DAYS_AS_A_WHOLE,
}
"""By what each pattern can be divided: a streak is made of days, and a day has one beginning."""


@dataclass(frozen=True)
class Asked:
    """One user's time, as a pattern is asked of it."""

    user_id: str
    window: Window
    calendar: Calendar
    now: datetime
    case: str | None = None
    by: By | None = None
    """How the time is divided; None leaves it to the pattern."""
    is_all: bool = False
    """Whether the window holds all that was lived, so that nothing goes on beyond it."""

    @property
    def today(self) -> date:
        """The local day that it is."""
        return self.calendar.day_of(self.now)

    @property
    def first_day(self) -> date:
        """The first local day of the window."""
        return self.calendar.day_of(self.window.start)

    @property
    def last_day(self) -> date:
        """The last local day of the window that has begun."""
        return max(min(self.calendar.span_of(self.window)[1], self.today), self.first_day)

    def division(self, what: What) -> By:
        """How the time of a pattern is divided: as asked, else so that a page holds it.

        Raises:
            InputError: the pattern cannot be divided so.
        """
        allowed = DIVISIONS[what]
        if self.by is None:
            return "weekday" if what == "rhythm" else self._fitting()
        if self.by not in allowed:
            can = f"Give one of {', '.join(allowed)}." if allowed else "Leave --by out."
            raise InputError(f"{what!r} cannot be shown by {self.by!r}. {can} Nothing was changed.")
        return self.by

    def _fitting(self) -> By:
        days = (self.last_day - self.first_day).days + 1
        if days <= MOST_DAYS_ONE_BY_ONE:
            return "day"
        return "week" if days <= 7 * MOST_WEEKS_ONE_BY_ONE else "month"
