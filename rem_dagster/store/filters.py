"""How is a row filter written so that no value can change its meaning?"""

from collections.abc import Iterable
from datetime import UTC, datetime

from rem_dagster.model.window import Window


def quoted(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def equals(column: str, value: str) -> str:
    """Rows whose column has this text."""
    return f"{column} = {quoted(value)}"


def is_in(column: str, values: Iterable[str]) -> str:
    """Rows whose column has one of these texts; no values match no row."""
    listed = sorted(set(values))
    return f"{column} IN ({', '.join(map(quoted, listed))})" if listed else "false"


def at_or_after(column: str, instant: datetime) -> str:
    """Rows from an instant on."""
    return f"{column} >= {_timestamp(instant)}"


def before(column: str, instant: datetime) -> str:
    """Rows before an instant."""
    return f"{column} < {_timestamp(instant)}"


def within(column: str, window: Window) -> str:
    """Rows whose instant lies in a window."""
    return f"{at_or_after(column, window.start)} AND {before(column, window.end)}"


def in_days(first: str | None, last: str | None) -> str | None:
    """Rows of the ISO days from first to last, both included; None leaves an end open."""
    return all_of(
        f"partition_key >= {quoted(first)}" if first else None,
        f"partition_key <= {quoted(last)}" if last else None,
    )


def all_of(*filters: str | None) -> str | None:
    """Rows that pass every filter; None stands for no filter."""
    real = [f"({each})" for each in filters if each]
    return " AND ".join(real) or None


def any_of(*filters: str | None) -> str | None:
    """Rows that pass at least one filter; None stands for no filter."""
    real = [f"({each})" for each in filters if each]
    return " OR ".join(real) or None


def _timestamp(instant: datetime) -> str:
    plain = instant.astimezone(UTC).replace(tzinfo=None)
    return f"timestamp '{plain.isoformat(sep=' ', timespec='microseconds')}'"
