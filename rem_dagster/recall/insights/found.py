"""What does a pattern consist of: a table, and sentences with their numbers?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rem_dagster.recall.insights.asked import By, What

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Statement:
    """A sentence with its numbers, and the moments that it counts."""

    text: str
    n: int
    """Of how many moments (tools: calls; rhythm and streaks: days) it speaks."""
    moment_ids: tuple[str, ...] = ()
    is_in_rows: bool = False
    """Whether the table says it, too."""


@dataclass(frozen=True)
class Insight:
    """One pattern of somebody's time."""

    what: What
    by: By | None
    rows: "pandas.DataFrame"
    """One row a figure; `of` says of what, `moment_ids` which moments are counted in it."""
    statements: tuple[Statement, ...]
    moments: int
    """How many moments of the time there are."""
    seconds: int
    """Seconds that lie in at least one of them."""
    days: int
    """Local days that have one."""
    day: str | None = None
    """A day that is worth a look for it, in ISO form."""


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_said(day: date) -> str:
    """`16 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def hours_said(seconds: float) -> str:
    """A length: `35 min`, `2 h 15`."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02}" if minutes % 60 else f"{minutes // 60} h"


def said(number: int, noun: str) -> str:
    """A number with its noun: `1 day`, `2 days`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """Parts as a person lists them: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
