"""How much time, and how many moments, does each of some groups have?"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rem_dagster.recall.insights.pieces import Array, covered_by, numbered
from rem_dagster.recall.insights.read import Lived

if TYPE_CHECKING:
    import pandas

Row = Any
"""A named tuple of one row of a table."""
NONE: Mapping[str, Array] = {}
COUNTED = frozenset(
    {
        *("seconds", "moments", "days", "felt", "productive", "pleasant", "unpleasant", "frustrated"),
        *("calls", "sessions", "results", "failed"),
    }
)
"""Columns of whole numbers."""
WHOLE = ""
"""The period of a row that is of the whole time."""
FEWEST = 5
"""Of fewer moments with a feeling a share says nothing."""
NINETY_PERCENT = 1.645
"""Standard deviations of an interval that holds nine of ten."""


def figures(
    lived: Lived,
    pieces: "pandas.DataFrame",
    by: Sequence[str],
    marks: Mapping[str, Array] = NONE,
    *,
    with_ids: bool = True,
) -> "pandas.DataFrame":
    """`seconds` covered, `moments` that touch the group, and their `moment_ids`, a row a group, by its keys.

    Args:
        by: one or more columns of `pieces`.
        marks: whether something is so of each moment of `lived`; of each group how many, by the same name.
        with_ids: leave the ids out where a great many groups are only compared.
    """
    import numpy as np

    groups, found = numbered(pieces, by)
    count = len(found)
    pairs = np.unique(groups * (len(lived.moments) or 1) + pieces["moment"].to_numpy())
    group, moment = np.divmod(pairs, len(lived.moments) or 1)
    sizes = np.bincount(group, minlength=count)
    found["seconds"] = covered_by(groups, count, pieces)
    found["moments"] = sizes
    for name, mark in marks.items():
        found[name] = np.bincount(group[mark[moment]], minlength=count)
    if not with_ids:
        return found
    ids = lived.ids[moment]
    ends = np.cumsum(sizes)
    found["moment_ids"] = [
        tuple(ids[end - size : end]) for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)
    ]
    return found


def whole(lived: Lived) -> "pandas.DataFrame":
    """One row with the figures of all there is; none where there is nothing."""
    found = figures(lived, lived.pieces.assign(period=WHOLE), ["period"])
    return found.assign(of="total", name="all")


def rows_of(parts: Sequence["pandas.DataFrame"], columns: Sequence[str]) -> "pandas.DataFrame":
    """Parts one below the other, with the same columns; a count that a row lacks is missing, not 0."""
    import pandas

    full = [part.reindex(columns=list(columns)) for part in parts if len(part)]
    if not full:
        return pandas.DataFrame(columns=list(columns))
    rows = pandas.concat(full, ignore_index=True)
    return rows.astype({name: "Int64" for name in columns if name in COUNTED})


def each_row(frame: "pandas.DataFrame") -> list[Row]:
    """Rows as named tuples; `name` is their `label`."""
    return list(frame.rename(columns={"name": "label"}).itertuples(index=False))


def interval(count: int, of: int) -> tuple[float, float]:
    """Within what a share lies, nine times of ten.

    Source: Wilson (1927), which holds for small numbers, too.
    """
    if not of:
        return 0.0, 1.0
    share, square = count / of, NINETY_PERCENT**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = NINETY_PERCENT * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return middle - half, middle + half


def is_clear(most: tuple[int, int], least: tuple[int, int]) -> bool:
    """Whether the greater of two shares, each a count of so many, is greater by more than chance."""
    return interval(*most)[0] > interval(*least)[1]
