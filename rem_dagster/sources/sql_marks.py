"""From which value on may rows of a table be new?

rows by updated_at   ──●──●─────●●──●───▶
seen up to                       ▲ mark
the next read        ........[───────▶      from the mark less the overlap
"""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from rem_dagster.sources.sql_mapping import TableMapping
from rem_dagster.sources.sql_values import EPOCHS, text_of
from rem_dagster.sources.times import MICROSECONDS_FROM, MILLISECONDS_FROM


def mark_of(value: object, before: str | None) -> str | None:
    """The greater of a value and an earlier mark, as JSON; a value that is NULL says nothing.

    Rows come in order of the value, so a database's own order decides, not this program's.
    """
    if value is None:
        return before
    if isinstance(value, datetime):
        aware = value.tzinfo is not None
        told = value.astimezone(UTC) if aware else value
        return json.dumps({"at": told.isoformat(), "aware": aware})
    if isinstance(value, date):
        return json.dumps({"day": value.isoformat()})
    if isinstance(value, bool | int | float | Decimal):
        return json.dumps({"number": float(value) if isinstance(value, float | Decimal) else int(value)})
    return json.dumps({"text": text_of(value)})


def lower_bound(mark: str, *, minutes: int, mapping: TableMapping) -> object:
    """The least value that a row may have which was not seen when the mark was made."""
    told = json.loads(mark)
    if "at" in told:
        return datetime.fromisoformat(told["at"]) - timedelta(minutes=minutes)
    if "day" in told:
        return date.fromisoformat(told["day"]) - timedelta(minutes=minutes)
    if "number" in told:
        number = told["number"]
        return number if mapping.updated_at is None else number - minutes * 60 * _per_second(number, mapping)
    return _day_before(told["text"], minutes)


def _per_second(number: float, mapping: TableMapping) -> int:
    if mapping.unit != "auto":
        return 1_000_000 // EPOCHS[mapping.unit][1]
    return 1_000_000 if number >= MICROSECONDS_FROM else 1_000 if number >= MILLISECONDS_FROM else 1


def _day_before(text: str, minutes: int) -> str:
    """Of a time that is text: the ISO day before, less the overlap; it sorts before any style of time."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return (day - timedelta(days=1 + minutes // 1_440)).isoformat()
