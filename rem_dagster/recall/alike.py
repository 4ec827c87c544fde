"""How does likeness of meaning count beside words?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rem_dagster.recall.corpus import Bools, Numbers, Reals

ALIKE_CANDIDATES = 200
"""Rows that may be candidates for their meaning alone, without a word of the question."""
LEAST_ALIKE = 0.35
"""The cosine from which a row may be one: strangers lie about 0, nonsense reaches .30. Between .25 and
no such rows at all, it moves recall by .0014 at 20 and not at 5 or 10."""


@dataclass(frozen=True)
class Likeness:
    """How alike the meaning of each of a user's rows is to the question's, as cosines."""

    own: Reals
    near: Reals
    closest: Reals
    """Of the row itself or of a fact that rests on it, whichever is more alike."""
    facts: Reals | None = None
    """Of the fact most like the question among those that rest on the row; None where no row has any."""


@dataclass(frozen=True)
class Alike:
    """One likeness of the candidates; `least` and `most` are those of all rows of the user."""

    values: Reals
    least: float
    most: float


def with_alike(
    rows: Numbers, near: Reals, likeness: Likeness, allowed: Bools | None
) -> tuple[Numbers, Reals]:
    """The rows that have words of the question, and those most like it."""
    close = likeness.closest if allowed is None else np.where(allowed, likeness.closest, -np.inf)
    few = np.flatnonzero(close >= LEAST_ALIKE)
    if len(few) > ALIKE_CANDIDATES:
        few = few[np.argpartition(-close[few], ALIKE_CANDIDATES)[:ALIKE_CANDIDATES]]
    both = np.union1d(rows, few)
    values = np.zeros(len(both), np.float32)
    values[np.searchsorted(both, rows)] = near
    return both, values


def alikes_of(likeness: Likeness | None, rows: Numbers) -> tuple[Alike | None, Alike | None, Alike | None]:
    """The likenesses of some rows, on the scale of all of them: own, neighbours', facts'."""
    if likeness is None:
        return None, None, None
    facts = None if likeness.facts is None else _alike_of(likeness.facts, rows)
    return _alike_of(likeness.own, rows), _alike_of(likeness.near, rows), facts


def _alike_of(cosines: Reals, rows: Numbers) -> Alike:
    return Alike(cosines[rows], float(cosines.min()), float(cosines.max()))


def scaled(parts: Sequence[Alike | None]) -> list[Reals | float]:
    """Each candidate's place between the least alike row of all and the most alike one, 0 to 1."""
    there = [part for part in parts if part is not None]
    least = min((part.least for part in there), default=0.0)
    span = max((part.most for part in there), default=0.0) - least
    return [0.0 if part is None or span <= 0 else (part.values - least) / span for part in parts]
