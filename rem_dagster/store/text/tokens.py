"""Which terms does a text have, so that a question finds what answers it?"""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from rem_dagster.store.text.words import SAME_AS, STOP_WORDS

INDEXED_CHARACTERS = 200_000
"""What lies behind is not indexed: a log pasted whole would outweigh a year."""
LONGEST_TERM = 64
KEPT_WORDS = 40_000
"""Words whose terms are remembered, at some 400 bytes each: two people's years had 23,000 different ones."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff\u200d"
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_VERSION = r"[vV]?\d+(?:\.\d+)+(?:(?:a|b|rc|dev|post)\d*)?(?!\w)"
_IS_VERSION = re.compile(rf"(?<![\w.]){_VERSION}")
_ISO_DAY = r"\d{4}-\d\d-\d\d(?!\d)"
_WORD = re.compile(
    rf"{_ISO_DAY}|{_VERSION}"  # kept whole
    rf"|[{_UNSPACED}]+"
    rf"|(?:(?![{_UNSPACED}])[\w{_MARKS}])+(?:['’](?:(?![{_UNSPACED}])[\w{_MARKS}])+)*"
)
_IS_RARE = re.compile(f"[{_UNSPACED}{_MARKS}]")
_PLAIN_WORD = re.compile(rf"{_ISO_DAY}|{_VERSION}|\w+(?:['’]\w+)*")
"""The same where there is nothing rare, in half of the time."""
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u065f\u0670]")
"""Latin and Greek accents, Hebrew points, Arabic vowel signs: whoever asks leaves them out."""
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HASH = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{8,64}", re.IGNORECASE)
_SHORT_HASH = 7
"""Characters by which a commit is commonly called."""
_SCRIPTS = (
    (0x0370, 0x0400, "greek"),
    (0x0400, 0x0530, "russian"),
    (0x0600, 0x0700, "arabic"),
    (0x0900, 0x0980, "hindi"),
)
"""The stemmer of a script; Latin letters do not tell the language, and most of what is dreamt is English."""
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\dA-Za-z_]+")
_CONTRACTED = frozenset(("s", "m", "ve", "re", "ll", "d"))
_stemming = threading.local()


def tokens(text: str) -> list[str]:
    """The terms of a text, in their order.

    Lower case, compatibility forms and accents unified, function words left out, irregular forms and
    near synonyms mapped, stems of English or of what the script tells. `snake_case` and `CamelCase` give
    the whole and the parts;
    `0.64.1` is one term that `0.64` does not match; an ISO day becomes its spoken form; text that is
    written without spaces (Chinese, Japanese, Korean, Thai) gives pairs of characters, and Chinese
    characters by themselves; a hash also gives its first characters, by which people call a commit.
    """
    return [term for word in words_in(text) for term in _terms(word)]


@lru_cache(maxsize=10_000)
def name_terms(name: str) -> tuple[str, ...]:
    """The terms of a name; every search asks for those of all authors."""
    return tuple(tokens(name))


def counted(text: str) -> Counter[str]:
    """How often a text has each of its terms: as `tokens`, with each word looked at once."""
    terms: Counter[str] = Counter()
    for word, times in Counter(words_in(text)).items():
        for term in _terms(word):
            terms[term] += times
    return terms


def words_in(text: str) -> list[str]:
    """The words of a text as they stand in it, function words too; accents unified."""
    unified = _unified(text[:INDEXED_CHARACTERS])
    is_plain = unified.isascii() or not _IS_RARE.search(unified)
    return (_PLAIN_WORD if is_plain else _WORD).findall(unified)


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of a text stand in it."""
    return (word.span() for word in _WORD.finditer(text))


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script that is written without spaces, so that it may be several words."""
    return _IS_UNSPACED.match(word) is not None


def is_compound(word: str) -> bool:
    """Whether a word gives its parts as terms, too: `snake_case`, `CamelCase`."""
    is_other = word[0].isdigit() or is_unspaced(word) or _HASH.fullmatch(word)
    return not is_other and len(_terms(word)) > 1


def versions_in(text: str) -> list[str]:
    """The versions that a text names, such as 0.64.1 and 1.0a3, in their order."""
    return _IS_VERSION.findall(text[:INDEXED_CHARACTERS])


def spoken_day(day: date) -> str:
    """A day as people write it in a question: 8 May 2023."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _unified(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart))


@lru_cache(maxsize=KEPT_WORDS)
def _terms(word: str) -> tuple[str, ...]:
    if _HASH.fullmatch(word):
        return (word.lower(), word[:_SHORT_HASH].lower())
    if word[0].isdigit() or (word[0] in "vV" and "." in word):
        return _of_number(word)
    if _IS_UNSPACED.match(word):
        return _of_unspaced(word)
    return tuple(term for piece in _pieces(word) if (term := _term(piece)))


def _of_unspaced(word: str) -> tuple[str, ...]:
    """Pairs of characters; a Chinese one is a word by itself often enough to be asked for alone."""
    if len(word) == 1:
        return (word,)
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    return (*pairs, *_HAN.findall(word))


def _of_number(word: str) -> tuple[str, ...]:
    if "-" in word:
        try:
            return tuple(_spoken_terms(date.fromisoformat(word)))
        except ValueError:
            return tuple(word.split("-"))
    return (word.lstrip("vV").lower()[:LONGEST_TERM],)


def _spoken_terms(day: date) -> Iterator[str]:
    for word in spoken_day(day).split():
        yield from _terms(word)


def _pieces(word: str) -> Iterator[str]:
    """The word itself, its identifier's parts, and the halves of an apostrophe that is no contraction."""
    head, *tails = re.split("['’]", word)
    if tails == ["t"]:
        return  # don't, can't, isn't: function words all
    yield from _identifier(head)
    for tail in tails:
        if tail.lower() not in _CONTRACTED:
            yield from _identifier(tail)


def _identifier(word: str) -> Iterator[str]:
    whole = word.strip("_")
    if not whole:
        return
    yield whole
    parts = [part for run in whole.split("_") for part in _CAMEL.findall(run)]
    mixed = whole.isascii() and not (whole.islower() or whole.isupper() or whole.istitle())
    if len(parts) > 1 and ("_" in whole or mixed):
        yield from (part for part in parts if len(part) > 1)


def _term(word: str) -> str:
    lower = word.casefold()[:LONGEST_TERM]
    if lower in STOP_WORDS:
        return ""
    return _stem(SAME_AS.get(lower, lower))


def _stem(word: str) -> str:
    """A Snowball stemmer keeps state between calls, so that each thread has its own."""
    language = "english" if word.isascii() else _language_of(word)
    stemmer = getattr(_stemming, language, None)
    if stemmer is None:
        import Stemmer

        stemmer = Stemmer.Stemmer(language)
        setattr(_stemming, language, stemmer)
    return str(stemmer.stemWord(word))


def _language_of(word: str) -> str:
    first = ord(word[0])
    return next((language for start, end, language in _SCRIPTS if start <= first < end), "english")
