"""How does the library read an event, and can what it read be used?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from rem_dagster.sources.ics_blocks import EventBlock
from rem_dagster.sources.source import Problem
from rem_dagster.sources.times import YEARS

BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What the libraries raise for an event that is broken."""


@dataclass(frozen=True)
class Parsed:
    """A block as the library reads it."""

    block: EventBlock
    event: Any
    broken: tuple[str, ...]
    """Properties that it could not read, and that are gone."""


def parse(blocks: Sequence[EventBlock]) -> list[Parsed]:
    """The blocks as the library reads them, in their order."""
    import icalendar

    wanted = set().union(*(block.zone_names for block in blocks))
    zones = {name: text for block in blocks for name, text in block.calendar.zones.items() if name in wanted}
    parts = ["BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", *zones.values(), *(block.text for block in blocks)]
    events = icalendar.Calendar.from_ical("".join([*parts, "END:VCALENDAR\r\n"])).walk("VEVENT")
    parsed = [Parsed(block, event, _drop_broken(event)) for block, event in zip(blocks, events, strict=True)]
    for each in parsed:
        _tell_zone(each.event, each.block.calendar.zone)
    return parsed


def _drop_broken(event: Any) -> tuple[str, ...]:
    """Take out what the library could not read: any look at it would raise."""
    from icalendar.prop import vBroken

    event.subcomponents.clear()  # alarms
    dropped = []
    for name in list(event):
        held = event[name] if isinstance(event[name], list) else [event[name]]
        kept = [each for each in held if not isinstance(each, vBroken)]
        if len(kept) == len(held):
            continue
        del event[name]
        dropped.append(name)
        if kept:
            event[name] = kept
    return tuple(dropped)


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


def problems_of(parsed: Parsed) -> Iterator[Problem]:
    """What is wrong with an event; it cannot be placed in time when one of them failed."""
    where, event = parsed.block.where, parsed.event
    at = getattr(event.get("DTSTART"), "dt", None)
    again = getattr(event.get("RECURRENCE-ID"), "dt", None)
    if not isinstance(at, date):
        yield Problem(where, "DTSTART", "is missing or no time")
    elif at.year not in YEARS:
        reason = f"has a year outside {YEARS.start} to {YEARS.stop - 1}"
        yield Problem(where, "DTSTART", reason, got=str(at))
    elif "RECURRENCE-ID" in parsed.broken or (event.get("RECURRENCE-ID") and not _is_usual(again)):
        yield Problem(where, "RECURRENCE-ID", "is no time")
    else:
        for name in parsed.broken:
            yield Problem(where, name, "cannot be read; it was left out", "notice")


def _is_usual(at: object) -> bool:
    return isinstance(at, date) and at.year in YEARS


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
