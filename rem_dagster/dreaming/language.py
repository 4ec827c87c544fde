"""In which script, and in which language, is a text?

Only what is plain is told: a short or a mixed text has no language here, and nothing follows from that.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

SCRIPT_LETTERS = 12
"""Letters below which the script of a text is not judged."""
PRESENT = 0.05
"""Share of a text's letters, or telling words, from which on a script or language is one of the text's."""
SOURCE_WORDS = 10
"""Telling words that a source must have for its languages to be known."""
CLAIM_WORDS = 3
"""Telling words that a claim must have for its language to be known; others' at most a third as many."""
SCRIPTS = (
    ("LATIN", "LATIN"),
    ("CYRILLIC", "CYRILLIC"),
    ("GREEK", "GREEK"),
    ("CJK", "HAN"),
    ("HIRAGANA", "HAN"),
    ("KATAKANA", "HAN"),
    ("HANGUL", "HANGUL"),
    ("ARABIC", "ARABIC"),
    ("HEBREW", "HEBREW"),
    ("DEVANAGARI", "DEVANAGARI"),
    ("BENGALI", "BENGALI"),
    ("TAMIL", "TAMIL"),
    ("TELUGU", "TELUGU"),
    ("THAI", "THAI"),
    ("GEORGIAN", "GEORGIAN"),
    ("ARMENIAN", "ARMENIAN"),
)
"""How the Unicode name of a letter begins, and its script; Japanese mixes three, counted as Han."""
TELLING = {
    "en": """the and to with that for it she they this from by their his were have had not you your about
        into there would been at be are""",
    "de": """der und ist nicht mit auf ein eine einen einem für von dem sich auch wird sind ich wir aber
        nach zum zur über haben wurde sie wie zu""",
    "fr": "les et dans pour une avec sur au aux cette sont elle nous vous être été leur mais qu est ses ont",
    "es": "el los las y pero más muy fue cuando ella ellos también hoy había hasta unos nosotros ya hacer",
    "pt": "não uma em os foi ao pelo pela você ele isso são muito seu dele também eu ela às até já",
    "it": "di che è gli della delle dello nel nella alla anche più sono questo questa perché degli dal lei",
    "nl": "het een niet op voor zijn ook maar naar bij werd wordt uit aan nog hij deze omdat geen heeft",
}
"""Frequent words that are no words, or rare ones, of the other languages here (own compilation)."""
LANGUAGE_OF = {word: name for name, words in TELLING.items() for word in words.split()}


def scripts_of(text: str) -> set[str]:
    """The scripts of a text that make up a good part of its letters; none when it is too short to say."""
    if text.isascii():
        return {"LATIN"} if sum(map(str.isalpha, text)) >= SCRIPT_LETTERS else set()
    counts: dict[str, int] = {}
    for character in text:
        if character.isalpha():
            script = _script_of(character)
            counts[script] = counts.get(script, 0) + 1
    total = sum(counts.values())
    return {script for script, n in counts.items() if total >= SCRIPT_LETTERS and n >= PRESENT * total}


def language_of(words: Sequence[str]) -> str | None:
    """The one language that a claim's words are plainly in, or None.

    Args:
        words: case folded, in order.
    """
    counts = _counts(words)
    best = max(counts, key=lambda name: counts[name], default=None)
    if best is None or counts[best] < CLAIM_WORDS:
        return None
    others = sum(counts.values()) - counts[best]
    return best if others * 3 <= counts[best] else None


def languages_of(words: Sequence[str]) -> set[str]:
    """The languages that a source's words are in; none when they are too few to say.

    Args:
        words: case folded, in order.
    """
    counts = _counts(words)
    total = sum(counts.values())
    return {name for name, n in counts.items() if total >= SOURCE_WORDS and n >= PRESENT * total}


def _counts(words: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        if name := LANGUAGE_OF.get(word):
            counts[name] = counts.get(name, 0) + 1
    return counts


@lru_cache(maxsize=4096)
def _script_of(character: str) -> str:
    name = unicodedata.name(character, "")
    return next((script for start, script in SCRIPTS if name.startswith(start)), "OTHER")
