"""Which shapes and steps do the pictures of the journal's pages have?

Lengths are SVG attributes in percent and colours are classes, so that no page needs a style of its own.
"""

import math
from collections.abc import Sequence
from datetime import timedelta

from rem_dagster.recall.kinds import WORDS

SHAPES = {
    "work_session": "M6 1a5 5 0 1 0 .01 0z",
    "learning": "M6 1l5.6 9.8H.4z",
    "planning": "M6 .3L11.7 6 6 11.7.3 6z",
    "communication": "M1 2.2h10v6.6H6.6L3.6 11.3V8.8H1z",
    "reflection": "M6 1a5 5 0 1 0 .01 0zM6 3.7a2.3 2.3 0 1 1-.01 0z",
    "creation": "M6 .2l1.6 4.2L11.8 6 7.6 7.6 6 11.8 4.4 7.6.2 6l4.2-1.6z",
    "collaboration": "M3.1 1h5.8L11.8 6 8.9 11H3.1L.2 6z",
    "prediction": "M6 .3L11.7 6 6 11.7.3 6zM6 3.4L3.4 6 6 8.6 8.6 6z",
    "other": "M6 3.6a2.4 2.4 0 1 0 .01 0z",
}
"""Of each type of moment, as a path in a square of 12."""
SHAPE_OF_OWN_TYPES = "M1.6 1.6h8.8v8.8H1.6z"
OWN = "own"
HEAT_HOURS = (0.5, 2.0, 4.0, 7.0)
"""Hours of a day from which on its cell is darker; less is the first step, nothing the palest."""


def shape_of(moment_type: str) -> str:
    """The path of a type's shape; a user's own types share the square."""
    return SHAPES.get(moment_type, SHAPE_OF_OWN_TYPES)


def kind_class(moment_type: str) -> str:
    """The class that gives a type its colour."""
    return f"k-{moment_type.replace('_', '-')}" if moment_type in WORDS else f"k-{OWN}"


def heat_of(covered: timedelta, *, moments: int) -> int:
    """From 0, nothing, to 4, a full day."""
    if not moments:
        return 0
    hours = covered.total_seconds() / 3600
    return max(1, sum(hours >= least for least in HEAT_HOURS))


def radius_of(count: int) -> float:
    """Pixels of a dot that stands for so many items; its area grows with them."""
    return round(min(1.9 + 0.75 * math.sqrt(count), 6.0), 1)


def dot_of(time: timedelta) -> float:
    """Pixels of a dot whose area is a length of time."""
    minutes = time.total_seconds() / 60
    return round(min(2 + 0.5 * math.sqrt(minutes), 12.5), 1) if minutes else 0


def shares(parts: Sequence[float]) -> list[float]:
    """Percent of the greatest, for bars that stand beside each other."""
    most = max(parts, default=0) or 1
    return [round(100 * part / most, 1) for part in parts]


def spark_of(counts: Sequence[int]) -> str:
    """Bars beside each other, as a path in a box of their number by 10; nothing for those of no height."""
    most = max(counts, default=0) or 1
    bars = ((at, round(2 + 8 * count / most, 1)) for at, count in enumerate(counts) if count)
    return "".join(f"M{at}.1 10v-{tall}h.8v{tall}z" for at, tall in bars)
