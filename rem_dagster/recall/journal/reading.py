"""What is a query taken for: which of the user's own words does each word of it mean?

known word       itself
the last word    words that begin so: it may still be being typed       datas   datasette, dataset
unknown word     the user's word that it is mistyped from               recal   recall
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rem_dagster.recall.asked_words import Asked, asked_words
from rem_dagster.recall.ranking import Question
from rem_dagster.recall.typo import WEIGHT, Texts, read_mistyped
from rem_dagster.store.database import Store
from rem_dagster.store.text.read import read_text
from rem_dagster.store.text.tokens import name_terms, words_in
from rem_dagster.store.text.vocabulary import terms_beginning

MOST_BEGUN = 8
"""Words that a beginning is taken for, the most frequent ones."""
LEAST_LETTERS = 2
OFTENER = 10
"""How many times as frequent as a known word one must be that begins with it, to be meant as well."""


@dataclass(frozen=True)
class Reading:
    """A query as it is looked for, with the text index of its terms."""

    asked: Asked
    texts: Mapping[str, Texts]
    meant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By term, the terms that it is taken for."""
    begun: str | None = None
    """Of these, the one that is taken for the beginning of a word."""

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """For each word of the query the terms of which any one will do."""
        return tuple(self.meant.get(term, (term,)) for term in self.asked.terms)

    @property
    def question(self) -> Question:
        """What rows are ranked by."""
        terms = tuple(dict.fromkeys(each for group in self.groups for each in group))
        others = {each for group in self.meant.values() for each in group} - set(self.asked.terms)
        return Question(self.asked.text, terms, dict.fromkeys(others, WEIGHT))

    @property
    def notes(self) -> tuple[str, ...]:
        """What one should know of how the query was read."""
        said = [
            f"Nothing has “{self.asked.words.get(term, term)}”; searched for {' or '.join(meant)}."
            for term, meant in self.meant.items()
            if term != self.begun
        ]
        return (*self.asked.notes, *said)


def read_query(
    store: Store, words: str, tables: tuple[str, ...], *, user_id: str, names: tuple[str, ...] = ()
) -> Reading:
    """The reading of some words by one user's text.

    Args:
        tables: in which they are looked for.
        names: of people; the postings of these are read, too.

    Raises:
        QueryError: there is nothing to look for but what is to be left out.
    """
    asked = asked_words(words)
    wanted = Question(asked.text, asked.terms).wanted
    terms = dict.fromkeys(
        (*asked.read_terms, *wanted, *(term for name in names for term in name_terms(name)))
    )
    texts = {table: read_text(store, table, terms, user_id=user_id) for table in tables}
    if begun := _begun(store, asked, texts, user_id):
        term, meant = begun
        more = (*terms, *meant)
        texts = {table: read_text(store, table, more, user_id=user_id) for table in tables}
        return Reading(asked, texts, {term: meant}, term)
    readings, texts = read_mistyped(store, texts, asked)
    return Reading(asked, texts, readings.meant)


def _begun(
    store: Store, asked: Asked, texts: Mapping[str, Texts], user_id: str
) -> tuple[str, tuple[str, ...]] | None:
    """The last word's term, with the terms that begin so, where it is none or is a rare one itself."""
    words = words_in(asked.text)
    if not words or not asked.terms or not asked.text.rstrip().endswith(words[-1]):
        return None
    last, term = words[-1].casefold(), asked.terms[-1]
    is_last = asked.words.get(term, "").casefold() == last
    if not is_last or len(last) < LEAST_LETTERS or not last.isalnum():
        return None
    months: dict[str, int] = {}
    for table, held in texts.items():
        for each, count in terms_beginning(store, table, last[0], user_id=user_id).items() if held else ():
            if each.startswith(last) or each == term:
                months[each] = months.get(each, 0) + count
    known = months.pop(term, 0)
    best = sorted(months, key=lambda each: (-months[each], each))[:MOST_BEGUN]
    if not best or months[best[0]] < known * OFTENER:
        return None
    return term, (*([term] if known else []), *best)
