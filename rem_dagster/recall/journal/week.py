"""What does the page of one user's week show?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from rem_dagster.model.window import Calendar, days_between
from rem_dagster.recall.journal.day import TypeTime
from rem_dagster.recall.journal.held import Brief, Held, HeldDay, held_days
from rem_dagster.recall.journal.periods import week_name
from rem_dagster.recall.journal.stretch import Outcome, Thread, difference, hours_of, stretch_of
from rem_dagster.recall.timeline import summary_of
from rem_dagster.store.database import Store

DAYS, OUTCOMES = 7, 14
MINUTES_OF_DAY = 24 * 60
LEAST_HOURS = 12
LEAST_WIDTH = 0.9
MOST_BLOCKS = 60
"""Of one day; of more the longest are drawn."""
WEEKS_OF_A_YEAR = 53


@dataclass(frozen=True)
class DayBlock:
    """A moment on the week's hours, in percent."""

    moment: Brief
    left: float
    width: float


@dataclass(frozen=True)
class DayRow:
    """One day of a week."""

    held: HeldDay
    blocks: tuple[DayBlock, ...]

    @property
    def day(self) -> date:
        """The local day."""
        return self.held.day


@dataclass(frozen=True)
class HourTick:
    """An hour of the axis that all days share."""

    at: float
    label: str


@dataclass(frozen=True)
class WeekView:
    """All that the page of a week shows."""

    first: date
    last: date
    name: str
    today: date
    days: tuple[DayRow, ...]
    ticks: tuple[HourTick, ...]
    before: date | None
    """The nearest day before and after the week that holds something."""
    after: date | None
    lede: str | None = None
    hours: tuple[TypeTime, ...] = ()
    difference: str | None = None
    """To the week before, in words."""
    threads: tuple[Thread, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    held_back: int = 0
    year: tuple[tuple[HeldDay | None, ...], ...] = ()
    """The 53 weeks that end with this one, each of seven days; None is a day still to come."""

    @property
    def moments(self) -> int:
        """How many there are."""
        return sum(len(each.held.moments) for each in self.days)

    @property
    def number(self) -> int:
        """The week's number in its year."""
        return int(self.name[-2:])

    @property
    def full_days(self) -> int:
        """Days with a moment."""
        return sum(bool(each.held.moments) for each in self.days)


def week_view(
    store: Store, day: date, *, user_id: str, calendar: Calendar, today: date, held: Held | None = None
) -> WeekView:
    """The page of the week that holds a day; one that holds nothing is a page too.

    Args:
        held: the days that are known; None is all there are.
    """
    held = held or held_days(store, user_id=user_id)
    first = calendar.week_start(day)
    last = first + timedelta(days=DAYS - 1)
    days = [held.on(each) for each in days_between(first, last)]
    hours = hours_of(days)
    axis = _axis(days, calendar)
    view = WeekView(
        first=first,
        last=last,
        name=week_name(day, calendar),
        today=today,
        days=tuple(DayRow(each, _blocks(each, axis, calendar)) for each in days),
        ticks=_ticks(axis),
        before=held.before(first),
        after=held.after(last),
        hours=hours,
        year=weeks_before(held, last, today=today),
    )
    if not view.moments:
        return view
    weeks_ago = [held.on(each - timedelta(days=DAYS)) for each in days_between(first, last)]
    is_over = last < today
    read = stretch_of(store, days, user_id=user_id, most_outcomes=OUTCOMES)
    summary = summary_of(store, user_id=user_id, period="week", first_day=first)
    return replace(
        view,
        lede=(summary.content or None) if summary else None,
        difference=difference(hours, hours_of(weeks_ago), than="the week before") if is_over else None,
        threads=read.threads,
        outcomes=read.outcomes,
        held_back=read.held_back,
    )


def weeks_before(
    held: Held, last: date, *, today: date, weeks: int = WEEKS_OF_A_YEAR
) -> tuple[tuple[HeldDay | None, ...], ...]:
    """Some weeks that end with a day, the earliest first; a day after today is None."""
    first = last - timedelta(days=DAYS * weeks - 1)
    return tuple(
        tuple(
            held.on(day) if day <= today or held.on(day).is_to_be_read else None
            for day in days_between(
                first + timedelta(days=DAYS * week), first + timedelta(days=DAYS * week + 6)
            )
        )
        for week in range(weeks)
    )


def _minutes(instant: datetime, day: date, calendar: Calendar) -> float:
    """Minutes of the wall clock since the midnight with which a day's date begins."""
    local = instant.astimezone(calendar.zone)
    return (local.date() - day).days * MINUTES_OF_DAY + local.hour * 60 + local.minute + local.second / 60


def _axis(days: Sequence[HeldDay], calendar: Calendar) -> tuple[int, int]:
    """The hours from which to which all moments lie, twelve at least."""
    spans = [
        (_minutes(each.start_time, day.day, calendar), _minutes(each.end_time, day.day, calendar))
        for day in days
        for each in day.moments
    ]
    if not spans:
        return 8, 8 + LEAST_HOURS
    first = max(int(min(start for start, _ in spans) // 60), 0)
    last = min(max(-int(-max(end for _, end in spans) // 60), first + 1), 30)
    missing = max(LEAST_HOURS - (last - first), 0)
    first = max(first - missing // 2, 0)
    return first, max(last, first + LEAST_HOURS)


def _ticks(axis: tuple[int, int]) -> tuple[HourTick, ...]:
    first, last = axis
    step = 2 if last - first <= 16 else 3
    return tuple(
        HourTick(round(100 * (hour - first) / (last - first), 2), f"{hour % 24:02}")
        for hour in range(first, last + 1)
        if hour % step == 0
    )


def _blocks(day: HeldDay, axis: tuple[int, int], calendar: Calendar) -> tuple[DayBlock, ...]:
    first, last = (60 * hour for hour in axis)

    def at(instant: datetime) -> float:
        share = (_minutes(instant, day.day, calendar) - first) / (last - first)
        return 100 * min(max(share, 0.0), 1.0)

    longest = sorted(day.moments, key=lambda each: each.lasting, reverse=True)[:MOST_BLOCKS]
    blocks = []
    for each in longest:  # the longest first, so that a shorter one lies above it
        left = at(each.start_time)
        width = max(at(each.end_time) - left, LEAST_WIDTH)
        blocks.append(DayBlock(each, round(min(left, 100 - width), 2), round(width, 2)))
    return tuple(blocks)
