"""When does a source say that something happened?"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from rem_dagster.errors import InputError

YEARS = range(1900, 2200)
"""Years outside are a placeholder or a typing error, not somebody's day."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM, MICROSECONDS_FROM = 1e11, 1e14
"""Epoch numbers from here on count milliseconds (1973) or microseconds (1973), not seconds (year 5138)."""
NUMBER = re.compile(r"\d{9,}(\.\d+)?")
DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True)
class SaidTime:
    """A time as its source says it; without a zone it is a local time of the home."""

    at: datetime
    utc_offset_minutes: int | None = None
    """The offset of the writer's clock; None when the source names none."""
    is_date_only: bool = False
    """Then `at` is naive and at midnight."""


def parse_time(value: object) -> SaidTime:
    """A time from ISO 8601 text, a date, or a number of seconds, milliseconds or microseconds since 1970.

    Raises:
        InputError: it is none of these, or its year is absurd.
    """
    said = _parse(value)
    if said is None:
        raise InputError("is not a time such as 2024-05-01T09:30:00+02:00, a date, or seconds since 1970")
    if said.at.year not in YEARS:
        raise InputError(f"has a year outside {YEARS.start} to {YEARS.stop - 1}")
    return said


def offset_minutes(at: datetime) -> int | None:
    """The offset of a time's clock, in minutes east of UTC; None without a zone."""
    offset = at.utcoffset()
    return None if offset is None else int(offset.total_seconds() // 60)


def _parse(value: object) -> SaidTime | None:
    if isinstance(value, datetime):
        return SaidTime(value, offset_minutes(value))
    if isinstance(value, date):
        return SaidTime(datetime.combine(value, time()), is_date_only=True)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return _from_text(value.strip()) if isinstance(value, str) else None


def _from_text(text: str) -> SaidTime | None:
    if NUMBER.fullmatch(text):
        return _from_number(float(text))
    try:
        if found := DATE.fullmatch(text):
            year, month, day = (int(part) for part in found.groups() if part is not None)
            return _parse(date(year, month, day))
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    # RFC 9557: Z and -00:00 give the instant and leave the writer's offset unknown, unlike +00:00
    return SaidTime(at, None if text.endswith(("Z", "z", "-00:00")) else offset_minutes(at))


def _from_number(number: float) -> SaidTime | None:
    unit = 1 if number >= MICROSECONDS_FROM else 1e3 if number >= MILLISECONDS_FROM else 1e6
    try:
        return SaidTime(EPOCH + timedelta(microseconds=round(number * unit)))
    except (OverflowError, ValueError):
        return None
