"""Which instants belong to which local day?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rem_dagster.errors import WindowError
from rem_dagster.settings import Home

LocalTimeProblem = Literal["gap", "fold"]


@dataclass(frozen=True, order=True)
class Window:
    """Half-open span of aware UTC instants.

    start ├──────────────┤ end
    in:   ●───────────○  (start is in, end is not)
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for name, instant in (("start", self.start), ("end", self.end)):
            if instant.tzinfo is None:
                raise WindowError(f"The {name} of a window needs a time zone, got {instant!r}.")
        if self.start > self.end:
            raise WindowError(
                f"A window cannot start ({self.start.isoformat()}) after it ends ({self.end.isoformat()})."
            )

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether the span [start, end) shares an instant with this window; a point counts as one."""
        return start < self.end and (end > self.start or start == end == self.start)

    @property
    def duration(self) -> timedelta:
        """Elapsed time from start to end."""
        return self.end - self.start


@dataclass(frozen=True)
class Calendar:
    """The local days of one home: a zone, and the time of day at which a day begins."""

    zone: ZoneInfo
    day_starts_at: time = time(0)
    week_starts_on: int = 6
    """Weekday number of the first day of a week; Monday is 0, Sunday 6."""

    def day_of(self, instant: datetime) -> date:
        """The local day that holds an instant.

        day_starts_at 04:00   23:00   02:00   05:00
                              └─ Mon ──┘       └─ Tue
        """
        if instant.tzinfo is None:
            raise WindowError(f"Only an instant with a time zone has a day, got {instant!r}.")
        day = instant.astimezone(self.zone).date()
        start = self.start_of(day)
        if instant < start:
            return day - timedelta(days=1)
        return day if instant < self.start_of(day + timedelta(days=1)) else day + timedelta(days=1)

    def start_of(self, day: date) -> datetime:
        """The UTC instant at which a local day begins; a start inside a gap moves behind the gap."""
        return self.instant_of(datetime.combine(day, self.day_starts_at))[0]

    def instant_of(self, local: datetime) -> tuple[datetime, LocalTimeProblem | None]:
        """The UTC instant of a naive local time.

        Clocks going forward ("gap") leave local times that never were: the answer is as much later
        as the clocks jumped. Clocks going back ("fold") give some twice: the answer is the first.
        """
        if local.tzinfo is not None:
            raise WindowError(f"Expected a local time without a zone, got {local!r}.")
        first = local.replace(tzinfo=self.zone, fold=0)
        second = local.replace(tzinfo=self.zone, fold=1)
        instant = first.astimezone(UTC)
        if first.utcoffset() == second.utcoffset():
            return instant, None
        exists = instant.astimezone(self.zone).replace(tzinfo=None) == local
        return instant, "fold" if exists else "gap"

    def window_of(self, day: date) -> Window:
        """The UTC window of a local day: 23, 24 or 25 hours."""
        return Window(self.start_of(day), self.start_of(day + timedelta(days=1)))

    def days_in(self, window: Window) -> list[date]:
        """Every local day that shares an instant with the window, in order."""
        if window.start == window.end:
            return []
        return list(days_between(*self.span_of(window)))

    def span_of(self, window: Window) -> tuple[date, date]:
        """The first and last local day that share an instant with the window; of an empty one that of its
        start."""
        last = max(window.start, window.end - timedelta(microseconds=1))
        return self.day_of(window.start), self.day_of(last)

    def week_start(self, day: date) -> date:
        """The first day of the week that holds a day."""
        return day - timedelta(days=(day.weekday() - self.week_starts_on) % 7)


def given_day(day: date) -> date:
    """A local day as a caller gave it.

    Raises:
        WindowError: it is text, an instant or anything else that is no `datetime.date`.
    """
    if isinstance(day, datetime):
        raise WindowError(f"A day is asked for, and {day!r} is an instant. Give its day: {day.date()!r}.")
    if not isinstance(day, date):
        raise WindowError(
            f"A day is asked for, and {day!r} is none. Give a datetime.date; "
            "date.fromisoformat('2025-10-14') makes one of text. Nothing was changed."
        )
    return day


def calendar_of(home: Home) -> Calendar:
    """The local days of a home."""
    return Calendar(home.zone, home.file.day_starts_at, home.week_starts_on)


def days_between(first: date, last: date) -> Iterator[date]:
    """Days from first to last, both included; nothing when last is before first."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        WindowError: no such zone is known.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError, PermissionError) as error:
        raise WindowError(
            f"There is no time zone {name!r}. Give an IANA name such as 'Europe/Lisbon' or 'UTC'."
        ) from error
