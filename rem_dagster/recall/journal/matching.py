"""Which rows of a table hold enough of the words that were looked for to be counted?

A search ranks whatever has one word of a question. What is counted, drawn and filtered has words that make up
at least half of what tells the question's words apart, so that a rare word counts for more than a common one:

    slow build disk      build, disk: yes      slow, disk: yes      slow: no

Where no row has so much, those count that have the most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rem_dagster.recall.allowed import allowed_rows, passing
from rem_dagster.recall.asked_words import Asked, is_one_word
from rem_dagster.recall.corpus import Bools, Reals
from rem_dagster.recall.explain import idf
from rem_dagster.recall.journal.reading import Reading
from rem_dagster.recall.ranking import with_related
from rem_dagster.store.database import Store
from rem_dagster.store.text.read import UserDocs, UserPostings, row_ids
from rem_dagster.store.text.tokens import name_terms

ENOUGH = 0.5
"""Share of what tells a question's words apart."""
MOST_READ = 2_000
"""Rows whose text is read to see whether they hold a phrase; of more, the rest counts by its words."""


@dataclass(frozen=True, eq=False)
class Matching:
    """The rows of one user in one table, and which of them match."""

    docs: UserDocs
    postings: UserPostings
    is_match: Bools

    def by_author(self, name: str) -> Bools:
        """Rows that somebody wrote, or that have all words of the name.

        The postings must be those of the name's terms, too.
        """
        wanted = set(name_terms(name))
        codes = [
            code
            for code, author in enumerate(self.docs.author_names)
            if wanted and wanted <= set(name_terms(author))
        ]
        found = np.isin(self.docs.authors, np.array(codes, np.int32))
        return found | _holding_all(self.docs, self.postings, sorted(wanted))


def matching(store: Store, docs: UserDocs, postings: UserPostings, reading: Reading) -> Matching:
    """The rows that hold enough of a question, its phrases, and nothing that is left out."""
    shares, asked = _shares(docs, postings, reading), reading.asked
    best = float(shares.max(initial=0.0))
    is_match: Bools = (shares >= min(ENOUGH, best * 0.999)) & (shares > 0)
    allowed = allowed_rows(store, docs, postings, asked, window=None, members=None)
    if allowed is not None:
        is_match &= allowed
    if asked.phrases or not all(is_one_word(each) for each in asked.without):
        is_match = _read(store, docs, is_match, asked)
    return Matching(docs, postings, is_match)


def _shares(docs: UserDocs, postings: UserPostings, reading: Reading) -> Reals:
    """Of each row the share that it holds of what tells the words apart; words that nothing has are none."""
    held = with_related(postings, reading.question, len(docs))
    total, whole = np.zeros(len(docs), np.float32), 0.0
    for group in reading.groups:
        has = np.zeros(len(docs), np.float32)
        for term in group:
            if term in held:
                places = held[term]
                has[places.docs] = np.maximum(has[places.docs], np.minimum(places.tfs, 1.0))
        if count := int(np.count_nonzero(has)):
            told = idf(count, len(docs))
            total, whole = total + np.float32(told) * has, whole + told
    return total / np.float32(whole or 1.0)


def _read(store: Store, docs: UserDocs, is_match: Bools, asked: Asked) -> Bools:
    numbers = np.flatnonzero(is_match)[-MOST_READ:]
    ids = row_ids(store, docs, numbers.tolist())
    good = passing(store, docs.table, list(ids.values()), asked)
    is_match = is_match.copy()
    is_match[[number for number in numbers.tolist() if ids.get(number) not in good]] = False
    return is_match


def _holding_all(docs: UserDocs, postings: UserPostings, terms: Sequence[str]) -> Bools:
    total: Bools = np.full(len(docs), bool(terms))
    for term in terms:
        mask = np.zeros(len(docs), bool)
        if term in postings:
            mask[postings[term].docs] = True
        total &= mask
    return total
