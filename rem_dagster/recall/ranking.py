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
from dataclasses import dataclass

import numpy as np

from rem_dagster.recall.alike import Alike, Likeness, alike_of, scaled, with_alike
from rem_dagster.recall.corpus import Bools, Corpus, Numbers, Reals
from rem_dagster.store.text.entries import ASKS, FIRST_PERSON, NAMED
from rem_dagster.store.text.read import Ints, Places, UserDocs
from rem_dagster.store.text.tokens import tokens

K1, B = 1.2, 0.75
CANDIDATES = 1_000
"""Rows that are scored in full: the best by their neighbourhood."""
NAME_WEIGHT = 0.25
"""Of a term that is an author's name: who speaks is a cue of its own."""

_ASKS_A_NAME = re.compile(
    r"\W*(?:who|whom|whose|which|where|what\b.*\b(?:name|called|title|book|movie|film|band|song|city|country|place))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Weights:
    """How much each signal counts; `reach` is how many rows on each side are a row's neighbours."""

    reply: float = 1.0
    near: float = 1.0
    thread: float = 1.0
    author: float = 0.4
    first_person: float = 0.0
    asks: float = 0.0
    length: float = 0.0
    named: float = 0.0
    again: float = 0.0
    """Taken off for each better row of the same thread."""
    alike: float = 1.0
    """Likeness of the row's own meaning, from the least alike row to the most alike one."""
    alike_near: float = 1.0
    """Likeness of its meaning together with its neighbours'."""
    reach: int = 2


WEIGHTS: Mapping[str, Weights] = {
    "messages": Weights(first_person=0.4, asks=-0.3, length=0.4, named=0.5, again=0.07),
    "resources": Weights(again=0.07),
    "moments": Weights(reply=0.0, near=2.0, thread=0.5, author=0.0, reach=0, alike_near=0.0),
}
"""By table. A moment is written to stand alone: its neighbours say nothing about it, its day a little."""


@dataclass(frozen=True)
class Question:
    """What is looked for: its text and its distinct terms in their order."""

    text: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Candidates:
    """Rows of one user with their signals; all arrays have one length."""

    numbers: Numbers
    near: Reals
    reply: Reals
    thread: Reals
    cues: Reals
    threads: Ints
    alike: Alike | None = None
    alike_near: Alike | None = None


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
    terms = {term: NAME_WEIGHT if term in spoken else 1.0 for term in question.terms if term in postings}
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
        alike=alike_of(likeness.own, rows) if likeness is not None else None,
        alike_near=alike_of(likeness.near, rows) if likeness is not None else None,
    )


def scores(found: Sequence[Candidates], weights: Weights) -> list[Reals]:
    """The score of every candidate; several users' share one scale, each signal's maximum over all."""
    signals: tuple[tuple[float, Callable[[Candidates], Reals]], ...] = (
        (weights.near, lambda each: each.near),
        (weights.reply, lambda each: each.reply),
        (weights.thread, lambda each: each.thread),
    )
    totals = [each.cues.copy() for each in found]
    for weight, signal in signals:
        most = max((float(signal(each).max()) for each in found), default=0.0)
        if most > 0:
            totals = [total + weight * signal(each) / most for total, each in zip(totals, found, strict=True)]
    for weight, parts in (
        (weights.alike, [each.alike for each in found]),
        (weights.alike_near, [each.alike_near for each in found]),
    ):
        totals = [total + weight * part for total, part in zip(totals, scaled(parts), strict=True)]
    return [
        total - weights.again * _place_in_thread(each.threads, total)
        for total, each in zip(totals, found, strict=True)
    ]


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
    mean = float(corpus.near_lengths.mean()) if len(corpus) else 1.0
    for term, weight in terms.items():
        rows = _spread(corpus, postings[term], window)
        seen = _saturated(window[rows], corpus.near_lengths[rows], mean)
        total[rows] += weight * _idf(len(rows), len(corpus)) * seen
        window[rows] = 0
    if allowed is not None:
        total *= allowed
    rows = np.flatnonzero(total)
    if len(rows) > CANDIDATES:
        rows = np.sort(rows[np.argpartition(-total[rows], CANDIDATES)[:CANDIDATES]])
    return rows, total[rows]


def _spread(corpus: Corpus, places: Places, window: Reals) -> Numbers:
    """Add a term's frequencies to the windows of all neighbours; the rows that got any."""
    threads, docs = corpus.docs.threads, places.docs
    window[docs] += places.tfs
    touched = [docs]
    for step in [step for reach in range(1, corpus.reach + 1) for step in (-reach, reach)]:
        moved = docs + step
        inside = (moved >= 0) & (moved < len(corpus))
        inside[inside] = threads[moved[inside]] == threads[docs[inside]]
        moved = moved[inside]
        window[moved] += places.tfs[inside]
        touched.append(moved)
    if len(docs) * len(touched) * 8 > len(corpus):
        return np.flatnonzero(window)
    return np.unique(np.concatenate(touched)).astype(np.intp)


def _reply_and_thread(
    corpus: Corpus,
    postings: Mapping[str, Places],
    terms: Mapping[str, float],
    rows: Numbers,
) -> tuple[Reals, Reals]:
    """BM25 of each row with the question before it, and of its thread."""
    reply = np.zeros(len(rows), np.float32)
    thread = np.zeros(len(corpus.block_lengths), np.float32)
    reply_mean, thread_mean = float(corpus.reply_lengths.mean()), float(corpus.block_lengths.mean())
    follows = corpus.replies[rows]
    for term, weight in terms.items():
        places = postings[term]
        times = _times_at(places, rows) + follows * _times_at(places, rows - 1)
        answered = np.minimum(places.docs + 1, len(corpus) - 1)
        holding = min(len(places.docs) + int(corpus.replies[answered].sum()), len(corpus))
        reply += (
            weight * _idf(holding, len(corpus)) * _saturated(times, corpus.reply_lengths[rows], reply_mean)
        )
        in_block = np.bincount(corpus.blocks[places.docs], places.tfs, len(thread)).astype(np.float32)
        holders = np.flatnonzero(in_block)
        seen = _saturated(in_block[holders], corpus.block_lengths[holders], thread_mean)
        thread[holders] += weight * _idf(len(holders), len(thread)) * seen
    return reply, thread[corpus.blocks[rows]]


def _times_at(places: Places, rows: Numbers) -> Reals:
    at = np.minimum(np.searchsorted(places.docs, rows), len(places.docs) - 1)
    times: Reals = (places.docs[at] == rows) * places.tfs[at]
    return times


def _cues(corpus: Corpus, rows: Numbers, authors: Ints, *, question: Question, weights: Weights) -> Reals:
    flags = corpus.docs.flags[rows]
    total = weights.author * np.isin(corpus.docs.authors[rows], authors).astype(np.float32)
    total += weights.first_person * ((flags & FIRST_PERSON) > 0)
    total += weights.asks * ((flags & ASKS) > 0)
    if weights.length:
        total += weights.length * np.log1p(corpus.lengths[rows]) / np.log1p(max(corpus.lengths.max(), 1.0))
    if weights.named and _ASKS_A_NAME.match(question.text):
        total += weights.named * (flags >> NAMED) / 3
    return total.astype(np.float32)


def _named_authors(docs: UserDocs, terms: Sequence[str]) -> list[tuple[str, int]]:
    """Terms of the question that are part of an author's name, with that author."""
    asked = set(terms)
    return [
        (term, code) for code, name in enumerate(docs.author_names) for term in tokens(name) if term in asked
    ]


def _idf(holding: int, all_rows: int) -> float:
    return math.log(1 + (all_rows - holding + 0.5) / (holding + 0.5))


def _saturated(times: Reals, lengths: Reals, mean: float) -> Reals:
    return times * (K1 + 1) / (times + K1 * (1 - B + B * lengths / max(mean, 1e-9)))
