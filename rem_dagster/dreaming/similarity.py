"""Which moments of the thirty days before are about what a moment of this day is about?

    D-30 ········· D-1   D
      ○   ○    ●    ○    ◆        ◆ ── similar_to ──> ●

Terms count by how rare they are among the moments of D-30 to D of the same user, and by nothing else:
whatever happened before, after, or to somebody else changes no link of the day.
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rem_dagster.dreaming.draft.offline.words_common import CHATTER
from rem_dagster.dreaming.draft.offline.words_function import FUNCTION_WORDS
from rem_dagster.dreaming.draft.offline.words_verbs import is_past
from rem_dagster.dreaming.sameness import DAYS_BEFORE
from rem_dagster.store.text.tokens import tokens

Reals = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

LEAST_LIKE = 0.18
"""The cosine from which two moments are about the same."""
LEAST_SHARED = 4.0
"""Nats by which the words that they share must stand out: two rare words, or several less rare. One rare
word makes short moments look alike, and many common ones make long ones."""
COMMON = 1.0
"""Nats of a word that stands out by nothing."""
OTHER_MOMENTS = 30
"""Moments about something else that every window is taken to hold beside its own, so that few moments on
one subject do not make its words common."""
RARITY_POWER = 1.5
"""How much more a rare word weighs in the cosine than a common one."""
MOST_LIKE = 3
"""Links of one moment: a thread of a month is followed from day to day, not by all its pairs."""
MOST_TOLD = 5
"""Entities, and words, that a link names."""
TITLE_COUNTS = 2.0

_ENTITY = "@"
"""What an entity's term begins with; no word's does."""
_WORD = re.compile(r"\w[\w.'’-]*")
_PARTS = re.compile(r"[\W_]+|(?<=[a-z\d])(?=[A-Z])")
_FUNCTION_WORDS: frozenset[str] = frozenset().union(*FUNCTION_WORDS.values())


class Term(NamedTuple):
    """How much a term counts in a moment, and how much of a written word it is: 1/3 in `GitHub`."""

    amount: float
    share: float


@dataclass(frozen=True)
class Subject:
    """What a moment is about; `day` is the ordinal of its day.

    Its terms, in their order, are the stems of its words and, behind `@`, the folded names of its entities.
    """

    moment_id: str
    day: int
    terms: Mapping[str, Term]
    entities: Mapping[str, str]
    """Folded name -> the name as the moment's day has it."""
    text: str


@dataclass(frozen=True)
class Likeness:
    """A moment, one of the days before that is like it, how much (0 to 1), and why.

    Entities and words are the strongest first, as the later moment has them; words of those entities are
    not repeated.
    """

    source_id: str
    target_id: str
    weight: float
    entities: tuple[str, ...]
    words: tuple[str, ...]


def subject_of(moment: Mapping[str, Any], day: int, entities: Mapping[str, str]) -> Subject:
    """What a stored moment is about, with the entities that are in it."""
    facts = (fact["text"] for fact in moment["facts"] or ())
    rest = "\n".join([moment["summary"], *(moment["tags"] or ()), *facts])
    counts: dict[str, float] = {_ENTITY + name: 1.0 for name in entities}
    shares: dict[str, float] = {}
    for text, each_counts in ((moment["name"], TITLE_COUNTS), (rest, 1.0)):
        for word in _WORD.findall(text):
            terms = _terms_of(word)
            for term in terms:
                counts[term] = counts.get(term, 0.0) + each_counts / len(terms)
                shares[term] = max(shares.get(term, 0.0), 1 / len(terms))
    return Subject(
        moment_id=moment["id"],
        day=day,
        terms={term: Term(_damped(counts[term]), shares.get(term, 0.0)) for term in sorted(counts)},
        entities=entities,
        text=f"{moment['name']}\n{rest}",
    )


def as_written(terms: Collection[str], text: str) -> tuple[str, ...]:
    """Terms as the words, or the parts of words, of a text that have them first; in lower case."""
    forms: dict[str, str] = {}
    for word in _WORD.findall(text):
        for term in _terms_of(word):
            if term in terms and term not in forms:
                forms[term] = _written(term, word)
    return tuple(dict.fromkeys(forms[term] for term in terms if term in forms))


class Subjects:
    """What the moments of one user are about, ready to be compared.

    Moments are rows, by day and id; the terms of all rows lie behind each other.
    """

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self.held = sorted(subjects, key=lambda each: (each.day, each.moment_id))
        self._days = [each.day for each in self.held]
        numbers: dict[str, int] = {}
        flat = [numbers.setdefault(name, len(numbers)) for each in self.held for name in each.terms]
        sizes = [len(each.terms) for each in self.held]
        self.names = list(numbers)
        self.terms: Numbers = np.array(flat, np.int64)
        self.counts: Reals = np.array([term.amount for each in self.held for term in each.terms.values()])
        self.shares: Reals = np.array([term.share for each in self.held for term in each.terms.values()])
        self.starts: Numbers = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))

    def like_before(self, day: int) -> Iterator[Likeness]:
        """The links of one day's moments, by moment and then strongest first; ties go to the later day."""
        first, own = bisect_left(self._days, day - DAYS_BEFORE), bisect_left(self._days, day)
        end = bisect_right(self._days, day)
        if first < own < end:
            yield from _Window(self, first, own, end).likenesses()


class _Window:
    """The rows from `first` to `end`, those from `own` on being of the day that is linked.

    Rows and the places of terms count from those of `first`.
    """

    def __init__(self, subjects: Subjects, first: int, own: int, end: int) -> None:
        self._held = subjects.held[first:end]
        self._names = subjects.names
        self._starts = subjects.starts[first : end + 1] - subjects.starts[first]
        self._before = own - first
        span = slice(int(subjects.starts[first]), int(subjects.starts[end]))
        self._terms = subjects.terms[span]
        self._shares = subjects.shares[span]
        self._rows: Numbers = np.repeat(np.arange(end - first), np.diff(self._starts))
        rarity = self._rarity()
        self._weights: Reals = subjects.counts[span] * rarity**RARITY_POWER
        self._standing_out: Reals = np.maximum(rarity - COMMON, 0.0)
        self._lengths: Reals = np.sqrt(_sum_by_row(self._rows, self._weights**2, end - first))
        self._place_of: Numbers = np.full(len(self._names), -1)

    def likenesses(self) -> Iterator[Likeness]:
        """The links of the day's moments."""
        for row in range(self._before, len(self._held)):
            yield from self._likenesses_of(row)

    def _likenesses_of(self, row: int) -> Iterator[Likeness]:
        shared, mine = self._shared_with(row)
        rows, products = self._rows[shared], self._weights[shared] * self._weights[mine]
        both = np.minimum(self._shares[shared], self._shares[mine]) * self._standing_out[shared]
        lengths = self._lengths[: self._before] * self._lengths[row]
        sums = _sum_by_row(rows, products, self._before)
        cosines = np.divide(sums, lengths, out=np.zeros(self._before), where=lengths > 0)
        cosines = np.minimum(np.round(cosines, 4), 1.0)  # so that the last bit decides nothing
        stand_out = _sum_by_row(rows, both, self._before)
        close = [int(at) for at in np.flatnonzero((cosines >= LEAST_LIKE) & (stand_out >= LEAST_SHARED))]
        close.sort(key=lambda at: (-cosines[at], -self._held[at].day, self._held[at].moment_id))
        for at in close[:MOST_LIKE]:
            terms = zip(self._terms[shared[rows == at]], products[rows == at], strict=True)
            strongest = sorted((-float(product), self._names[term]) for term, product in terms)
            entities, words = _why(self._held[row], [name for _, name in strongest])
            yield Likeness(
                source_id=self._held[row].moment_id,
                target_id=self._held[at].moment_id,
                weight=float(cosines[at]),
                entities=entities,
                words=words,
            )

    def _shared_with(self, row: int) -> tuple[Numbers, Numbers]:
        """The places of all terms before the day that a row has too, and their places in that row."""
        own = np.arange(self._starts[row], self._starts[row + 1])
        self._place_of[self._terms[own]] = own
        places = self._place_of[self._terms[: self._starts[self._before]]]
        self._place_of[self._terms[own]] = -1
        shared = np.flatnonzero(places >= 0)
        return shared, places[shared]

    def _rarity(self) -> Reals:
        """For each term of each row the nats by which it stands out among the window's moments."""
        size = len(self._held)
        held_by = np.bincount(self._terms, minlength=len(self._names))
        # math.log and not numpy's, whose last bit depends on where in an array a number stands
        nats = [0.0, *(math.log((size + OTHER_MOMENTS) / count) for count in range(1, size + 1))]
        rarity: Reals = np.array(nats)[held_by[self._terms]]
        return rarity


def _sum_by_row(rows: Numbers, values: Reals, size: int) -> Reals:
    """Summed one after the other, in the order of each row's terms: the same to the last bit always."""
    sums: Reals = np.bincount(rows, values, minlength=size).astype(np.float64)
    return sums


def _why(subject: Subject, shared: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The strongest entities and words among shared terms, as a moment has them."""
    entities = [subject.entities[name[len(_ENTITY) :]] for name in shared if name.startswith(_ENTITY)]
    told = tuple(entities[:MOST_TOLD])
    covered = {term for name in told for term in tokens(name)}
    words = [name for name in shared if not name.startswith(_ENTITY) and name not in covered]
    return told, as_written(words[:MOST_TOLD], subject.text)


@lru_cache(maxsize=200_000)
def _terms_of(word: str) -> tuple[str, ...]:
    """The stems of a word that may be what something is about.

    A diary tells in the past tense what was done; what it was done to is in the other words.
    """
    bare = _bare(word)
    if bare in CHATTER or bare in _FUNCTION_WORDS or is_past(bare):
        return ()
    return tuple(tokens(word))


def _written(term: str, word: str) -> str:
    """The part of a word that has a term; the term itself where none has it alone, as in Japanese."""
    for part in (word, *_PARTS.split(word)):
        found = tokens(part)
        if found[:1] == [term] and (len(found) == 1 or part.isascii()):
            return _bare(part)
    return term


def _bare(word: str) -> str:
    return word.casefold().rstrip(".'’-")


def _damped(count: float) -> float:
    return count if count < 1 else 1 + math.log(count)
