"""How does the library read an event, and can what it read be used?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from rem_dagster.sources.ics_blocks import EventBlock
from rem_dagster.sources.source import Problem
from rem_dagster.sources.times import YEARS

BROKEN = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, AssertionError)
"""What the libraries raise for an event that is broken."""


def parse(blocks: Sequence[EventBlock]) -> list[Any]:
    """The blocks as components of the library."""
    import icalendar

    wanted = set().union(*(block.zone_names for block in blocks))
    zones = {name: text for block in blocks for name, text in block.calendar.zones.items() if name in wanted}
    parts = ["BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", *zones.values(), *(block.text for block in blocks)]
    events = icalendar.Calendar.from_ical("".join([*parts, "END:VCALENDAR\r\n"])).walk("VEVENT")
    for block, event in zip(blocks, events, strict=True):
        _tell_zone(event, block.calendar.zone)
    return list(events)


def _tell_zone(event: Any, zone: str) -> None:
    """Times without a zone, and those in UTC, in the zone of the calendar."""
    from zoneinfo import ZoneInfo

    if not zone:
        return
    try:
        told = ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        return
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        value = event.get(name)
        at = getattr(value, "dt", None)
        if (
            isinstance(at, datetime)
            and at.year in YEARS
            and (at.tzinfo is None or at.tzinfo is UTC or str(at.tzinfo) == "UTC")
        ):
            value.dt = at.replace(tzinfo=told) if at.tzinfo is None else at.astimezone(told)


def problem_of(block: EventBlock, event: Any) -> Problem | None:
    """Why an event cannot be placed."""
    at = getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(at, date):
        return Problem(block.where, "DTSTART", "is missing or no time")
    if at.year not in YEARS:
        return Problem(
            block.where, "DTSTART", f"has a year outside {YEARS.start} to {YEARS.stop - 1}", got=str(at)
        )
    again = event.get("RECURRENCE-ID")
    changed = getattr(again, "dt", None)
    if again is not None and not (isinstance(changed, date) and changed.year in YEARS):
        return Problem(block.where, "RECURRENCE-ID", "is no time")
    return None


def is_cancelled(block: EventBlock, event: Any) -> bool:
    """Whether an event, or its whole file, is a cancellation."""
    return block.calendar.method == "CANCEL" or str(event.get("STATUS", "")).upper() == "CANCELLED"


def listed(value: Any) -> list[date]:
    """The times of one or several lists of times."""
    lists = value if isinstance(value, list) else [value] if value is not None else []
    times = (getattr(each, "dt", None) for held in lists for each in getattr(held, "dts", []))
    return [each for each in times if isinstance(each, date) and each.year in YEARS]


def instant(at: date) -> datetime:
    """A time to compare with others; local ones and dates as if in UTC."""
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day, tzinfo=UTC)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
