"""What is a text about, in a few short phrases?"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rem_dagster.dreaming.draft.offline.choose import trust_of
from rem_dagster.dreaming.draft.offline.language import CHATTER_WEIGHT, is_dense, stem, weight_of, words_of
from rem_dagster.dreaming.draft.offline.reading import Sentence
from rem_dagster.dreaming.draft.offline.words_function import FUNCTION_WORDS
from rem_dagster.dreaming.draft.offline.words_verbs import PRESENT, is_past, past_of

_PARTS = re.compile(r"[^\w\s.'’+#/-]|\.(?=\s|$)|\s[-–—]\s")
_DENSE_PARTS = re.compile(r"[^\w]|[のはがをにでともやへ]|した|する|です|ます|して|から|了|的|是|在|和")
_HASH = re.compile(r"[0-9a-f]{7,}$")
LONGEST = 3
"""Words of a phrase."""


def phrases_of(sentences: Sequence[Sentence], language: str, *, drop: Iterable[str] = ()) -> list[str]:
    """Key phrases of at most three words, the most telling first, ties by their place in the text.

    `drop` holds words (names of the speakers, say) that are no topic. No phrase repeats another's words.
    """
    dropped = {stem(word, language) for name in drop for word in words_of(name)}
    scores: dict[tuple[str, ...], float] = {}
    shown: dict[tuple[str, ...], str] = {}
    for sentence in sentences:
        trust = trust_of(sentence, sentence.shown)
        for run in _runs(sentence, language, dropped):
            for words in _pieces(run):
                key = tuple(stem(word, language) for word in words)
                scores[key] = scores.get(key, 0.0) + trust * _weight(words, language)
                shown.setdefault(key, " ".join(words))
    ranked = sorted(scores, key=lambda key: -scores[key] * (1.15 if len(key) == 2 else 1.0))
    return [shown[key] for key in _apart(ranked)]


def tag_of(phrase: str) -> str:
    """A phrase as a tag: lower case, hyphenated, NFC; empty where nothing is left."""
    lower = unicodedata.normalize("NFC", phrase.lower().replace("’", "'").replace("'s", ""))
    return re.sub(r"[^\w.+#]+|_+", "-", lower).strip("-.")[:40].strip("-.")


def _runs(sentence: Sentence, language: str, dropped: set[str]) -> Iterable[list[str]]:
    """Runs of content words that nothing separates."""
    if is_dense(sentence.shown):
        yield from ([part] for part in _DENSE_PARTS.split(sentence.shown) if 2 <= len(part) <= 12)
        return
    for part in _PARTS.split(sentence.shown):
        run: list[str] = []
        for word in words_of(part):
            if _is_topical(word, language) and stem(word, language) not in dropped:
                run.append(word)
            elif run:
                yield run
                run = []
        if run:
            yield run


@lru_cache(maxsize=50_000)
def _is_topical(word: str, language: str) -> bool:
    lower = word.lower()
    if weight_of(word, language) <= CHATTER_WEIGHT or lower.endswith(("n't", "'m", "'ve", "'re", "'ll")):
        return False
    if language in ("en", "other"):
        if len(lower) > 30 or _HASH.match(lower):
            return False
        if any(mark.isdigit() for mark in lower) and not any(mark.isalpha() for mark in lower):
            return False
        return not (
            lower in PRESENT
            or lower.removesuffix("s") in PRESENT
            or is_past(lower)
            or (lower.endswith("ly") and len(lower) > 5)
        )
    return lower not in FUNCTION_WORDS["en"]


def _pieces(run: Sequence[str]) -> Iterable[Sequence[str]]:
    """Every phrase that a run holds: itself when it is short, else its ends and middle."""
    if len(run) <= LONGEST:
        yield run
    for size in (1, 2):
        if size < len(run):
            yield from (run[start : start + size] for start in range(len(run) - size + 1))


def _weight(words: Sequence[str], language: str) -> float:
    weight: float = sum(weight_of(word, language) for word in words) ** 0.8
    named = any(word[:1].isupper() or "_" in word or any(c.isupper() for c in word[1:]) for word in words)
    gerund = words[-1].endswith("ing") and len(words) == 1
    single_verb = len(words) == 1 and past_of(words[0].lower()) is not None
    return weight * (1.25 if named else 1.0) * (0.7 if gerund or single_verb else 1.0)


def _apart(ranked: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The phrases that share no word with a better one."""
    kept: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for key in ranked:
        if not seen & set(key):
            kept.append(key)
            seen |= set(key)
        if len(kept) >= 12:
            break
    return kept
