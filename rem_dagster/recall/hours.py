"""Which hours of which day does a phrase such as "yesterday between 3 and 5 pm" name?"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from rem_dagster.errors import WindowError
from rem_dagster.model.window import Calendar, Window
from rem_dagster.recall.days import MONTHS, WEEKDAYS, Days, Today, days_named

HOUR = timedelta(hours=1)
PARTS: dict[str, tuple[int, int]] = {
    "morning": (5, 12),
    "afternoon": (12, 18),
    "evening": (18, 23),
    "night": (22, 29),
    "noon": (12, 13),
    "lunchtime": (12, 14),
    "midday": (12, 13),
    "midnight": (0, 1),
}
"""Local hours from and to, counted from the midnight at which the day's date begins."""
_PART = "|".join(PARTS)
_CLOCK = r"(\d{1,2})(?:[:.]([0-5]\d))?\s*(am|pm|a\.m\.|p\.m\.)?"
_ISO_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?")
_BACK = re.compile(r"(?:in\s+)?(?:the\s+)?(?:last|past|previous)\s+(?:(\d{1,5})\s+)?(hour|minute)s?")
_AGO = re.compile(r"(\d{1,5}|an?)\s+(hour|minute)s?\s+ago")
_NIGHTS = re.compile(r"(tonight|last night|this night)")
_PART_LAST = re.compile(rf"(.*?)(?:,|\s)\s*(?:in\s+the\s+|at\s+)?({_PART})")
_PART_FIRST = re.compile(
    rf"(?:(?:in|on|at)\s+)?(?:the\s+)?({_PART})\s+(?:of|on)\s+(.*)|({_PART})\s+(yesterday|today)"
)
_HOURS_FIRST = re.compile(
    rf"(?:between|from)\s+{_CLOCK}\s*(?:and|to|until|-|–)\s*{_CLOCK}(?:\s+(?:on\s+)?(.+))?"
)
_HOURS_LAST = re.compile(rf"(.+?),?\s+(?:between|from)\s+{_CLOCK}\s*(?:and|to|until|-|–)\s*{_CLOCK}")
_AT_FIRST = re.compile(rf"(?:at|around|about)\s+{_CLOCK}(?:\s+(?:on\s+)?(.+))?")
_AT_LAST = re.compile(rf"(.+?),?\s+(?:at|around|about)\s+{_CLOCK}")
_LEADING = re.compile(r"^(?:(?:on|in|during|from|over|within|for|by)\s+)?(?:the\s+)?")


@dataclass(frozen=True)
class When:
    """A span of time, and how a person would name it."""

    window: Window
    label: str


@dataclass(frozen=True)
class Clock:
    """Where and when a phrase is said."""

    calendar: Calendar
    now: datetime

    @property
    def today(self) -> Today:
        """The local day, and where weeks begin."""
        return Today(self.calendar.day_of(self.now), self.calendar.week_starts_on)

    def days(self, text: str) -> Days | None:
        """The days that a phrase names."""
        return days_named(without_article(text), self.today)

    def one_day(self, text: str | None) -> date | None:
        """The day that a phrase names; today without a phrase, None when it names more or none."""
        days = self.days(text or "today")
        return days.first if days is not None and days.first == days.last else None


def _instant(text: str, clock: Clock) -> When | None:
    if not _ISO_INSTANT.fullmatch(text):
        return None
    try:
        given = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise WindowError(f"{text!r} is no time: {error}.") from error
    if given.tzinfo is not None:
        start = given.astimezone(UTC)
        return When(Window(start, start + HOUR), f"the hour from {given.isoformat(sep=' ')}")
    return _between(given, given + HOUR, clock)


def _counted_back(text: str, clock: Clock) -> When | None:
    now = clock.now.astimezone(UTC)
    if match := _BACK.fullmatch(text):
        span = timedelta(**{match[2] + "s": int(match[1] or 1)})
        return When(
            Window(now - span, now),
            f"the last {match[1]} {match[2]}s" if match[1] else f"the last {match[2]}",
        )
    if match := _AGO.fullmatch(text):
        unit = timedelta(**{match[2] + "s": 1})
        start = now - (1 if match[1].startswith("a") else int(match[1])) * unit
        return When(Window(start, start + unit), text)
    return None


def _night(text: str, clock: Clock) -> When | None:
    match = _NIGHTS.fullmatch(text)
    if match is None:
        return None
    day = clock.today.day - timedelta(days=match[1] == "last night")
    return When(_part_of(day, (18, 29), clock), f"the night of {day_label(day)}")


def _part(text: str, clock: Clock) -> When | None:
    if match := _PART_FIRST.fullmatch(text):
        part, named = match[1] or match[3], match[2] or match[4]
    elif match := _PART_LAST.fullmatch(text):
        part, named = match[2], match[1]
    else:
        return None
    day = clock.one_day("today" if named in ("this", "this in the") else named) if named else None
    if day is None:
        return None
    return When(_part_of(day, PARTS[part], clock), f"{day_label(day)}, {part}")


def _part_of(day: date, hours: tuple[int, int], clock: Clock) -> Window:
    midnight = datetime.combine(day, time())
    start, end = (clock.calendar.instant_of(midnight + hour * HOUR)[0] for hour in hours)
    return Window(start, end)


def _hours(text: str, clock: Clock) -> When | None:
    if match := _HOURS_FIRST.fullmatch(text):
        *times, named = match.groups()
    elif match := _HOURS_LAST.fullmatch(text):
        named, *times = match.groups()
    else:
        return None
    day = clock.one_day(named)
    half = times[2] or (times[5] if times[5] and int(times[0]) <= int(times[3]) else times[2])
    start, end = _time_of(times[0], times[1], half), _time_of(times[3], times[4], times[5])
    if day is None or start is None or end is None:
        return None
    first, last = _local(day, start, clock), _local(day, end, clock)
    if last <= first:  # "9 to 5" without am and pm is office hours, "11 pm to 2 am" runs into the next day
        last += timedelta(hours=12 if not half and not times[5] and last.hour <= 12 else 24)
    return _between(first, last if last > first else last + timedelta(days=1), clock)


def _at(text: str, clock: Clock) -> When | None:
    if match := _AT_FIRST.fullmatch(text):
        hour, minute, half, named = match.groups()
    elif match := _AT_LAST.fullmatch(text):
        named, hour, minute, half = match.groups()
    else:
        return None
    day, at = clock.one_day(named), _time_of(hour, minute, half)
    if day is None or at is None:
        return None
    start = _local(day, at, clock)
    return _between(start, start + HOUR, clock)


def _time_of(hour: str, minute: str | None, half: str | None) -> time | None:
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half.startswith("p") else 0)
    return time(number % 24, int(minute or 0)) if number <= 24 else None


def _local(day: date, at: time, clock: Clock) -> datetime:
    """A local time of a day; before the home's start of day it lies on the next date."""
    return datetime.combine(day + timedelta(days=at < clock.calendar.day_starts_at), at)


def _between(start: datetime, end: datetime, clock: Clock) -> When:
    """Two naive local times as a window.

    clocks go back     01:30 ── 01:30' ── 02:30     "at 1:30" is 01:30 to 02:30, two hours
    """
    first, problem = clock.calendar.instant_of(start)
    if problem == "gap":
        raise WindowError(
            f"{start:%H:%M} on {day_label(start.date())} never was in {clock.calendar.zone.key}: the "
            "clocks went forward over it. Name a time an hour earlier or later."
        )
    last, problem = clock.calendar.instant_of(end)
    if problem == "fold":
        last = end.replace(tzinfo=clock.calendar.zone, fold=1).astimezone(UTC)
    label = f"{day_label(start.date())}, {start:%H:%M} to {end:%H:%M}"
    return When(Window(first, max(first, last)), label)


def day_label(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()].capitalize()} {day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


def without_article(text: str) -> str:
    """A phrase without the preposition and article before it."""
    return _LEADING.sub("", text.strip(" ,"))


HOUR_RULES = (_instant, _counted_back, _night, _hours, _at, _part)
"""Each gives the span of a phrase that it knows, else None; the first that knows it is right."""
