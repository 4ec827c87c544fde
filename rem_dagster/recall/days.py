"""Which local days does a phrase such as "the week before last" name?"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from rem_dagster.errors import WindowError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)

WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?"
    r"|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
COUNT = rf"(?P<count>\d{{1,4}}|an?|{'|'.join(_NUMBERS[1:])})"


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
    is_southern: bool = False
    """Whether seasons are those of the southern half of the world."""

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
            except WindowError:
                raise
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
    if re.fullmatch(WEEKDAY, phrase):
        return one_day(last.first + timedelta(days=7))
    return days_named(f"{phrase} {first.first.year}", today) or last


def _ago(count: int) -> Callable[[re.Match[str], Today], Days]:
    def days(_: re.Match[str], today: Today) -> Days:
        return one_day(today.day - timedelta(days=count))

    return days


def one_day(day: date) -> Days:
    return Days(day, day)


def counted_in(match: re.Match[str]) -> int:
    text = match["count"]
    if text in ("a", "an"):
        return 1
    return int(text) if text.isdigit() else _NUMBERS.index(text)


def _weekday(match: re.Match[str], today: Today) -> Days:
    wanted = weekday_number(match)
    back = (today.day.weekday() - wanted) % 7
    which = match["which"] or ""
    if which == "this":
        first = today.week().first
        return one_day(first + timedelta(days=(wanted - first.weekday()) % 7))
    if which in ("last", "past", "previous") and back == 0:
        back = 7
    return one_day(today.day - timedelta(days=back))


def weekday_number(match: re.Match[str]) -> int:
    return next(place for place, name in enumerate(WEEKDAYS) if name.startswith(match["weekday"][:3]))


def month_number(match: re.Match[str]) -> int:
    return next(place for place, name in enumerate(MONTHS, 1) if name.startswith(match["month"][:3]))


def month_of(year: int, month: int) -> Days:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _named_month(match: re.Match[str], today: Today) -> Days:
    month, groups = month_number(match), match.groupdict()
    if year := groups.get("year"):
        return month_of(int(year), month)
    begun = month < today.day.month or (month == today.day.month and groups.get("which") != "last")
    return month_of(today.day.year if begun else today.day.year - 1, month)


def _date(match: re.Match[str], today: Today) -> Days:
    month, day = month_number(match), int(match["day"])
    if match["year"]:
        return one_day(date(int(match["year"]), month, day))
    for year in range(today.day.year, today.day.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue  # 29 February of another year
        if found <= today.day:
            return one_day(found)
    raise ValueError(f"no year has {match[0]}")


def _month_of_a_year(match: re.Match[str], today: Today) -> Days:
    return month_of(today.day.year - (match["which"] == "last"), month_number(match))


def _iso_day(match: re.Match[str], _: Today) -> Days:
    return one_day(date.fromisoformat(match["iso"]))


def _iso_week(match: re.Match[str], today: Today) -> Days:
    """A week by its number, from Monday on (ISO 8601); without a year the most recent that has begun."""
    week, years = int(match["week"]), range(today.day.year + 1, today.day.year - 8, -1)
    for year in [int(match["year"])] if match["year"] else years:
        try:
            first = date.fromisocalendar(year, week, 1)
        except ValueError:
            continue  # 53 in a year of 52
        if match["year"] or first <= today.day:
            return Days(first, first + timedelta(days=6))
    raise ValueError(f"no year has week {week}")


def _in_figures(match: re.Match[str], _: Today) -> Days:
    """A date such as 20/10/2025; with points the day is always first.

    Raises:
        WindowError: it can be read in two ways.
    """
    one, other, year = int(match["one"]), int(match["other"]), int(match["year"])
    if match["mark"] == "." or one == other or one > 12:
        return one_day(date(year, other, one))
    if other > 12:
        return one_day(date(year, one, other))
    raise WindowError(
        f"{match[0]!r} can be {one} {MONTHS[other - 1].capitalize()} or {other} "
        f"{MONTHS[one - 1].capitalize()}. Write {year}-{other:02}-{one:02} or {year}-{one:02}-{other:02}."
    )


def _same_day_back(match: re.Match[str], today: Today) -> Days:
    """The day a number of weeks, months or years before today, or yesterday."""
    day = today.day - timedelta(days=match["from"] == "yesterday")
    count, unit = (counted_in(match), match["unit"]) if match.groupdict().get("count") else (1, "year")
    if unit in ("day", "week"):
        return one_day(day - timedelta(days=count * (7 if unit == "week" else 1)))
    month = (
        month_of(day.year, day.month - count) if unit == "month" else month_of(day.year - count, day.month)
    )
    return one_day(month.first.replace(day=min(day.day, month.last.day)))


def _units_ago(match: re.Match[str], today: Today) -> Days:
    count, unit = counted_in(match), match["unit"]
    if unit == "day":
        return one_day(today.day - timedelta(days=count))
    if unit == "week":
        return today.week(count)
    if unit == "month":
        return month_of(today.day.year, today.day.month - count)
    return Days(date(today.day.year - count, 1, 1), date(today.day.year - count, 12, 31))


def _past_units(match: re.Match[str], today: Today) -> Days:
    """N days that end with today."""
    days = counted_in(match) * {"day": 1, "week": 7, "month": 30, "year": 365}[match["unit"]]
    return Days(today.day - timedelta(days=days - 1), today.day)


def _week(back: int) -> Callable[[re.Match[str], Today], Days]:
    return lambda _, today: today.week(back)


def _calendar_month(back: int) -> Callable[[re.Match[str], Today], Days]:
    return lambda _, today: month_of(today.day.year, today.day.month - back)


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
        (r"day after tomorrow", _ago(-2)),
        (r"(?P<iso>\d{4}-\d\d-\d\d)", _iso_day),
        (r"(?P<iso>\d{4}/\d\d/\d\d)", lambda m, _: one_day(date.fromisoformat(m["iso"].replace("/", "-")))),
        (r"(?P<one>\d\d?)(?P<mark>[/.])(?P<other>\d\d?)(?P=mark)(?P<year>(?:19|20)\d\d)", _in_figures),
        (r"(?P<year>\d{4})-?w(?P<week>\d\d)", _iso_week),
        (rf"(?:calendar )?(?:week|cw|kw)\s*(?P<week>\d\d?)(?:,?\s+(?:of\s+|in\s+)?{_YEAR})?", _iso_week),
        (
            r"(?P<year>(?:19|20)\d\d)-(?P<number>0[1-9]|1[0-2])",
            lambda m, _: month_of(int(m["year"]), int(m["number"])),
        ),
        (rf"(?:(?P<which>last|this|past|previous)\s+)?{WEEKDAY}", _weekday),
        (r"(?:week before last|two weeks ago)", _week(2)),
        (r"this week|current week", _week(0)),
        (r"(?:last|previous|past) week", _week(1)),
        (r"(?:next|coming) week", _week(-1)),
        (r"week after next", _week(-2)),
        (r"this month|current month", _calendar_month(0)),
        (r"(?:last|previous|past) month", _calendar_month(1)),
        (r"month before last", _calendar_month(2)),
        (r"(?:next|coming) month", _calendar_month(-1)),
        (r"this year|current year", _year(0)),
        (r"(?:last|previous|past) year", _year(1)),
        (r"year before last", _year(2)),
        (r"(?:next|coming) year", _year(-1)),
        (_YEAR, lambda m, _: Days(date(int(m["year"]), 1, 1), date(int(m["year"]), 12, 31))),
        (rf"(?:(?P<which>last|this)\s+)?{_MONTH}", _named_month),
        (rf"{_MONTH},?\s+(?:of\s+)?{_YEAR}", _named_month),
        (rf"{_MONTH},?\s+(?:of\s+)?(?P<which>last|this) year", _month_of_a_year),
        (rf"{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+(?:of\s+)?{_YEAR})?", _date),
        (rf"{_MONTH}\s+(?:the\s+)?{_DAY}(?:,?\s+{_YEAR})?", _date),
        (rf"{_MONTH}\s+{_DAY}{_UNTIL}(?:,?\s+{_YEAR})?", _two_in_a_month),
        (rf"{_DAY}{_UNTIL}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?", _two_in_a_month),
        (rf"{COUNT}\s+(?P<unit>day|week|month|year)s?\s+ago", _units_ago),
        (rf"{COUNT}\s+(?P<unit>day|week|month|year)s?\s+ago\s+(?P<from>today|yesterday)", _same_day_back),
        (r"(?P<from>this day|today)\s+last year", _same_day_back),
        (rf"(?:last|past|previous)\s+{COUNT}\s+(?P<unit>day|week|month|year)s?", _past_units),
    )
)
