"""Which word of their own did somebody mean who mistyped it?

Only a word that occurs nowhere in the text that is searched is read as another one, and only as a word of
the same user's: everything else is searched for as it stands.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from rem_dagster.recall.asked_words import Asked
from rem_dagster.store.database import Store
from rem_dagster.store.text.read import UserDocs, UserPostings, read_text
from rem_dagster.store.text.tokens import name_terms
from rem_dagster.store.text.vocabulary import terms_beginning

Texts: TypeAlias = list[tuple[UserDocs, UserPostings]]
SHORTEST, STEMMED, LONG = 5, 6, 8
"""Letters from which a term may be mistyped in one place, the same where an ending was taken off, and in two.
An ending is mostly that of a word that is spelt well: `political` is `polit` in the index, not `posit`."""
WEIGHT = 0.6
"""Of a term that was not asked for as it stands."""
MOST_MEANT = 2
MOST_READ_AS = 8
"""Terms of which the postings are read to see which is the most frequent."""
MOST_CORRECTED = 4
"""Words of one query."""
_TOO_FAR = 99


@dataclass(frozen=True)
class Readings:
    """What unknown words of a question were read as."""

    meant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By unknown term the terms it stands for, the most frequent first."""

    @property
    def stands_for(self) -> dict[str, str]:
        """By term that was not asked for, the unknown one."""
        return {term: asked for asked, terms in self.meant.items() for term in terms}


def read_mistyped(
    store: Store, texts: Mapping[str, Texts], asked: Asked
) -> tuple[Readings, dict[str, Texts]]:
    """What the words of a question that one user has nowhere are read as, and the texts with its postings.

    Args:
        texts: by table that is searched; a term counts as unknown where none of them has it.

    Returns:
        No readings where several users are searched: each knows other words.
    """
    users = {docs.user_id for held in texts.values() for docs, _ in held}
    unknown = _unknown(texts, asked) if len(users) == 1 else []
    if not unknown:
        return Readings(), dict(texts)
    (user,) = users
    names = _author_terms(texts)
    near: dict[str, list[str]] = {}
    for table, held in texts.items():
        if held:
            for term, meant in readings(store, table, unknown, user_id=user, others=names).items():
                near[term] = [*near.get(term, ()), *meant]
    terms = {each for meant in near.values() for each in meant}
    wider = {table: with_terms(store, table, held, terms, user) for table, held in texts.items()}
    counts = {
        each: sum(
            len(postings[each].docs) for held in wider.values() for _, postings in held if each in postings
        )
        for each in terms
    }
    chosen = {term: _most_frequent(term, meant, counts) for term, meant in near.items()}
    return Readings(chosen), wider


def _most_frequent(term: str, meant: Sequence[str], counts: Mapping[str, int]) -> tuple[str, ...]:
    """The nearest terms of all tables, the most frequent first."""
    words = sorted(set(meant))
    apart = dict(zip(words, distances(term, words).tolist(), strict=True))
    near = [word for word in words if apart[word] == min(apart.values())]
    return tuple(sorted(near, key=lambda word: (-counts[word], word))[:MOST_MEANT])


def _unknown(texts: Mapping[str, Texts], asked: Asked) -> list[str]:
    known = {term for held in texts.values() for _, postings in held for term in postings}
    known |= {term for each in asked.phrases for term in each.terms}
    known |= set(_author_terms(texts))
    unknown = [term for term in asked.terms if term not in known and may_be_mistyped(term)]
    whole = [
        term
        for term in unknown
        if len(term) >= STEMMED or asked.words.get(term, term).casefold().rstrip("'’s") == term
    ]
    return whole[:MOST_CORRECTED]


def _author_terms(texts: Mapping[str, Texts]) -> list[str]:
    names = {name for held in texts.values() for docs, _ in held for name in docs.author_names}
    return sorted({term for name in names for term in name_terms(name)})


def with_terms(store: Store, table: str, held: Texts, terms: Collection[str], user: str) -> Texts:
    """The texts with more terms: all read again, as the docs may have been replaced meanwhile."""
    if not held:
        return held
    return read_text(store, table, set(terms).union(*(postings for _, postings in held)), user_id=user)


def may_be_mistyped(term: str) -> bool:
    """Whether it is a word that people mistype, and no number, version, name of a variable or short word."""
    return len(term) >= SHORTEST and term.isalpha()


def readings(
    store: Store, table: str, terms: Sequence[str], *, user_id: str, others: Sequence[str] = ()
) -> Mapping[str, list[str]]:
    """The terms that each of some unknown terms may have been meant as, by how often they occur.

    They begin with the same letter, or with the same two in the other order, and differ as little as any
    term does: in one place, or in two where the word is long.

    Args:
        others: terms that are known although no text holds them: the names of authors.
    """
    return {
        term: meant
        for term in terms
        if may_be_mistyped(term) and (meant := _readings(_months(store, table, term, user_id, others), term))
    }


def distances(term: str, words: Sequence[str]) -> npt.NDArray[np.int8]:
    """In how many places each word differs from a term: letters too many, missing, other, or in other order.

    Source: optimal string alignment distance, all words at once, one letter of the term after the other.
    """
    lengths = np.array([len(word) for word in words], np.intp)
    if not len(lengths):
        return np.empty(0, np.int8)
    longest = int(lengths.max())
    letters = np.array(words, f"U{longest}").view(np.uint32).reshape(len(words), longest).T
    earlier = before = np.empty(0, np.int8)
    row = np.repeat(np.arange(longest + 1, dtype=np.int8)[:, None], len(words), axis=1)
    for place, letter in enumerate(map(ord, term)):
        earlier, before = before, row
        row = np.empty_like(before)
        row[0] = place + 1
        for at in range(1, longest + 1):
            other = letters[at - 1] != letter
            row[at] = np.minimum(np.minimum(before[at], row[at - 1]) + 1, before[at - 1] + other)
            if place and at > 1:
                swapped = (letters[at - 1] == ord(term[place - 1])) & (letters[at - 2] == letter)
                row[at] = np.where(swapped, np.minimum(row[at], earlier[at - 2] + 1), row[at])
    result: npt.NDArray[np.int8] = row[lengths, np.arange(len(words))]
    return result


def _months(store: Store, table: str, term: str, user_id: str, others: Sequence[str]) -> Mapping[str, int]:
    held = dict(terms_beginning(store, table, term[0], user_id=user_id))
    if term[1] != term[0]:
        swapped = term[1] + term[0] + term[2:]
        there = terms_beginning(store, table, term[1], user_id=user_id)
        held |= {swapped: there[swapped]} if swapped in there else {}
    return held | {other: held.get(other, 1) for other in others}


def _readings(months: Mapping[str, int], term: str) -> list[str]:
    allowed = 2 if len(term) >= LONG else 1
    words = [word for word in months if abs(len(word) - len(term)) <= allowed and may_be_mistyped(word)]
    apart = distances(term, words)
    least = int(apart.min(initial=_TOO_FAR))
    if least > allowed:
        return []
    near = [word for word, places in zip(words, apart.tolist(), strict=True) if places == least]
    return sorted(near, key=lambda word: (-months[word], word))[:MOST_READ_AS]
