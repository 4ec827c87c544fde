"""What do the values of a row say?"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rem_dagster.errors import InputError
from rem_dagster.sources.sql_mapping import COLUMN, CONSTANT, TableMapping, Unit
from rem_dagster.sources.text import replace_surrogates
from rem_dagster.sources.times import SaidTime, parse_time

Values = Mapping[str, Any]
EPOCHS = {
    "seconds": (datetime(1970, 1, 1, tzinfo=UTC), 1_000_000),
    "milliseconds": (datetime(1970, 1, 1, tzinfo=UTC), 1_000),
    "microseconds": (datetime(1970, 1, 1, tzinfo=UTC), 1),
    "webkit": (datetime(1601, 1, 1, tzinfo=UTC), 1),
    "mac": (datetime(2001, 1, 1, tzinfo=UTC), 1_000_000),
}
"""Where a number of time counts from, and how many microseconds it counts in.

Source: Chromium's base/time/time.h (microseconds since 1601), Apple's CFAbsoluteTime (seconds since 2001).
"""


def text_of(value: object) -> str:
    """A value as text; nothing for NULL."""
    if value is None:
        return ""
    return replace_surrogates(_written(value)).replace("\0", "")


def _written(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, dict | list | tuple | set):
        return json.dumps(value, ensure_ascii=False, default=text_of, sort_keys=True)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def field_of(mapping: TableMapping, name: str, row: Values) -> str | None:
    """What a field is for a row; None where the mapping does not have it, or nothing is there."""
    told: str | None = getattr(mapping, name)
    if told is None:
        return None
    if constant := CONSTANT.fullmatch(told):
        return constant[1]
    is_template = "{" in told
    text = COLUMN.sub(lambda found: text_of(row[found[1]]), told) if is_template else text_of(row[told])
    text = mapping.map.get(name, {}).get(text, text)
    return text if text.strip() else None


def tags_of(mapping: TableMapping, row: Values) -> tuple[str, ...]:
    """The tags of a row, as they are written there."""
    value = row.get(mapping.tags) if mapping.tags else None
    if isinstance(value, list | tuple):
        return tuple(text_of(each) for each in value if each)
    text = field_of(mapping, "tags", row) or ""
    if text.startswith("["):
        try:
            return tuple(text_of(each) for each in json.loads(text))
        except (ValueError, TypeError):
            pass
    return tuple(text.replace(",", " ").split())


def time_of(value: object, *, unit: Unit, zone: str | None) -> SaidTime:
    """When a value says.

    Raises:
        InputError: it says no time.
    """
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, bytes):
        value = text_of(value)
    if unit != "auto" and isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            pass
    if unit != "auto" and isinstance(value, int | float) and not isinstance(value, bool):
        start, factor = EPOCHS[unit]
        try:
            said = SaidTime(start + timedelta(microseconds=round(value * factor)))
        except (OverflowError, ValueError):
            raise InputError("is not a time") from None
        return parse_time_checked(said)
    said = parse_time(value)
    if said.at.tzinfo is None and zone and not said.is_date_only:
        return SaidTime(said.at.replace(tzinfo=ZoneInfo(zone)), None)
    # a database gives times with a zone in the zone of the connection: it is not the writer's
    return SaidTime(said.at.astimezone(UTC), None) if isinstance(value, datetime) and said.at.tzinfo else said


def parse_time_checked(said: SaidTime) -> SaidTime:
    """The time, once its year has been looked at.

    Raises:
        InputError: its year is absurd.
    """
    parse_time(said.at)
    return said
