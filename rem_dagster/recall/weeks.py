"""Which local days does a phrase name by weekdays, weekends or days of a month: "friday last week"?"""

import re
from collections.abc import Callable
from datetime import timedelta

from rem_dagster.errors import WindowError
from rem_dagster.recall.days import (
    COUNT,
    MONTHS,
    WEEKDAY,
    WEEKDAYS,
    Days,
    Today,
    counted_in,
    days_named,
    month_of,
    one_day,
    weekday_number,
)

ORDINAL = r"(?:the\s+)?(?P<day>[0-3]?\d)(?:st|nd|rd|th)"
_BACK_TO_A_WEEKDAY = 800
"""Days back in which a date that is said with its weekday is looked for: "tuesday the 14th"."""


def days_of_weeks(phrase: str, today: Today) -> Days | None:
    """The days that a phrase names so, or None.

    Raises:
        WindowError: it names a date by a weekday that it is not.
    """
    for pattern, days_of in _RULES:
        if match := pattern.fullmatch(phrase):
            try:
                found = days_of(match, today)
            except WindowError:
                raise
            except (ValueError, OverflowError):
                return None
            if found is not None:
                return found
    return None


def _named(phrase: str, today: Today) -> Days | None:
    return days_named(phrase, today) or days_of_weeks(phrase, today)


def _nth_weekday_back(match: re.Match[str], today: Today) -> Days:
    """The n-th such weekday before today: "two fridays ago", "the friday before last"."""
    back = (today.day.weekday() - weekday_number(match)) % 7 or 7
    count = counted_in(match) if match.groupdict().get("count") else 2
    return one_day(today.day - timedelta(days=back + 7 * (count - 1)))


def _coming_weekday(match: re.Match[str], today: Today) -> Days:
    return one_day(today.day + timedelta(days=(weekday_number(match) - today.day.weekday()) % 7 or 7))


def _weekday_of(match: re.Match[str], today: Today) -> Days | None:
    """A weekday within a week, or before a date that has it: "friday last week", "Tuesday, October 14".

    Raises:
        WindowError: that date is another weekday.
    """
    wanted, named = weekday_number(match), _named(match["of"].removeprefix("the "), today)
    if named is None:
        return None
    if named.first < named.last:
        if (named.last - named.first).days != 6:
            return None
        return one_day(named.first + timedelta(days=(wanted - named.first.weekday()) % 7))
    if named.first.weekday() == wanted:
        return named
    for back in range(1, _BACK_TO_A_WEEKDAY):
        earlier = _named(match["of"].removeprefix("the "), Today(today.day - timedelta(days=back), 0))
        if earlier is not None and earlier.first == earlier.last and earlier.first.weekday() == wanted:
            return earlier
    raise WindowError(
        f"{match[0]!r} never was: {named.first.day} {MONTHS[named.first.month - 1].capitalize()} "
        f"{named.first.year} is a {WEEKDAYS[named.first.weekday()].capitalize()}. Name the date without "
        "its weekday."
    )


def _day_of_a_month(match: re.Match[str], today: Today) -> Days | None:
    """The most recent 14th that has begun, or the 14th of a month that is named otherwise."""
    day = int(match["day"])
    if of := match.groupdict().get("of"):
        month = days_named(of, today)
        return one_day(month.first.replace(day=day)) if month is not None else None
    for back in range(12):
        month = month_of(today.day.year, today.day.month - back)
        if day <= month.last.day and month.first.replace(day=day) <= today.day:
            return one_day(month.first.replace(day=day))
    return None


def _week_of(match: re.Match[str], today: Today) -> Days | None:
    days = days_named(match["of"], today)
    return today.week(of=days.first) if days is not None else None


def _weekend(match: re.Match[str], today: Today) -> Days:
    """The one under way, else the latest; "this" and "next" look ahead, "last" back."""
    saturday = today.day - timedelta(days=(today.day.weekday() - 5) % 7)
    is_on = today.day <= saturday + timedelta(days=1)
    which = match.groupdict()
    if which.get("which") in ("this", "next", "coming"):
        saturday += timedelta(days=7 * (not is_on or which["which"] != "this"))
    elif which.get("which") in ("last", "past", "previous"):
        saturday -= timedelta(days=7 * is_on)
    elif "which" not in which:
        count = counted_in(match) if which.get("count") else 2
        saturday -= timedelta(days=7 * (count - 1 + is_on))
    return Days(saturday, saturday + timedelta(days=1))


def _weekend_of(match: re.Match[str], today: Today) -> Days | None:
    named = days_named(match["of"], today)
    if named is None or named.first < named.last or named.first.weekday() < 5:
        return None
    saturday = named.first - timedelta(days=named.first.weekday() - 5)
    return Days(saturday, saturday + timedelta(days=1))


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Today], Days | None]], ...] = tuple(
    (re.compile(pattern), days_of)
    for pattern, days_of in (
        (rf"(?:next|coming)\s+{WEEKDAY}", _coming_weekday),
        (rf"{COUNT}\s+{WEEKDAY}s?\s+ago", _nth_weekday_back),
        (rf"{WEEKDAY}\s+before\s+last", _nth_weekday_back),
        (rf"{WEEKDAY},?\s+(?:of\s+|in\s+)?(?:the\s+)?(?P<of>.*(?:\d|week).*)", _weekday_of),
        (rf"(?P<of>.*week.*?),?\s+(?:on\s+)?{WEEKDAY}", _weekday_of),
        (rf"{ORDINAL}", _day_of_a_month),
        (rf"{ORDINAL}\s+of\s+(?P<of>(?:last|this|previous) month)", _day_of_a_month),
        (r"(?:(?P<which>last|this|past|previous|next|coming)\s+)?weekend", _weekend),
        (rf"{COUNT}\s+weekends?\s+ago|weekend before last", _weekend),
        (r"weekend of\s+(?:the\s+)?(?P<of>.+)", _weekend_of),
        (r"week (?:of|from|starting|beginning)\s+(?:the\s+)?(?P<of>.+)", _week_of),
    )
)
