"""Which other words may answer a word of a question, and how much does each count?

    "What instruments ..."  instrument 1 · violin .25 · piano .25 · ...    one term, occurrences added up
    "... healthy ..."        healthi 1 · health .3
    "... 0.64.2 ..."         0.64.2 1 · 0.64 .25

Weights: measured on dated conversations (LoCoMo), where each lies on a plateau.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from rem_dagster.recall.related_words import ASKING, FORMS, KINDS
from rem_dagster.store.text.tokens import tokens

FORM_WEIGHT = 0.3
KIND_WEIGHT = 0.25
ASKING_WEIGHT = 0.5
LINE_WEIGHT = 0.25
"""Of the release line that a version belongs to: notes of 0.64.2 are often called those of 0.64."""
_PATCH = re.compile(r"(\d+\.\d+)(?:\.\d+|(?:a|b|rc|dev|post)\d*)+")


def related(term: str) -> Mapping[str, float]:
    """The terms that count as occurrences of a term, too, with the weight of each."""
    if version := _PATCH.fullmatch(term):
        return {version[1]: LINE_WEIGHT}
    return _related().get(term, {})


def is_asking(term: str) -> bool:
    """Whether a term tells how a question is put rather than what it is about."""
    return term in _asking()


@lru_cache(maxsize=1)
def _related() -> dict[str, dict[str, float]]:
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for kinds, members in _kinds():
        for kind in kinds:
            weights[kind] |= dict.fromkeys(members + kinds, KIND_WEIGHT)
    for group in FORMS.replace("\n", " | ").split("|"):
        forms = _terms_of(group)
        for form in forms:
            weights[form] |= dict.fromkeys(forms, FORM_WEIGHT)
    return {
        term: {other: weight for other, weight in others.items() if other != term}
        for term, others in weights.items()
    }


def _kinds() -> list[tuple[list[str], list[str]]]:
    """The names of each kind, and its members; a line without a colon goes on with the one before."""
    found: list[tuple[list[str], list[str]]] = []
    for line in KINDS.strip().splitlines():
        head, colon, members = line.rpartition(":")
        if colon:
            found.append((_terms_of(head), []))
        found[-1][1].extend(_terms_of(members))
    return found


@lru_cache(maxsize=1)
def _asking() -> frozenset[str]:
    return frozenset(_terms_of(ASKING))


def _terms_of(words: str) -> list[str]:
    return list(dict.fromkeys(term for word in words.split() for term in tokens(word)[:1]))
