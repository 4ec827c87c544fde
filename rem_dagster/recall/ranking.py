"""Which of a user's rows answer a question best?

Three BM25 scores of one question, over a row with the question that it replies to, over a row with its
neighbours, and over its whole thread, plus small cues. Window frequencies are sums of row frequencies,
so that nothing is stored twice and every score is exact. Weights and figures: measured on dated
conversations (LoCoMo), where each lies on a plateau. Where rows
have vectors, likeness of meaning is added to them; alone it finds far less than words do.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rem_dagster.recall.alike import Alike, Likeness, alikes_of, scaled, with_alike
from rem_dagster.recall.corpus import K1, Bools, Corpus, Numbers, Reals
from rem_dagster.recall.related import ASKING_WEIGHT, is_asking, related
from rem_dagster.store.text.entries import ASKS, BY_MODEL, FIRST_PERSON, NAMED
from rem_dagster.store.text.read import Ints, Places, UserDocs
from rem_dagster.store.text.tokens import name_terms

CANDIDATES = 1_000
"""Rows that are scored in full: the best by their neighbourhood."""
BLOCK = 64
"""Rows of which only the greatest value is looked at first, where there are many."""
LONG = 60
"""Terms from which a longer row is no likelier to say something: what a model wrote is long anyhow."""
NAME_WEIGHT = 0.1
"""Of a term that is an author's name: who speaks is a cue of its own."""

_ASKS_A_NAME = re.compile(
    r"\W*(?:who|whom|whose|which|where|what\b.*\b(?:name|called|title|book|movie|film|band|song|city|country|place))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Weights:
    """How much each signal counts; `reach` is how many rows on each side are a row's neighbours."""

    reply: float = 1.0
    near: float = 0.9
    thread: float = 1.0
    author: float = 0.45
    first_person: float = 0.0
    asks: float = 0.0
    by_model: float = 0.0
    length: float = 0.0
    named: float = 0.0
    again: float = 0.0
    """Taken off for each better row of the same thread."""
    alike: float = 1.3
    """Likeness of the row's own meaning, from the least alike row to the most alike one."""
    alike_near: float = 1.3
    """Likeness of its meaning together with its neighbours'."""
    alike_facts: float = 1.3
    """Likeness of the best fact that a moment states of it."""
    reach: int = 2


WEIGHTS: Mapping[str, Weights] = {
    "messages": Weights(first_person=0.4, asks=-0.3, by_model=-0.4, length=0.4, named=0.5, again=0.05),
    "resources": Weights(again=0.05),
    "moments": Weights(reply=0.0, near=2.0, thread=0.5, author=0.0, reach=0, alike_near=0.0, alike_facts=0.0),
    "summaries": Weights(
        reply=0.0, near=2.0, thread=0.0, author=0.0, reach=0, alike=0.0, alike_near=0.0, alike_facts=0.0
    ),
}
"""By table. A moment is written to stand alone: its neighbours say nothing about it, its day a little;
so is a summary, which has no thread at all."""


@dataclass(frozen=True)
class Question:
    """What is looked for: its text and its distinct terms in their order."""

    text: str
    terms: tuple[str, ...]
    weights: Mapping[str, float] = field(default_factory=dict)
    """Of terms that count less than 1: those that were not asked for as they stand."""

    @cached_property
    def counted(self) -> Mapping[str, float]:
        """The weight of each term."""
        return {
            term: (ASKING_WEIGHT if is_asking(term) else 1.0) * self.weights.get(term, 1.0)
            for term in self.terms
        }

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """Every term whose postings are needed: what is scored, and what is related to it."""
        others = [other for term in self.terms for other in related(term)]
        return tuple(dict.fromkeys((*self.terms, *others)))


@dataclass(frozen=True)
class Candidates:
    """Rows of one user with their signals; all arrays have one length."""

    numbers: Numbers
    near: Reals
    reply: Reals
    thread: Reals
    cues: Mapping[str, Reals]
    """By the name of their weight, which they hold already."""
    threads: Ints
    alike: Alike | None = None
    alike_near: Alike | None = None
    alike_facts: Alike | None = None


def candidates(
    corpus: Corpus,
    postings: Mapping[str, Places],
    question: Question,
    *,
    weights: Weights,
    allowed: Bools | None = None,
    likeness: Likeness | None = None,
) -> Candidates | None:
    """The rows of one user that may answer, with their signals; None when there are none.

    Args:
        allowed: which rows may be answers at all (a time window); the others still are neighbours.
        likeness: rows that are like the question may answer it too, without a word of it.
    """
    names = _named_authors(corpus.docs, question.terms)
    spoken = {term for term, _ in names}
    postings = with_related(postings, question, len(corpus))
    terms = {
        term: weight * (NAME_WEIGHT if term in spoken else 1.0)
        for term, weight in question.counted.items()
        if term in postings
    }
    rows, near = _near(corpus, postings, terms, allowed)
    if likeness is not None:
        rows, near = with_alike(rows, near, likeness, allowed)
    if not len(rows):
        return None
    reply, thread = _reply_and_thread(corpus, postings, terms, rows)
    authors = np.array(sorted({code for _, code in names}), np.int32)
    cues = _cues(corpus, rows, authors, question=question, weights=weights)
    return Candidates(
        *(rows, near, reply, thread, cues, corpus.docs.threads[rows]),
        *alikes_of(likeness, rows),
    )


def scores(found: Sequence[Candidates], weights: Weights) -> list[Reals]:
    """The score of every candidate: the sum of what its signals give."""
    return [np.sum(list(parts.values()), axis=0) for parts in contributions(found, weights)]


def contributions(found: Sequence[Candidates], weights: Weights) -> list[dict[str, Reals]]:
    """What each signal gives to the score of every candidate, by the name of its weight.

    Several users' candidates share one scale, each signal's maximum over all.
    """
    parts: list[dict[str, Reals]] = [dict(each.cues) for each in found]
    signals: tuple[tuple[str, Callable[[Candidates], Reals]], ...] = (
        ("near", lambda each: each.near),
        ("reply", lambda each: each.reply),
        ("thread", lambda each: each.thread),
    )
    for name, signal in signals:
        most = max((float(signal(each).max()) for each in found), default=0.0)
        if most > 0:
            for given, each in zip(parts, found, strict=True):
                given[name] = getattr(weights, name) * signal(each) / most
    alikes: dict[str, list[Alike | None]] = {
        "alike": [each.alike for each in found],
        "alike_near": [each.alike_near for each in found],
        "alike_facts": [each.alike_facts for each in found],
    }
    for name, held in alikes.items():
        for given, value in zip(parts, scaled(held), strict=True):
            if not isinstance(value, float):
                given[name] = getattr(weights, name) * value
    for given, each in zip(parts, found, strict=True):
        total: Reals = np.sum(list(given.values()), axis=0)
        given["again"] = -weights.again * _place_in_thread(each.threads, total)
    return parts


def _place_in_thread(threads: Ints, totals: Reals) -> Reals:
    """For each row how many of its thread score better."""
    order = np.lexsort((-totals, threads))
    ordered = threads[order]
    place = np.arange(len(order)) - np.searchsorted(ordered, ordered, side="left")
    result = np.empty(len(order), np.float32)
    result[order] = place
    return result


def _near(
    corpus: Corpus, postings: Mapping[str, Places], terms: Mapping[str, float], allowed: Bools | None
) -> tuple[Numbers, Reals]:
    """The best rows by the BM25 of their neighbourhood.

    a term at row     .  .  x  .  .
    counts for rows   1  1  1  1  1     within its thread
    """
    total = np.zeros(len(corpus), np.float32)
    window = np.zeros(len(corpus), np.float32)
    for term, weight in terms.items():
        rows = _spread(corpus, postings[term], window)
        seen = _saturated(window[rows], corpus.near_norms[rows])
        total[rows] += weight * _idf(len(rows), len(corpus)) * seen
        window[rows] = 0
    if allowed is not None:
        total *= allowed
    rows = greatest(total, CANDIDATES)
    return rows, total[rows]


def _spread(corpus: Corpus, places: Places, window: Reals) -> Numbers:
    """Add a term's frequencies to the windows of all neighbours; the rows that got any, in no order."""
    docs, tfs = places.docs.astype(np.intp), places.tfs
    window[docs] = tfs
    touched = [docs]
    for reach in range(1, corpus.reach + 1):
        for step, has_neighbour in ((reach, corpus.has_next(reach)), (-reach, corpus.has_previous(reach))):
            inside = has_neighbour[docs]
            moved = docs[inside] + step
            before = window[moved]
            window[moved] = before + tfs[inside]
            touched.append(moved[before == 0])
    return np.concatenate(touched)


def greatest(values: Reals, most: int) -> Numbers:
    """Where the greatest values above 0 stand, at most so many, ascending; of equal ones the first."""
    low = _low_bound(values, most) if len(values) > most * BLOCK else 0.0
    rows: Numbers = np.flatnonzero((values >= low) & (values > 0))
    if len(rows) <= most:
        return rows
    held = values[rows]
    least = np.partition(held, len(held) - most)[len(held) - most]
    above = held > least
    above[np.flatnonzero(held == least)[: most - np.count_nonzero(above)]] = True
    return np.asarray(rows[above], np.intp)


def _low_bound(values: Reals, most: int) -> float:
    """What at least so many values reach: that many blocks have a greatest one that does."""
    whole = len(values) // BLOCK * BLOCK
    tops = values[:whole].reshape(-1, BLOCK).max(axis=1)
    return float(np.partition(tops, len(tops) - most)[len(tops) - most])


def _reply_and_thread(
    corpus: Corpus,
    postings: Mapping[str, Places],
    terms: Mapping[str, float],
    rows: Numbers,
) -> tuple[Reals, Reals]:
    """BM25 of each row with the question before it, and of its thread."""
    reply = np.zeros(len(rows), np.float32)
    thread = np.zeros(len(corpus.block_norms), np.float32)
    follows = corpus.replies[rows]
    for term, weight in terms.items():
        places = postings[term]
        times = _times_at(places, rows) + follows * _times_at(places, rows - 1)
        answered = np.minimum(places.docs + 1, len(corpus) - 1)
        holding = min(len(places.docs) + int(np.count_nonzero(corpus.replies[answered])), len(corpus))
        reply += weight * _idf(holding, len(corpus)) * _saturated(times, corpus.reply_norms[rows])
        in_block = np.bincount(corpus.blocks[places.docs], places.tfs, len(thread)).astype(np.float32)
        holders = np.flatnonzero(in_block)
        seen = _saturated(in_block[holders], corpus.block_norms[holders])
        thread[holders] += weight * _idf(len(holders), len(thread)) * seen
    return reply, thread[corpus.blocks[rows]]


def _times_at(places: Places, rows: Numbers) -> Reals:
    at = np.minimum(np.searchsorted(places.docs, rows), len(places.docs) - 1)
    times: Reals = (places.docs[at] == rows) * places.tfs[at]
    return times


def _cues(
    corpus: Corpus, rows: Numbers, authors: Ints, *, question: Question, weights: Weights
) -> dict[str, Reals]:
    flags = corpus.docs.flags[rows]
    parts: dict[str, Reals] = {
        "author": weights.author * np.isin(corpus.docs.authors[rows], authors),
        "first_person": weights.first_person * ((flags & FIRST_PERSON) > 0),
        "asks": weights.asks * ((flags & ASKS) > 0),
        "by_model": weights.by_model * ((flags & BY_MODEL) > 0),
    }
    if weights.length:
        longest = min(max(corpus.longest, 1.0), LONG)
        held = np.log1p(np.minimum(corpus.lengths[rows], longest))
        parts["length"] = weights.length * held / np.log1p(longest)
    if weights.named and _ASKS_A_NAME.match(question.text):
        parts["named"] = weights.named * (flags >> NAMED & 3) / 3
    return {name: values.astype(np.float32) for name, values in parts.items()}


def with_related(postings: Mapping[str, Places], question: Question, rows: int) -> dict[str, Places]:
    """The postings of what is scored; what is related to a term adds to its occurrences, at its weight."""
    found: dict[str, Places] = {}
    for term in question.counted:
        others = [(postings[other], weight) for other, weight in _others(term, question) if other in postings]
        if others:
            found[term] = _added([(postings[term], 1.0), *others] if term in postings else others, rows)
        elif term in postings:
            found[term] = postings[term]
    return found


def _others(term: str, question: Question) -> list[tuple[str, float]]:
    """What is related to a term and does not count by itself already."""
    return [(other, weight) for other, weight in related(term).items() if other not in question.counted]


def _added(parts: Sequence[tuple[Places, float]], rows: int) -> Places:
    times = np.zeros(rows, np.float32)
    for places, weight in parts:
        times[places.docs] += weight * places.tfs
    docs = np.flatnonzero(times > 0).astype(np.int32)
    return Places(docs, times[docs])


def _named_authors(docs: UserDocs, terms: Sequence[str]) -> list[tuple[str, int]]:
    """Terms of the question that are part of an author's name, with that author."""
    asked = set(terms)
    return [
        (term, code)
        for code, name in enumerate(docs.author_names)
        for term in name_terms(name)
        if term in asked
    ]


def _idf(holding: int, all_rows: int) -> float:
    return math.log(1 + (all_rows - holding + 0.5) / (holding + 0.5))


def _saturated(times: Reals, norms: Reals) -> Reals:
    return times * (K1 + 1) / (times + norms)
