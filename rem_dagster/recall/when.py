"""Which instants does a phrase such as "last tuesday afternoon" mean?

    morning 05-12   afternoon 12-18   evening 18-23   night 22-05   noon 12-13   midnight 00-01
    "tonight" and "last night" run from 18 to 05.

A time of day is the hour that begins with it. Times are local, windows half-open in UTC, days those of
the home (23 to 25 hours). A local time that the clocks skip is refused; one that they pass twice counts
from its first to its second occurrence.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from rem_dagster.errors import WindowError
from rem_dagster.model.window import Calendar, Window
from rem_dagster.recall.days import MONTHS, WEEKDAYS, Days, Today, days_between_named, days_named

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
EXAMPLES = (
    "'yesterday', 'last tuesday afternoon', 'the week before last', '20 october', 'past 7 days', "
    "'between 3 and 5 pm on 20 october', '2025-10-14', '2025-W42'"
)
_PART = "|".join(PARTS)
_CLOCK = r"(\d{1,2})(?:[:.]([0-5]\d))?\s*(am|pm|a\.m\.|p\.m\.)?"
_ISO_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?")
_BACK = re.compile(r"(?:in\s+)?(?:the\s+)?(?:last|past|previous)\s+(?:(\d{1,5})\s+)?(hour|minute)s?")
_AGO = re.compile(r"(\d{1,5}|an?)\s+(hour|minute)s?\s+ago")
_SINCE = re.compile(r"since\s+(.+)")
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
_RANGE = re.compile(r"(?:(?:from|between)\s+)?(.+?)\s+(?:to|until|through|till|and|–|-)\s+(.+)")
_LEADING = re.compile(r"^(?:(?:on|in|during|from|over|within|for|by)\s+)?(?:the\s+)?")
_AMBIGUOUS = frozenset((*(name[:3] for name in WEEKDAYS), *("may", "march", "mar", "dec", "jan", "august")))
_PREPOSITIONS = frozenset(("on", "in", "at", "during", "from", "since", "over", "within"))
LONGEST_PHRASE = 12
"""Words of a question that are tried together as a time."""
MOST_WORDS = 300
"""Words of a question in which a time is looked for."""


@dataclass(frozen=True)
class When:
    """A span of time, and how a person would name it."""

    window: Window
    label: str


@dataclass(frozen=True)
class _Clock:
    """Where and when a phrase is said."""

    calendar: Calendar
    now: datetime

    @property
    def today(self) -> Today:
        return Today(self.calendar.day_of(self.now), self.calendar.week_starts_on)

    def days(self, text: str) -> Days | None:
        return days_named(_LEADING.sub("", text.strip(" ,")), self.today)

    def one_day(self, text: str | None) -> date | None:
        """The day that a phrase names; today without a phrase, None when it names more or none."""
        days = self.days(text or "today")
        return days.first if days is not None and days.first == days.last else None


def parse_when(text: str, *, calendar: Calendar, now: datetime) -> When:
    """The span that a phrase means.

    Args:
        text: English words, an ISO day, month, week or instant.
        calendar: the home's days and zone.
        now: an aware instant, from which "yesterday" and the like count.

    Raises:
        WindowError: the phrase is not understood, runs backwards, or names a time that never was.
    """
    found = _parse(_plain(text), _Clock(calendar, now))
    if found is None:
        raise WindowError(f"{text!r} names no time that I know. Try one of {EXAMPLES}.")
    return found


def find_when(text: str, *, calendar: Calendar, now: datetime) -> tuple[When | None, str]:
    """The longest phrase of a question that names a time, and the question without it.

    Words that are rarely meant as times ("may", "sat") count only with a word such as "in" or "last".
    Without a time the question comes back as it is.
    """
    clock = _Clock(calendar, now)
    words = text.split()[:MOST_WORDS]
    for size in range(min(len(words), LONGEST_PHRASE), 0, -1):
        for start in range(len(words) - size + 1):
            found = _quietly(words[start : start + size], clock)
            if found is not None and not _is_by_chance(words, start, size):
                return found, _without(text, words, start, size)
    return None, text


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip().rstrip("?!. ").lower().replace("’", "'").replace("'s", ""))


def _quietly(words: list[str], clock: _Clock) -> When | None:
    try:
        return _parse(_plain(" ".join(words)), clock)
    except WindowError:
        return None


def _is_by_chance(words: list[str], start: int, size: int) -> bool:
    word = _plain(words[start])
    before = words[start - 1].lower() if start else ""
    return size == 1 and word in _AMBIGUOUS and before not in _PREPOSITIONS


def _without(text: str, words: list[str], start: int, size: int) -> str:
    if start and words[start - 1].lower() in _PREPOSITIONS:
        start, size = start - 1, size + 1
    tail = words[start + size - 1][len(words[start + size - 1].rstrip("?!.")) :]
    rest = [*words[:start], *words[start + size :], *text.split()[MOST_WORDS:]]
    if tail and start + size == len(words) and rest:
        rest[-1] += tail
    return " ".join(rest)


def _parse(text: str, clock: _Clock) -> When | None:
    for rule in (_instant, _counted_back, _since, _night, _hours, _at, _part, _whole_days, _range):
        found = rule(text, clock)
        if found is not None:
            return found
    return None


def _instant(text: str, clock: _Clock) -> When | None:
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


def _counted_back(text: str, clock: _Clock) -> When | None:
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


def _since(text: str, clock: _Clock) -> When | None:
    match = _SINCE.fullmatch(text)
    begun = _parse(match[1], clock) if match else None
    if begun is None:
        return None
    now = clock.now.astimezone(UTC)
    if begun.window.start > now:
        raise WindowError(f"{text!r} lies in the future. Name a time before now.")
    return When(Window(begun.window.start, now), f"since {begun.label}")


def _night(text: str, clock: _Clock) -> When | None:
    match = _NIGHTS.fullmatch(text)
    if match is None:
        return None
    day = clock.today.day - timedelta(days=match[1] == "last night")
    return When(_part_of(day, (18, 29), clock), f"the night of {_day_label(day)}")


def _part(text: str, clock: _Clock) -> When | None:
    if match := _PART_FIRST.fullmatch(text):
        part, named = match[1] or match[3], match[2] or match[4]
    elif match := _PART_LAST.fullmatch(text):
        part, named = match[2], match[1]
    else:
        return None
    day = clock.one_day("today" if named in ("this", "this in the") else named) if named else None
    if day is None:
        return None
    return When(_part_of(day, PARTS[part], clock), f"{_day_label(day)}, {part}")


def _part_of(day: date, hours: tuple[int, int], clock: _Clock) -> Window:
    midnight = datetime.combine(day, time())
    start, end = (clock.calendar.instant_of(midnight + hour * HOUR)[0] for hour in hours)
    return Window(start, end)


def _hours(text: str, clock: _Clock) -> When | None:
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


def _at(text: str, clock: _Clock) -> When | None:
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


def _local(day: date, at: time, clock: _Clock) -> datetime:
    """A local time of a day; before the home's start of day it lies on the next date."""
    return datetime.combine(day + timedelta(days=at < clock.calendar.day_starts_at), at)


def _between(start: datetime, end: datetime, clock: _Clock) -> When:
    """Two naive local times as a window.

    clocks go back     01:30 ── 01:30' ── 02:30     "at 1:30" is 01:30 to 02:30, two hours
    """
    first, problem = clock.calendar.instant_of(start)
    if problem == "gap":
        raise WindowError(
            f"{start:%H:%M} on {_day_label(start.date())} never was in {clock.calendar.zone.key}: the "
            "clocks went forward over it. Name a time an hour earlier or later."
        )
    last, problem = clock.calendar.instant_of(end)
    if problem == "fold":
        last = end.replace(tzinfo=clock.calendar.zone, fold=1).astimezone(UTC)
    label = f"{_day_label(start.date())}, {start:%H:%M} to {end:%H:%M}"
    return When(Window(first, max(first, last)), label)


def _whole_days(text: str, clock: _Clock) -> When | None:
    days = clock.days(text)
    return _of_days(days, clock) if days is not None else None


def _range(text: str, clock: _Clock) -> When | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    first = clock.days(match[1])
    last = days_between_named(first, _LEADING.sub("", match[2]), clock.today) if first else None
    if first is None or last is None:
        return None
    if last.last < first.first:
        raise WindowError(
            f"{text!r} runs backwards: {_day_label(first.first)} is after {_day_label(last.last)}. "
            "Give the earlier day first."
        )
    return _of_days(Days(first.first, last.last), clock)


def _of_days(days: Days, clock: _Clock) -> When:
    window = Window(
        clock.calendar.start_of(days.first), clock.calendar.start_of(days.last + timedelta(days=1))
    )
    label = _day_label(days.first)
    return When(window, label if days.first == days.last else f"{label} to {_day_label(days.last)}")


def _day_label(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()].capitalize()} {day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"
