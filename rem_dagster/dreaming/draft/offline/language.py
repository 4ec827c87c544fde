"""Which language is a text in, and what are its words?"""

import re
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

from rem_dagster.dreaming.draft.offline.words_common import CHATTER, GREETINGS
from rem_dagster.dreaming.draft.offline.words_function import ENGLISH, FUNCTION_WORDS

_WORD = re.compile(r"[^\W_](?:[.'’+#-]?\w|[+#])*")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SNOWBALL = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "pt": "portuguese"}
CHATTER_WEIGHT = 0.25
SHORT = 500
"""Characters of a text whose words are kept."""


def words_of(text: str) -> list[str]:
    """Words in order, as written, with straight apostrophes; versions and identifiers stay whole."""
    return [*_words_of_short(text)] if len(text) <= SHORT else _words_in(text)


@lru_cache(maxsize=4_096)
def _words_of_short(text: str) -> tuple[str, ...]:
    """A sentence is asked for its words by each that looks at it."""
    return tuple(_words_in(text))


def _words_in(text: str) -> list[str]:
    return [word.replace("’", "'") for word in _WORD.findall(text)]


def language_of(words: Iterable[str]) -> str:
    """`en`, `de`, `fr`, `es` or `pt` by their function words; `other` where none stands out.

    Short texts of few function words count as English unless another language has more of them.
    """
    counts = dict.fromkeys(FUNCTION_WORDS, 0)
    total = 0
    for word in words:
        total += 1
        lower = word.lower()
        for language, table in FUNCTION_WORDS.items():
            counts[language] += lower in table
    best = max(counts, key=lambda language: (counts[language], language == "en"))
    return best if counts[best] >= max(1, total // 12) else "other"


def is_dense(text: str) -> bool:
    """Whether a text is mostly in a script that puts no spaces between words."""
    return len(_DENSE.findall(text)) * 3 > len(text)


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "en") -> str:
    """The stem of a word, lower case; the word itself in other languages."""
    lower = word.lower().removesuffix("'s")
    name = _SNOWBALL.get(language)
    return _stemmer(name).stemWord(lower) if name else lower


@lru_cache(maxsize=8)
def _stemmer(name: str) -> "Stemmer.Stemmer":
    return Stemmer.Stemmer(name)


@lru_cache(maxsize=50_000)
def weight_of(word: str, language: str = "en") -> float:
    """How much a word says: 0 for function words, little for chatter, 1 for others."""
    lower = word.lower().removesuffix("'s")
    if lower in FUNCTION_WORDS.get(language, ENGLISH) or (len(lower) < 2 and not _DENSE.match(lower)):
        return 0.0
    if language in ("en", "other") and lower in CHATTER:
        return 0.0 if lower in GREETINGS else CHATTER_WEIGHT
    if lower.replace(".", "").replace(",", "").isdigit():
        return 0.5
    return 1.0
