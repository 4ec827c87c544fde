"""Does what was found hold enough of a question to be an answer?

A question's rare words decide. Each term weighs its rarity among the user's messages and notes; a term that
occurs nowhere weighs most. What holds less than `ENOUGH` of that weight is near the question at best.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf, log

from rem_dagster.store.database import Store
from rem_dagster.store.text.read import read_text
from rem_dagster.store.text.tokens import tokens

ENOUGH = 0.6
"""Share of a question's weight from which on what holds it is an answer; measured in docs/ask.md."""


@dataclass(frozen=True)
class TermWeights:
    """What each term of a question weighs."""

    of_terms: Mapping[str, float]

    def held(self, terms: Iterable[str]) -> frozenset[str]:
        """The question's terms among some."""
        return frozenset(self.of_terms.keys() & set(terms))

    def share(self, held: Iterable[str]) -> float:
        """The share of the whole weight that some terms have, from 0 to 1; of no terms 0."""
        whole = sum(self.of_terms.values())
        return sum(self.of_terms[term] for term in held) / whole if whole else 0.0


def weights_of(store: Store, terms: Iterable[str], *, user_id: str, names: Iterable[str] = ()) -> TermWeights:
    """The weight of each term by how few of one user's messages and resources hold it.

    Args:
        names: terms that are people's names; they weigh no more than the mean of the others, as who said
            something is seldom in its words, and is no answer by itself.
    """
    wanted = list(dict.fromkeys(terms))
    rows, holding = 0, dict.fromkeys(wanted, 0)
    for table in ("messages", "resources"):
        for docs, postings in read_text(store, table, wanted, user_id=user_id):
            rows += len(docs)
            for term, places in postings.items():
                holding[term] += len(places.docs)
    weights = {term: log(1 + (rows + 1) / (holding[term] + 0.5)) for term in wanted}
    people = set(names)
    others = [weights[term] for term in wanted if term not in people]
    most = sum(others) / len(others) if others else inf
    return TermWeights(
        {term: min(weight, most) if term in people else weight for term, weight in weights.items()}
    )


def terms_of(text: str) -> frozenset[str]:
    """The terms of a text."""
    return frozenset(tokens(text))
