"""What is kept of a shard's rows until they are laid out?

Their texts would fill the memory in a month of long ones: of each, its terms are kept as numbers, in about a
tenth of the room.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from rem_dagster.store.text.entries import Entry
from rem_dagster.store.text.tokens import counted

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MOST_TIMES = 255
"""A term that a text has more often counts so many times: a byte holds it."""


class Postings(NamedTuple):
    """Where each term of a shard stands: of the n-th term, `docs[starts[n]:starts[n + 1]]`."""

    terms: list[str]
    """Sorted."""
    starts: "npt.NDArray[np.int32]"
    docs: "npt.NDArray[np.int32]"
    """Ascending within a term."""
    times: "npt.NDArray[np.uint8]"


class Draft:
    """The entries of a shard in any order, without their texts, and the terms of each."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: list[Entry] = []
        self.lengths: list[int] = []
        self._numbers: dict[str, int] = {}
        self._terms: list[array[int]] = []
        self._times: list[bytes] = []
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Take an entry in."""
        terms = counted(entry.text)
        number_of = self._numbers.setdefault
        self.entries.append(replace(entry, text=""))
        self.lengths.append(terms.total())
        self._terms.append(array("i", [number_of(term, len(self._numbers)) for term in terms]))
        self._times.append(bytes([min(times, MOST_TIMES) for times in terms.values()]))

    def postings(self, order: Sequence[int]) -> Postings:
        """The places of all terms, where `order` says which entry is the n-th doc."""
        import numpy as np

        terms = sorted(self._numbers)
        rank = np.empty(len(terms), np.int32)
        rank[[self._numbers[term] for term in terms]] = np.arange(len(terms), dtype=np.int32)
        held = rank[np.frombuffer(b"".join(self._terms[place] for place in order), np.int32)]
        times = np.frombuffer(b"".join(self._times[place] for place in order), np.uint8)
        sizes = [len(self._terms[place]) for place in order]
        docs = np.repeat(np.arange(len(order), dtype=np.int32), sizes)
        by_term = np.argsort(held, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(held, minlength=len(terms)))]).astype(np.int32)
        return Postings(terms, starts, docs[by_term], times[by_term])
