"""Which local days does a part of a longer span name: "mid june", "the first week of march", "Q3 2025"?

    early, start, beginning        mid, middle        late, end
    days 1-10                      11-20              21 to the last       of a month
    January to April               May to August      September on         of a year

Weeks of a month are days 1-7, 8-14, ..., its last week the last seven days. Seasons are three whole months.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from rem_dagster.errors import WindowError
from rem_dagster.recall.days import WEEKDAYS, Days, Today, days_named
from rem_dagster.recall.weeks import days_of_weeks

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The first month of each in the north; in the south half a year later."""
FEASTS = {
    "new years? day": (1, 1),
    "valentines? day": (2, 14),
    "halloween": (10, 31),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "boxing day": (12, 26),
    "new years? eve": (12, 31),
}
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_NTH = r"(?P<nth>\d{1,2}(?:st|nd|rd|th)|last)"
_OF = r"(?:of|in)\s+(?:the\s+)?(?P<of>.+)"


def days_meant(phrase: str, today: Today) -> Days | None:
    """The days that a phrase names, as a whole span or as a part of one; None when it names none."""
    named = days_named(phrase, today) or days_of_weeks(phrase, today)
    if named is not None:
        return named
    for pattern, days_of in _RULES:
        if match := pattern.fullmatch(phrase):
            try:
                return days_of(match, today)
            except WindowError:
                raise
            except (ValueError, OverflowError):
                return None
    return None


def _months(year: int, month: int, count: int) -> Days:
    """So many whole months, from one that may lie outside 1 to 12."""
    first = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    year, month = year + (month + count - 2) // 12, (month + count - 2) % 12 + 1
    return Days(first, date(year, month, monthrange(year, month)[1]))


def _quarter(year: int, number: int) -> Days:
    if not 1 <= number <= 4:
        raise ValueError(f"a year has no quarter {number}")
    return _months(year, 3 * number - 2, 3)


def _quarter_named(match: re.Match[str], today: Today) -> Days:
    number = int(match["number"])
    if match["year"]:
        return _quarter(int(match["year"]), number)
    this_year = _quarter(today.day.year, number)
    return this_year if this_year.first <= today.day else _quarter(today.day.year - 1, number)


def _quarters_back(back: int) -> Callable[[re.Match[str], Today], Days]:
    def days(_: re.Match[str], today: Today) -> Days:
        return _months(today.day.year, 3 * ((today.day.month - 1) // 3) + 1 - 3 * back, 3)

    return days


def _is_a_month(days: Days) -> bool:
    return days == _months(days.first.year, days.first.month, 1)


def _is_a_year(days: Days) -> bool:
    return days == _months(days.first.year, 1, 12)


def _of(match: re.Match[str], today: Today) -> Days:
    of = match["of"]
    named = days_meant(f"this {of}" if of in ("month", "quarter", "year") else of, today)
    if named is None:
        raise ValueError(f"{match['of']!r} names no days")
    return named


def _half(match: re.Match[str], today: Today) -> Days:
    whole, is_first = _of(match, today), match["nth"] in ("1", "1st")
    if _is_a_month(whole):
        middle = whole.first.replace(day=15)
    elif _is_a_year(whole):
        middle = date(whole.first.year, 6, 30)
    else:
        raise ValueError("only months and years are halved")
    return Days(whole.first, middle) if is_first else Days(middle + timedelta(days=1), whole.last)


def _third(match: re.Match[str], today: Today) -> Days:
    whole = _of(match, today)
    place = {"early": 0, "start": 0, "beginning": 0, "mid": 1, "middle": 1}.get(match["part"], 2)
    if _is_a_month(whole):
        first = whole.first + timedelta(days=10 * place)
        return Days(first, whole.last if place == 2 else first + timedelta(days=9))
    if _is_a_year(whole):
        return _months(whole.first.year, 4 * place + 1, 4)
    raise ValueError("only months and years have an early, a middle and a late part")


def _nth_week(match: re.Match[str], today: Today) -> Days:
    whole = _of(match, today)
    if not (_is_a_month(whole) or _is_a_year(whole)):
        raise ValueError("only months and years have numbered weeks")
    if match["nth"] == "last":
        return Days(whole.last - timedelta(days=6), whole.last)
    first = whole.first + timedelta(days=7 * (int(match["nth"][:-2]) - 1))
    if not whole.first <= first <= whole.last:
        raise ValueError(f"no {match['nth']} week there")
    return Days(first, min(first + timedelta(days=6), whole.last))


def _nth_weekday(match: re.Match[str], today: Today) -> Days:
    whole = _of(match, today)
    wanted = next(place for place, name in enumerate(WEEKDAYS) if name == match["weekday"])
    if match["nth"] == "last":
        day = whole.last - timedelta(days=(whole.last.weekday() - wanted) % 7)
    else:
        first = whole.first + timedelta(days=(wanted - whole.first.weekday()) % 7)
        day = first + timedelta(days=7 * (int(match["nth"][:-2]) - 1))
    if not (_is_a_month(whole) and whole.first <= day <= whole.last):
        raise ValueError(f"no such {match['weekday']} there")
    return Days(day, day)


def _counted_part(match: re.Match[str], today: Today) -> Days:
    """The first or last days, weeks or months of a longer span, not longer than it."""
    whole, count = _of(match, today), _number(match["count"])
    if match["unit"] == "month":
        if not _is_a_year(whole) or not 1 <= count <= 12:
            raise ValueError("only years have months")
        return _months(whole.first.year, 1 if match["end"] == "1st" else 13 - count, count)
    span = timedelta(days=count * (7 if match["unit"] == "week" else 1) - 1)
    if span > whole.last - whole.first:
        raise ValueError("longer than the whole")
    if match["end"] == "1st":
        return Days(whole.first, whole.first + span)
    return Days(whole.last - span, whole.last)


def _number(text: str) -> int:
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return int(text) if text.isdigit() else words.index(text)


def _season(match: re.Match[str], today: Today) -> Days:
    """A season by the year in which it lies whole; the latest that has begun, with "last" that has ended.

    Raises:
        WindowError: that season lies in two years, and only one is named.
    """
    month = SEASONS[match["season"]]
    month = (month + 5) % 12 + 1 if today.is_southern else month
    if match["year"]:
        if month == 12 and not match["until"]:
            year = int(match["year"])
            raise WindowError(
                f"{match[0]!r} can begin in December {year - 1} or {year}. Write {match['season']} "
                f"{year - 1}/{year % 100:02} or {match['season']} {year}/{(year + 1) % 100:02}."
            )
        return _months(int(match["year"]), month, 3)
    for year in range(today.day.year, today.day.year - 3, -1):
        found = _months(year, month, 3)
        if (found.last if match["which"] in ("last", "past", "previous") else found.first) < today.day:
            return found
    raise ValueError("no such season")


def _feast(month: int, day: int) -> Callable[[re.Match[str], Today], Days]:
    def days(match: re.Match[str], today: Today) -> Days:
        found = date(int(match["year"]) if match["year"] else today.day.year, month, day)
        is_earlier = match["which"] == "last" and found == today.day
        if not match["year"] and (found > today.day or is_earlier):
            found = found.replace(year=found.year - 1)
        return Days(found, found)

    return days


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Today], Days]], ...] = tuple(
    (re.compile(pattern), days_of)
    for pattern, days_of in (
        (rf"q(?P<number>[1-4])(?:,?\s*(?:of\s+)?{_YEAR})?", _quarter_named),
        (
            rf"(?P<number>[1-4])(?:st|nd|rd|th)\s+quarter(?:,?\s+(?:of\s+|in\s+)?{_YEAR})?",
            _quarter_named,
        ),
        (rf"{_YEAR}\s*-?\s*q(?P<number>[1-4])", _quarter_named),
        (r"(?:this|current)\s+quarter", _quarters_back(0)),
        (r"(?:last|past|previous)\s+quarter", _quarters_back(1)),
        (r"quarter before last", _quarters_back(2)),
        (r"(?:next|coming)\s+quarter", _quarters_back(-1)),
        (r"h(?P<nth>[12])\s+(?P<of>(?:19|20)\d\d)", _half),
        (rf"(?P<nth>1st|2nd)\s+half\s+{_OF}", _half),
        (r"(?P<part>early|mid|late)(?:\s+in)?[\s-]+(?P<of>.+)", _third),
        (rf"(?P<part>start|beginning|middle|end)\s+{_OF}", _third),
        (rf"{_NTH}\s+week\s+{_OF}", _nth_week),
        (rf"{_NTH}\s+(?P<weekday>{'|'.join(WEEKDAYS)})\s+{_OF}", _nth_weekday),
        (rf"(?P<end>1st|last)\s+(?P<count>\w+)\s+(?P<unit>day|week|month)s?\s+{_OF}", _counted_part),
        (
            rf"(?:(?P<which>last|this|past|previous)\s+)?(?P<season>{'|'.join(SEASONS)})"
            rf"(?:,?\s+(?:of\s+)?{_YEAR}(?P<until>\s*[/-]\s*(?:20)?\d\d)?)?",
            _season,
        ),
        *(
            (rf"(?:(?P<which>last|this)\s+)?{name}(?:,?\s+{_YEAR})?", _feast(month, day))
            for name, (month, day) in FEASTS.items()
        ),
    )
)
