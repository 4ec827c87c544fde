"""What does every question need to know of one user's rows?"""

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rem_dagster.store.text.entries import ASKS
from rem_dagster.store.text.read import Ints, UserDocs

K1, B = 1.2, 0.75
"""Of BM25: how soon more of a word adds nothing, and how much a text's length takes off."""
THREAD_BLOCK = 30
"""Rows after which a long thread counts as another one."""

Reals: TypeAlias = npt.NDArray[np.floating[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.intp]


class Corpus:
    """One user's docs with what every question needs of them, made once."""

    def __init__(self, docs: UserDocs, *, reach: int) -> None:
        self.docs = docs
        self.reach = reach
        self.lengths = docs.lengths.astype(np.float32)
        self.longest = float(self.lengths.max(initial=0))

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def first_of_thread(self) -> Numbers:
        """For each row the number of its thread's first row."""
        threads = self.docs.threads
        begins = np.ones(len(self), np.bool_)
        np.not_equal(threads[1:], threads[:-1], out=begins[1:])
        firsts = np.flatnonzero(begins)
        return np.repeat(firsts, np.diff(firsts, append=len(self)))

    def has_next(self, reach: int) -> Bools:
        """Whether the row so many places on is of the same thread."""
        return self._next[reach - 1]

    def has_previous(self, reach: int) -> Bools:
        """Whether the row so many places back is of the same thread."""
        return self._previous[reach - 1]

    @cached_property
    def _next(self) -> list[Bools]:
        threads, n = self.docs.threads, len(self)
        found = []
        for reach in range(1, self.reach + 1):
            same = np.zeros(n, bool)
            same[: max(n - reach, 0)] = threads[reach:] == threads[: max(n - reach, 0)]
            found.append(same)
        return found

    @cached_property
    def _previous(self) -> list[Bools]:
        return [
            np.concatenate((np.zeros(min(reach, len(self)), bool), same[: max(len(self) - reach, 0)]))
            for reach, same in enumerate(self._next, 1)
        ]

    @cached_property
    def blocks(self) -> Ints:
        """For each row its thread, or its part of a long one; ascending from 0."""
        place = np.arange(len(self)) - self.first_of_thread
        begins = place % THREAD_BLOCK == 0
        return (np.cumsum(begins) - 1).astype(np.int32)

    @cached_property
    def block_norms(self) -> Reals:
        """What the length of each block adds to a term's times there."""
        return _norms(np.bincount(self.blocks, self.lengths).astype(np.float32))

    @cached_property
    def near_norms(self) -> Reals:
        """The same of each row with its neighbours."""
        near = self.lengths.copy()
        for reach, same in enumerate(self._next, 1):
            near[:-reach] += self.lengths[reach:] * same[:-reach]
            near[reach:] += self.lengths[:-reach] * same[:-reach]
        return _norms(near)

    @cached_property
    def reply_norms(self) -> Reals:
        """The same of each row with the question that it replies to."""
        before = np.concatenate((np.zeros(1, np.float32), self.lengths[:-1]))
        return _norms(self.lengths + before * self.replies)

    @cached_property
    def replies(self) -> Bools:
        """Whether the row before, in the same thread, asks something."""
        asks = (self.docs.flags & ASKS).astype(bool)
        before = np.concatenate(([False], asks[:-1]))
        follows: Bools = before & (self.first_of_thread != np.arange(len(self)))
        return follows


def _norms(lengths: Reals) -> Reals:
    mean = float(lengths.mean()) if len(lengths) else 1.0
    return K1 * (1 - B + B * lengths / max(mean, 1e-9))
