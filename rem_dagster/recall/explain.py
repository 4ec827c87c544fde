"""Which words of a question does a row hold, and how much does each tell?"""

import math
from collections.abc import Mapping

import numpy as np

from rem_dagster.recall.asked_words import Asked
from rem_dagster.recall.corpus import K1, B, Corpus
from rem_dagster.recall.hits import Matched
from rem_dagster.recall.ranking import Question
from rem_dagster.store.text.read import Places

Tells = Mapping[str, float]
"""By term of a question, how much it tells apart: its weight times its inverse document frequency."""


def tells_of(holding: Mapping[str, int], rows: int, question: Question) -> Tells:
    """How much each term of a question tells rows apart, a term that no row has included.

    Args:
        holding: by term, how many rows have it.
        rows: how many there are.
    """
    return {
        term: question.weights.get(term, 1.0) * idf(holding.get(term, 0), rows) for term in question.terms
    }


def idf(holding: int, rows: int) -> float:
    """The weight of a term by how many rows hold it."""
    return math.log(1 + (rows - holding + 0.5) / (holding + 0.5))


def matched_in(
    number: int, postings: Mapping[str, Places], tells: Tells, asked: Asked, readings: Mapping[str, str]
) -> tuple[Matched, ...]:
    """The words of the question that one row holds, the weightiest first.

    Args:
        readings: by term that was not asked for, the term that it stands for.
    """
    total = sum(tells.values()) or 1.0
    found = [
        Matched(asked.words.get(readings.get(term, term), term), term, told / total, term in readings)
        for term, told in tells.items()
        if term in postings and _times(postings[term], number)
    ]
    return tuple(sorted(found, key=lambda each: (-each.share, each.term)))


def held_of(number: int, postings: Mapping[str, Places], tells: Tells, corpus: Corpus) -> float:
    """How much of what the question asks one row tells by itself, 0 to 1.

    A row of usual length that names a term once holds it; a long one must name it oftener.
    """
    length = float(corpus.lengths[number]) / max(float(corpus.lengths.mean()), 1e-9)
    total = 0.0
    for term, told in tells.items():
        times = _times(postings[term], number) if term in postings else 0.0
        total += told * min(times * (K1 + 1) / (times + K1 * (1 - B + B * length)), 1.0)
    return total / (sum(tells.values()) or 1.0)


def _times(places: Places, number: int) -> float:
    at = int(np.searchsorted(places.docs, number))
    return float(places.tfs[at]) if at < len(places.docs) and places.docs[at] == number else 0.0
