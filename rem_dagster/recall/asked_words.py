"""What does a query ask for: which words, which exact phrases, and what is to be left out?

red bicycle              rows about these words, best first
"red bicycle"            only rows that hold these words in this order
bicycle -red             no row that holds `red`; -"a phrase" likewise
on-call  - item  --flag  -5   plain words: only a `-` before a letter or a quote, behind white space, counts
what does "tar -x" do?   a question is read as it stands, whatever marks it holds
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rem_dagster.errors import QueryError
from rem_dagster.store.text.tokens import is_compound, is_unspaced, tokens, words_in

MOST_TERMS = 200
"""Distinct terms of a question that count; the rest of a pasted page is ignored."""
_ENDS_AS_QUESTION = ("?", "？")
_MARKED = re.compile(
    r"(?<!\S)(?P<minus>-?)"
    r'(?:"(?P<plain>[^"]*)"|“(?P<curly>[^”]*)”|„(?P<low>[^“”]*)[“”]|«(?P<angle>[^»]*)»)'
    r"(?=$|[\s.,;:!)])"
    r'|(?<!\S)-(?P<word>[^\W\d_][^\s"]*)'
)
_OPEN = re.compile(r'(?<!\S)-?["“„«]')


@dataclass(frozen=True)
class Phrase:
    """Words that stand one behind the other."""

    text: str
    """As it was typed."""
    words: str
    """Its words as `plain_words` gives them."""
    terms: frozenset[str]
    """What every row that holds it has in the index; none where it has function words alone."""


@dataclass(frozen=True)
class Asked:
    """A query, taken apart."""

    text: str
    """What is looked for, without marks and without what is left out."""
    terms: tuple[str, ...]
    words: dict[str, str]
    """By term, the word that it came from."""
    phrases: tuple[Phrase, ...] = ()
    without: tuple[Phrase, ...] = ()
    """What no row may hold: a phrase, or one word in any of its forms."""
    notes: tuple[str, ...] = ()
    """What whoever asked should know of how it was read."""

    @property
    def read_terms(self) -> set[str]:
        """Every term of which the postings are needed."""
        return {*self.terms, *(term for each in (*self.phrases, *self.without) for term in each.terms)}


def asked_words(query: str, *, phrases: Sequence[str] = (), without: Sequence[str] = ()) -> Asked:
    """The parts of a query.

    Args:
        phrases: exact phrases beside those that are marked in the query.
        without: words or phrases that no row may hold, likewise.

    Raises:
        QueryError: there is nothing but what is to be left out.
    """
    marked = () if query.rstrip().endswith(_ENDS_AS_QUESTION) else tuple(_MARKED.finditer(query))
    quoted = [*(_said(each) for each in marked if not _excludes(each)), *phrases]
    left_out = [*(_said(each) for each in marked if _excludes(each)), *without]
    text = _without(query, [each for each in marked if _excludes(each)])
    text = " ".join([text, *phrases])
    if left_out and not text.strip():
        raise QueryError(
            f"Only what is to be left out is given ({', '.join(map(repr, left_out))}), and nothing to look "
            f"for. Add a word: rem search WORDS --not {left_out[0]}. Nothing was changed."
        )
    words = {term: word for word in reversed(words_in(text)) for term in tokens(word)}
    terms = tuple(dict.fromkeys(tokens(text)))
    held = [_phrase(each) for each in quoted if words_in(each)]
    unwanted = [_phrase(each) for each in left_out if words_in(each)]
    notes = _notes(query, text, terms, bool(marked), unwanted)
    kept = tuple(each for each in unwanted if each.terms)
    return Asked(text, terms[:MOST_TERMS], words, tuple(held), kept, tuple(notes))


def shares(text: str) -> dict[str, float]:
    """What each term counts that stands in a query only as one of several of one word.

    Whole and parts count as the one word that was asked for: `SpatiaLite` would outvote three others.
    """
    found: dict[str, float] = {}
    for word in words_in(text):
        terms = tokens(word)
        share = 1 / len(terms) if is_compound(word) else 1.0
        found |= {term: max(share, found.get(term, 0.0)) for term in terms}
    return {term: share for term, share in found.items() if share < 1}


def plain_words(text: str) -> str:
    """A text as its words alone, each between spaces: case, accents and marks make no difference.

    Each character of a script without spaces is a word, so that a phrase is found inside a run of them.
    """
    return f" {' '.join(_plain(words_in(text)))} "


def is_one_word(phrase: Phrase) -> bool:
    """Whether the index alone says which rows hold it, in any of its forms."""
    return " " not in phrase.words.strip() and not is_unspaced(phrase.words.strip())


def _plain(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if is_unspaced(word):
            yield from word
        else:
            yield from re.split("['’]", word.casefold())


def _phrase(text: str) -> Phrase:
    terms = tokens(text)
    if any(is_unspaced(word) and len(word) == 1 for word in words_in(text)):
        terms = [term for term in terms if len(term) > 1]  # a lone character is indexed with its neighbours
    return Phrase(text, plain_words(text), frozenset(terms))


def _said(marked: re.Match[str]) -> str:
    return next(
        marked[name] for name in ("plain", "curly", "low", "angle", "word") if marked[name] is not None
    )


def _excludes(marked: re.Match[str]) -> bool:
    return marked["word"] is not None or marked["minus"] == "-"


def _without(query: str, marked: Sequence[re.Match[str]]) -> str:
    parts, end = list[str](), 0
    for each in marked:
        parts.append(query[end : each.start()])
        end = each.end()
    return "".join([*parts, query[end:]])


def _notes(
    query: str, text: str, terms: Sequence[str], is_marked: bool, unwanted: Sequence[Phrase]
) -> Iterator[str]:
    words = list(dict.fromkeys(word.lower() for word in words_in(text)))
    if text.strip() and not words:
        yield f"{text.strip()!r} has no letter and no digit, and only words can be looked for."
    elif text.strip() and not terms:
        yield (
            f"Every text has such words ({', '.join(words[:8])}), so they find nothing. Name a person, "
            "a thing or a topic, too."
        )
    if len(terms) > MOST_TERMS:
        yield f"Of {len(terms):,} different words the first {MOST_TERMS} are looked for."
    if _OPEN.search(_MARKED.sub(" ", query)) and not query.rstrip().endswith(_ENDS_AS_QUESTION):
        yield "A quotation mark is not closed: its words are looked for one by one."
    for each in unwanted:
        if not each.terms:
            yield f"{each.text!r} stands in nearly every text, so it was not left out."
