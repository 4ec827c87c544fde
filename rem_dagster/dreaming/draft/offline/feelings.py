"""Which feelings does a person state, and with which words?"""

import re
from collections.abc import Iterable, Sequence

from rem_dagster.dreaming.draft.offline.quotes import quote_around
from rem_dagster.dreaming.draft.offline.reading import Sentence
from rem_dagster.dreaming.draft.offline.words_feelings import DOING, FEELINGS, GERMAN_FEELINGS
from rem_dagster.model.draft import DraftEmotion

MOST = 3
_HOW = (
    r"(?:(?:so|really|very|pretty|quite|super|extremely|just|totally|also|still|a bit|a little"
    r"|incredibly|such|truly|feeling|absolutely|too)\s+)*"
)
_STATES = "|".join(sorted(map(re.escape, FEELINGS), key=lambda w: (-len(w), w)))
_GERMAN = "|".join(sorted(map(re.escape, GERMAN_FEELINGS), key=lambda w: (-len(w), w)))
_CUES: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (
        re.compile(
            rf"\bI(?:'m|’m| am| was| feel| felt|'ve been|’ve been| have been)\s+{_HOW}({_STATES})\b", re.I
        ),
        FEELINGS,
    ),
    (re.compile(rf"\b(?:makes|made|left|leaves) me\s+(?:feel\s+)?{_HOW}({_STATES})\b", re.I), FEELINGS),
    (re.compile(rf"(?:^|[.!,;–—-]\s*)(?:so|feeling|really|super)\s+{_HOW}({_STATES})\b", re.I), FEELINGS),
    (
        re.compile(
            r"(?:^|[.!]\s*)(?:so|such an?|what an?|very|really)\s+(frustrating|annoying|exhausting"
            r"|confusing|relief)\b",
            re.I,
        ),
        DOING,
    ),
    (
        re.compile(
            rf"\bich\s+(?:bin|war|fühle mich)\s+(?:(?:so|sehr|echt|ziemlich|total)\s+)*({_GERMAN})\b", re.I
        ),
        GERMAN_FEELINGS,
    ),
)
_NOT = re.compile(
    r"\b(?:not|never|no longer|n't|hardly|wasn't|without|less|nicht|kein|if|would|wish|hope|when"
    r"|whenever|nie)\b|n't\b",
    re.I,
)
_POLITE = re.compile(
    r"\s*(?:(?:for|of|that|with) )?(?:you|we|your|to (?:help|hear|share|assist|answer|see))\b", re.I
)
_HIS = re.compile(r"\b(?:used to|back then|years ago)\b", re.I)


def feelings_of(sentences: Sequence[Sentence]) -> tuple[DraftEmotion, ...]:
    """At most three feelings with the words that state them; none is the usual case.

    A feeling that is denied, asked for, wished for or long past is not one.
    """
    found: dict[str, DraftEmotion] = {}
    for sentence in sentences:
        for tag, start, end in _stated(sentence):
            quote = quote_around(sentence.text, start, end)
            if quote and tag not in found:
                found[tag] = DraftEmotion(tag=tag, handle=sentence.handle, quote=quote)
    return tuple(found.values())[:MOST]


def _stated(sentence: Sentence) -> Iterable[tuple[str, int, int]]:
    """Feelings of one sentence, and where their words stand in it."""
    if sentence.is_question or not sentence.is_own or _HIS.search(sentence.text):
        return
    for cue, table in _CUES:
        for found in cue.finditer(sentence.text):
            before = sentence.text[max(0, found.start() - 25) : found.start(1)]
            behind = sentence.text[found.end() : found.end() + 16]
            if not _NOT.search(before) and not re.match(
                r"\s*(?:(?:for|of|that|with) )?(?:you|we|your|to (?:help|hear|share|assist|answer|see))\b",
                behind,
            ):
                yield table[found.group(1).lower()], found.start(), found.end()
