"""Which hours of which day does a phrase such as "yesterday between 3 and 5 pm" name?"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from rem_dagster.errors import WindowError
from rem_dagster.model.window import Calendar, Window
from rem_dagster.recall.clock_times import SURE_TIME, TIME, ClockTime, clock_time
from rem_dagster.recall.days import MONTHS, WEEKDAYS, Days, Today
from rem_dagster.recall.south import is_southern
from rem_dagster.recall.stretches import days_meant

HOUR = timedelta(hours=1)
PARTS: dict[str, tuple[int, int]] = {
    "morning": (5, 12),
    "afternoon": (12, 18),
    "evening": (18, 23),
    "night": (22, 29),
    "noon": (12, 13),
    "lunchtime": (12, 14),
    "lunch": (12, 14),
    "midday": (12, 13),
    "midnight": (0, 1),
}
"""Local hours from and to, counted from the midnight at which the day's date begins."""
_PART = "|".join(PARTS)
_ISO_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?")
_BACK = re.compile(r"(?:in\s+)?(?:the\s+)?(?:last|past|previous)\s+(?:(\d{1,5})\s+)?(hour|minute)s?")
_AGO = re.compile(r"(\d{1,5}|an?)\s+(hour|minute)s?\s+ago")
_NIGHTS = re.compile(r"(?:the\s+)?(tonight|last night|this night|night before last)")
_NIGHTS_BACK = {"tonight": 0, "this night": 0, "last night": 1, "night before last": 2}
_PART_LAST = re.compile(rf"(.*?)(?:,|\s)\s*(?:in\s+the\s+|at\s+)?({_PART})")
_PART_FIRST = re.compile(
    rf"(?:(?:in|on|at)\s+)?(?:the\s+)?({_PART})\s+(?:of|on)\s+(.*)|({_PART})\s+(yesterday|today)"
)
_AND = r"\s*(?:and|to|until|till|through|-|–)\s*"
_HOURS_FIRST = re.compile(rf"(?:between|from)\s+{TIME}{_AND}{TIME}(?:,?\s+(.+))?")
_HOURS_LAST = re.compile(rf"(.+?),?\s+(?:(?:between|from)\s+)?{TIME}{_AND}{TIME}")
_AT = r"(?:at|around|about)\s+"
_TIME, _SURE = (each.replace("(", "(?P<time>", 1) for each in (TIME, SURE_TIME))
_AT_FIRST = re.compile(rf"{_AT}{_TIME}(?:,?\s+(?P<place>.+))?")
_AT_LAST = re.compile(rf"(?P<place>.+?),?\s+{_AT}{_TIME}")
_SURE_FIRST = re.compile(rf"{_SURE}(?:,?\s+(?P<place>.+))?")
_SURE_LAST = re.compile(rf"(?P<place>.+?),?\s+{_SURE}")
_PART_OF_TODAY = re.compile(
    rf"{_TIME}\s+(?P<place>(?:this|in\s+the)\s+(?:morning|afternoon|evening)|tonight|last night)"
)
_PART_PLACE = re.compile(
    r"(.*?),?\s*(?:in\s+the\s+|at\s+)?\b(morning|afternoon|evening|night)(?:,?\s+(?:of\s+|on\s+)?(.+))?"
)
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
        zone = self.calendar.zone.key
        return Today(self.calendar.day_of(self.now), self.calendar.week_starts_on, is_southern(zone))

    @property
    def yesterday(self) -> date:
        """The day before today; a day that a zone skipped never was one."""
        return self.calendar.day_of(self.calendar.start_of(self.today.day) - timedelta(microseconds=1))

    def days(self, text: str) -> Days | None:
        """The days that a phrase names."""
        phrase = without_article(text)
        if phrase == "yesterday":
            return Days(self.yesterday, self.yesterday)
        return days_meant(phrase, self.today)

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
        back = (1 if match[1].startswith("a") else int(match[1])) * unit
        length = HOUR if match[2] == "hour" else min(back, HOUR)
        return When(Window(now - back, now - back + length), text)
    return None


def _night(text: str, clock: Clock) -> When | None:
    match = _NIGHTS.fullmatch(text)
    if match is None:
        return None
    day = clock.today.day - timedelta(days=_NIGHTS_BACK[match[1]])
    return When(_part_of(day, (18, 29), clock), f"the night of {day_label(day)}")


def part_named(text: str, clock: Clock) -> When | None:
    """The part of a day that a phrase names: "last tuesday afternoon"."""
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
        *texts, named = match.groups()
    elif match := _HOURS_LAST.fullmatch(text):
        named, *texts = match.groups()
    else:
        return None
    place = place_of(named, clock)
    start, end = (clock_time(each) for each in texts)
    if place is None or start is None or end is None:
        return None
    if place.part is None and start.is_open and end.half in ("am", "pm") and start.hour <= end.hour:
        start = start.with_half(end.half)
    first, last = place.local(start, text, clock), place.local(end, text, clock)
    if last <= first:  # "9 to 5" without am and pm is office hours, "11 pm to 2 am" runs into the next day
        is_office = start.half is None and end.half is None and last.hour <= 12 and place.part is None
        last += timedelta(hours=12 if is_office else 24)
    return _between(first, last if last > first else last + timedelta(days=1), clock)


def at_a_time(text: str, clock: Clock) -> datetime | None:
    """The local instant, without its zone, of "at 3pm yesterday" and the like; None when it is none."""
    for pattern in (_AT_FIRST, _AT_LAST, _SURE_FIRST, _SURE_LAST, _PART_OF_TODAY):
        if match := pattern.fullmatch(text):
            said = clock_time(match["time"])
            place = place_of(match["place"], clock)
            if said is not None and place is not None:
                return place.local(said, text, clock)
    return None


def _at(text: str, clock: Clock) -> When | None:
    start = at_a_time(text, clock)
    return _between(start, start + HOUR, clock) if start is not None else None


@dataclass(frozen=True)
class Place:
    """A local day, and the part of it that was named with a time."""

    day: date
    part: str | None = None

    def local(self, said: ClockTime, text: str, clock: Clock) -> datetime:
        """A time of that day, or of that night.

        Raises:
            WindowError: only am or pm would tell which of two times it is.
        """
        if self.part in ("night", "tonight") and said.is_open and said.hour <= 12:
            is_late = 5 < said.hour < 12
            at = said.with_half("pm" if is_late else "am").at
            return datetime.combine(self.day + timedelta(days=not is_late), at)
        if self.part is not None:
            half = "am" if self.part == "morning" else "pm"
            return datetime.combine(self.day, said.with_half(half).at)
        if said.is_unsure:
            other = said.hour + 12
            raise WindowError(
                f"{text!r} can be {said.hour:02}:{said.minute:02} or {other}:{said.minute:02}. Say am, pm, "
                "or a part of the day, as in 'half past three yesterday afternoon'."
            )
        return _local(self.day, said.at, clock)


def place_of(text: str | None, clock: Clock) -> Place | None:
    """The day, and the part of it, that stand with a time: "yesterday", "this afternoon", "last night"."""
    named = (text or "today").removeprefix("on ")
    if match := _NIGHTS.fullmatch(named):
        return Place(clock.today.day - timedelta(days=_NIGHTS_BACK[match[1]]), "night")
    if match := _PART_PLACE.fullmatch(named):
        before, part, after = match.groups()
        day = clock.one_day("today" if before in ("", "this") and not after else before or after)
        return Place(day, part) if day is not None else None
    day = clock.one_day(named)
    return Place(day) if day is not None else None


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


HOUR_RULES = (_instant, _counted_back, _night, _hours, _at, part_named)
"""Each gives the span of a phrase that it knows, else None; the first that knows it is right."""
