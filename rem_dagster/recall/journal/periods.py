"""By which names are weeks and months known in addresses?"""

import re
from datetime import date, timedelta

from rem_dagster.errors import WindowError
from rem_dagster.model.window import Calendar

_WEEK = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
EARLIEST, LATEST = 3, 9997
"""Years around which there is room for the weeks that a page shows."""
MIDDLE = timedelta(days=3)
"""From a week's first day to its middle, by which it is numbered wherever weeks begin."""


def week_name(day: date, calendar: Calendar) -> str:
    """`2026-W47`, for any day of a week: the ISO number of its middle."""
    year, week, _ = (calendar.week_start(day) + MIDDLE).isocalendar()
    return f"{year}-W{week:02}"


def week_named(name: str, calendar: Calendar) -> date:
    """The first day of a week.

    Raises:
        WindowError: no week is called so.
    """
    found = _WEEK.fullmatch(name)
    try:
        if found is None:
            raise ValueError(name)
        return calendar.week_start(_within(date.fromisocalendar(int(found[1]), int(found[2]), 4)))
    except (ValueError, OverflowError) as error:
        raise WindowError(f"There is no week {name!r}. A week is called like 2026-W47.") from error


def month_named(name: str) -> date:
    """The first day of a month.

    Raises:
        WindowError: no month is called so.
    """
    found = _MONTH.fullmatch(name)
    try:
        if found is None:
            raise ValueError(name)
        return _within(date(int(found[1]), int(found[2]), 1))
    except ValueError as error:
        raise WindowError(f"There is no month {name!r}. A month is called like 2026-11.") from error


def year_named(name: str) -> int:
    """A year.

    Raises:
        WindowError: no year is called so.
    """
    if _YEAR.fullmatch(name) is None or not EARLIEST <= int(name) <= LATEST:
        raise WindowError(f"There is no year {name!r}. A year is called like 2026.")
    return int(name)


def day_named(name: str) -> date:
    """A day.

    Raises:
        WindowError: no day is called so.
    """
    try:
        if _DAY.fullmatch(name) is None:
            raise ValueError(name)
        return _within(date.fromisoformat(name))
    except ValueError as error:
        raise WindowError(f"There is no day {name!r}. A day is called like 2026-11-18.") from error


def next_month(first: date, *, months: int = 1) -> date:
    """The first day of a month so many months later; a negative number goes back."""
    place = first.year * 12 + first.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def _within(day: date) -> date:
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(day)
    return day
