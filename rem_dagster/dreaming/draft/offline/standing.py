"""Does a sentence stand by itself, away from the text around it?"""

import re

from rem_dagster.dreaming.draft.offline.language import weight_of, words_of
from rem_dagster.dreaming.draft.offline.words_verbs import AUXILIARIES, PRESENT, is_past, past_of

_POINTS = re.compile(
    r"^(?:this|that|these|those|it|its|it's|that's|they|their|they're|he|his|she|her|hers|him|them|there|here"
    r"|which|such|one of|another|neither|both|same|the (?:first|second|third|other|last|former|latter|same)"
    r"|all of|none of|most of|some of|then|next|so|and|but|or|because|instead|otherwise|yes|no|not|also|even"
    r"|besides|except|see|pages|what|who|how|why|where|whether|if|unless|like|than)\b|^[^\w“\"]|^\d",
    re.I,
)
_LABEL = re.compile(r"^(?P<label>[\w'’ ,-]{1,40}?):\s")
_SOMEBODY = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.I)
_SOMETHING = re.compile(r"\b(?:it|its|they|them|their|that|this|those|these)\b(?![- ]\w+ing\b)", re.I)
_KIN = re.compile(
    r"\b(?:mother|father|sister|brother|grandmother|grandfather|wife|husband|son|daughter|friend|cousin"
    r"|driver|cook|framer|colleague|boss|teacher|doctor|neighbour|neighbor|woman|man|girl|boy)(?:'s|s)?\b",
    re.I,
)
_NAME = re.compile(r"\b(?!I\b|I')[A-ZÀ-Þ][a-zà-ÿ]+")
_MENU = re.compile(r"·|\||//|\{|\}|=>|==|\(\)$")
ENGLISH_AUXILIARIES = AUXILIARIES - frozenset("a ai as es está é fue ha he la son war hat ist sind".split())  # noqa: SIM905
FEWEST_BEFORE = 1
"""Content words that must stand before an "it" for it to mean one of them."""


def stands_alone(text: str) -> bool:
    """Whether an English sentence says who did what without the sentence before it.

    >>> stands_alone("I merged the loader before noon."), stands_alone("Fix: a version per list.")
    (True, False)
    """
    return bool(
        has_verb(text) and not points_elsewhere(text) and not is_label(text) and not _MENU.search(text)
    )


def points_elsewhere(text: str) -> bool:
    """Whether a word of the sentence means something that was said before."""
    if _POINTS.match(text):
        return True
    somebody = _SOMEBODY.search(text)
    if somebody and not _has_person(text[: somebody.start()]):
        return True
    something = _SOMETHING.search(text)
    return bool(something) and _content_before(text[: something.start()]) < FEWEST_BEFORE  # type: ignore[union-attr]  # guarded by bool


def has_verb(text: str) -> bool:
    """Whether an English sentence has a verb that makes a statement of it, and is no order to somebody."""
    words = [word.lower() for word in words_of(text)]
    if not words or is_order(words):
        return False
    return any(
        is_past(w)
        or w in ENGLISH_AUXILIARIES
        or w in PRESENT
        or w.removesuffix("s") in PRESENT
        or "'" in w[1:]
        for w in words
    )


def is_order(words: list[str]) -> bool:
    """Whether lower-case words begin with a verb in its base form ("take the nearest")."""
    first = words[0]
    past = past_of(first)
    base = first in PRESENT or (past is not None and past != first)
    return base and len(words) > 1 and words[1] not in AUXILIARIES


def is_label(text: str) -> bool:
    """Whether the sentence begins with a heading ("Fallback, agreed: ...") that is no statement."""
    found = _LABEL.match(text)
    if text.rstrip().endswith(":"):
        return True
    return bool(found) and not any(
        word.lower() in AUXILIARIES or word.lower() in PRESENT or word == "I"
        for word in words_of(found.group("label"))  # type: ignore[union-attr]  # guarded by bool
    )


def _has_person(before: str) -> bool:
    return bool(_NAME.search(before) or _KIN.search(before))


def _is_any_verb(word: str) -> bool:
    return is_past(word) or word in PRESENT or past_of(word) is not None


def _content_before(before: str) -> int:
    return sum(
        1 for word in words_of(before) if weight_of(word, "en") >= 0.5 and not _is_any_verb(word.lower())
    )
