"""Which time did somebody mean on the command line?"""

from datetime import date, timedelta

from rem_dagster.errors import WindowError
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import long_day
from rem_dagster.model.window import Window
from rem_dagster.recall.when import When, parse_when

SHORT_FOR = {"week": "this week", "month": "this month", "year": "this year"}


def asked_time(text: str, opened: Opened) -> When:
    """The span that some words mean.

    Raises:
        WindowError: they name no time, or one that is still to come.
    """
    phrase = SHORT_FOR.get(text.strip().lower(), text)
    found = parse_when(phrase, calendar=opened.calendar, now=opened.now)
    _require_begun(text, opened.calendar.day_of(found.window.start), opened)
    return found


def whole_days(window: Window, opened: Opened) -> tuple[date, date] | None:
    """First and last local day of a window that is made of whole days; None for any other."""
    first, last = days_touched(window, opened)
    is_whole = opened.calendar.start_of(first) == window.start
    is_whole = is_whole and opened.calendar.start_of(last + timedelta(days=1)) == window.end
    return (first, last) if is_whole else None


def days_touched(window: Window, opened: Opened) -> tuple[date, date]:
    """First and last local day that a window shares an instant with."""
    return opened.calendar.span_of(window)


def first_day(text: str, opened: Opened) -> date:
    """The day with which the span that some words mean begins."""
    return days_touched(asked_time(text, opened).window, opened)[0]


def last_day(text: str, opened: Opened) -> date:
    """The day with which the span that some words mean ends; of a span that is under way, today.

    Raises:
        WindowError: it is a day to come.
    """
    first, last = days_touched(asked_time(text, opened).window, opened)
    return min(last, opened.today) if first < last else last


def days_from(start: str | None, end: str | None, opened: Opened) -> tuple[date | None, date | None]:
    """First and last day of a range whose ends are given in words; None is open.

    Raises:
        WindowError: it runs backwards, or an end names no day that has begun.
    """
    first = first_day(start, opened) if start is not None else None
    last = last_day(end, opened) if end is not None else None
    if first is not None and last is not None and first > last:
        raise WindowError(
            f"The range runs backwards: --start {start!r} is {long_day(first)}, --end {end!r} is "
            f"{long_day(last)}. Nothing was changed. Give the earlier day as --start."
        )
    return first, last


def _require_begun(text: str, day: date, opened: Opened) -> None:
    if day > opened.today:
        raise WindowError(
            f"{text!r} is {long_day(day)}, which has not begun: today is {long_day(opened.today)} in "
            f"{opened.zone.key}. Nothing was changed. Name a day up to today."
        )
