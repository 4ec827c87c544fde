"""Which local days does a phrase such as "the week before last" name?"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?"
    r"|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_COUNT = rf"(?P<count>\d{{1,4}}|an?|{'|'.join(_NUMBERS[1:])})"


@dataclass(frozen=True)
class Days:
    """Local days from first to last, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Today:
    """Where a phrase is said: the local day, and the weekday with which weeks begin (Monday is 0)."""

    day: date
    week_starts_on: int

    def week(self, back: int = 0, *, of: date | None = None) -> Days:
        """The week of a day (or of today), or an earlier one."""
        day = of or self.day
        first = day - timedelta(days=(day.weekday() - self.week_starts_on) % 7 + 7 * back)
        return Days(first, first + timedelta(days=6))


def days_named(phrase: str, today: Today) -> Days | None:
    """The days that a phrase names, or None when it names none.

    `phrase` is lower case, without articles at its ends. Without a year, a date or month is the most
    recent one that has begun; a weekday is the most recent one, today included, and with "last" the most
    recent one before today.
    """
    for pattern, days_of in _RULES:
        if match := pattern.fullmatch(phrase):
            try:
                return days_of(match, today)
            except (ValueError, OverflowError):
                return None  # 31 February, or a count that leaves the calendar
    return None


def days_between_named(first: Days, phrase: str, today: Today) -> Days | None:
    """The days that a phrase names as the end of a range: the first ones after its beginning.

    On a Wednesday "monday to friday" ends two days later, though a bare "friday" is five days ago.
    """
    last = days_named(phrase, today)
    if last is None or last.last >= first.first:
        return last
    if re.fullmatch(_WEEKDAY, phrase):
        return _one(last.first + timedelta(days=7))
    return days_named(f"{phrase} {first.first.year}", today) or last


def _ago(count: int) -> Callable[[re.Match[str], Today], Days]:
    def days(_: re.Match[str], today: Today) -> Days:
        return _one(today.day - timedelta(days=count))

    return days


def _one(day: date) -> Days:
    return Days(day, day)


def _counted(match: re.Match[str]) -> int:
    text = match["count"]
    if text in ("a", "an"):
        return 1
    return int(text) if text.isdigit() else _NUMBERS.index(text)


def _weekday(match: re.Match[str], today: Today) -> Days:
    wanted = next(place for place, name in enumerate(WEEKDAYS) if name.startswith(match["weekday"][:3]))
    back = (today.day.weekday() - wanted) % 7
    which = match["which"] or ""
    if which == "this":
        first = today.week().first
        return _one(first + timedelta(days=(wanted - first.weekday()) % 7))
    if which in ("last", "past", "previous") and back == 0:
        back = 7
    return _one(today.day - timedelta(days=back))


def _month_number(match: re.Match[str]) -> int:
    return next(place for place, name in enumerate(MONTHS, 1) if name.startswith(match["month"][:3]))


def _month(year: int, month: int) -> Days:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _named_month(match: re.Match[str], today: Today) -> Days:
    month, groups = _month_number(match), match.groupdict()
    if year := groups.get("year"):
        return _month(int(year), month)
    begun = month < today.day.month or (month == today.day.month and groups.get("which") != "last")
    return _month(today.day.year if begun else today.day.year - 1, month)


def _date(match: re.Match[str], today: Today) -> Days:
    month, day = _month_number(match), int(match["day"])
    if match["year"]:
        return _one(date(int(match["year"]), month, day))
    for year in range(today.day.year, today.day.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue  # 29 February of another year
        if found <= today.day:
            return _one(found)
    raise ValueError(f"no year has {match[0]}")


def _iso_day(match: re.Match[str], _: Today) -> Days:
    return _one(date.fromisoformat(match["iso"]))


def _iso_week(match: re.Match[str], _: Today) -> Days:
    first = date.fromisocalendar(int(match["year"]), int(match["week"]), 1)
    return Days(first, first + timedelta(days=6))


def _week_of(match: re.Match[str], today: Today) -> Days | None:
    days = days_named(match["of"], today)
    return today.week(of=days.first) if days is not None else None


def _units_ago(match: re.Match[str], today: Today) -> Days:
    count, unit = _counted(match), match["unit"]
    if unit == "day":
        return _one(today.day - timedelta(days=count))
    if unit == "week":
        return today.week(count)
    if unit == "month":
        return _month(today.day.year, today.day.month - count)
    return Days(date(today.day.year - count, 1, 1), date(today.day.year - count, 12, 31))


def _past_units(match: re.Match[str], today: Today) -> Days:
    """N days that end with today."""
    days = _counted(match) * {"day": 1, "week": 7, "month": 30, "year": 365}[match["unit"]]
    return Days(today.day - timedelta(days=days - 1), today.day)


def _weekend(match: re.Match[str], today: Today) -> Days:
    saturday = today.day - timedelta(days=(today.day.weekday() - 5) % 7)
    if match["which"] == "last" and today.day <= saturday + timedelta(days=1):
        saturday -= timedelta(days=7)
    return Days(saturday, saturday + timedelta(days=1))


def _week(back: int) -> Callable[[re.Match[str], Today], Days]:
    return lambda _, today: today.week(back)


def _calendar_month(back: int) -> Callable[[re.Match[str], Today], Days]:
    return lambda _, today: _month(today.day.year, today.day.month - back)


def _year(back: int) -> Callable[[re.Match[str], Today], Days]:
    return lambda _, today: Days(date(today.day.year - back, 1, 1), date(today.day.year - back, 12, 31))


def _two_in_a_month(match: re.Match[str], today: Today) -> Days:
    named = days_named(" ".join(filter(None, (match["month"], match["day"], match["year"]))), today)
    if named is None or int(match["until"]) < named.first.day:
        raise ValueError(f"{match[0]} does not run forward")
    return Days(named.first, named.first.replace(day=int(match["until"])))


_UNTIL = r"\s*(?:-|–|to|until)\s*(?P<until>[0-3]?\d)(?:st|nd|rd|th)?"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Today], Days | None]], ...] = tuple(
    (re.compile(pattern), days_of)
    for pattern, days_of in (
        (r"today|this day", _ago(0)),
        (r"yesterday", _ago(1)),
        (r"tomorrow", _ago(-1)),
        (r"day before yesterday", _ago(2)),
        (r"(?P<iso>\d{4}-\d\d-\d\d)", _iso_day),
        (r"(?P<year>\d{4})-?w(?P<week>\d\d)", _iso_week),
        (
            r"(?P<year>(?:19|20)\d\d)-(?P<number>0[1-9]|1[0-2])",
            lambda m, _: _month(int(m["year"]), int(m["number"])),
        ),
        (rf"(?:(?P<which>last|this|past|previous)\s+)?{_WEEKDAY}", _weekday),
        (rf"{_WEEKDAY},?\s+(?P<of>.*\d.*)", lambda m, t: days_named(m["of"].removeprefix("the "), t)),
        (r"(?:week before last|two weeks ago)", _week(2)),
        (r"this week|current week", _week(0)),
        (r"(?:last|previous|past) week", _week(1)),
        (r"(?:(?P<which>last|this)\s+)?weekend", _weekend),
        (r"this month|current month", _calendar_month(0)),
        (r"(?:last|previous|past) month", _calendar_month(1)),
        (r"month before last", _calendar_month(2)),
        (r"this year|current year", _year(0)),
        (r"(?:last|previous|past) year", _year(1)),
        (_YEAR, lambda m, _: Days(date(int(m["year"]), 1, 1), date(int(m["year"]), 12, 31))),
        (rf"(?:(?P<which>last|this)\s+)?{_MONTH}", _named_month),
        (rf"{_MONTH},?\s+(?:of\s+)?{_YEAR}", _named_month),
        (rf"{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?", _date),
        (rf"{_MONTH}\s+(?:the\s+)?{_DAY}(?:,?\s+{_YEAR})?", _date),
        (rf"{_MONTH}\s+{_DAY}{_UNTIL}(?:,?\s+{_YEAR})?", _two_in_a_month),
        (rf"{_DAY}{_UNTIL}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?", _two_in_a_month),
        (r"week (?:of|from|starting|beginning)\s+(?:the\s+)?(?P<of>.+)", _week_of),
        (rf"{_COUNT}\s+(?P<unit>day|week|month|year)s?\s+ago", _units_ago),
        (rf"(?:last|past|previous)\s+{_COUNT}\s+(?P<unit>day|week|month|year)s?", _past_units),
    )
)
