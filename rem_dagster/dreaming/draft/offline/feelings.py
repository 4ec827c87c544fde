"""Which feelings does a person state, and with which words?"""

import re
from collections.abc import Iterable, Sequence

from rem_dagster.dreaming.draft.offline.quotes import quote_around
from rem_dagster.dreaming.draft.offline.reading import Sentence
from rem_dagster.dreaming.draft.offline.words_feelings import FEELINGS, GERMAN_FEELINGS
from rem_dagster.model.draft import DraftEmotion

MOST = 3
_HOW = (
    r"(?:(?:so|really|very|pretty|quite|super|extremely|just|totally|also|still|a bit|a little"
    r"|incredibly|truly|feeling|absolutely|too|rather|almost|more)\s+)*"
)
_STATES = "|".join(sorted(map(re.escape, FEELINGS), key=lambda w: (-len(w), w)))
_GERMAN = "|".join(sorted(map(re.escape, GERMAN_FEELINGS), key=lambda w: (-len(w), w)))
_OPEN = r"(?:^|[.!?;,:–—-]\s*|\b(?:and|but|so|because|today|that|yesterday|tonight|while|then) )"
_CUES: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (
        re.compile(rf"{_OPEN}(I(?:['’]m|\s+am|\s+was|\s+feel|\s+felt)\s+{_HOW}(?P<state>{_STATES}))\b", re.I),
        FEELINGS,
    ),
    (re.compile(rf"(\b(?:and|but)\s+{_HOW}(?P<state>{_STATES}))(?=[.!]|$| at the end\b)", re.I), FEELINGS),
    (
        re.compile(
            rf"{_OPEN}(ich\s+(?:bin|war|fühle mich)\s+(?:(?:so|sehr|echt|ziemlich|total)\s+)*"
            rf"(?P<state>{_GERMAN}))\b",
            re.I,
        ),
        GERMAN_FEELINGS,
    ),
)
_NOT = re.compile(
    r"\b(?:not|never|no longer|hardly|without|less|nicht|kein|if|would|wish|hope|when|whenever|nie|unless"
    r"|until|can|could)\b"
    r"|n['’]t\b",
    re.I,
)
_POLITE = frozenset(
    ["glad", "happy", "excited", "thrilled", "grateful", "thankful", "pumped", "stoked", "curious", "sad",
     "proud",
     "delighted", "surprised", "psyched", "hopeful", "concerned", "amused", "intrigued", "content", "pleased"]
)  # fmt: skip
"""Words that are as often said out of politeness: what follows them decides."""
_TRUE_OF_ONESELF = re.compile(
    r"\s*(?:$|[.!](?:\s|$)|,?\s*(?:and|but)\s+(?!you)|today\b|tonight\b|now\b|at the end\b"
    r"|(?:with|about|of|for|that|when|because)\s+(?:her\b|him\b|it\b|I|my|myself|me|this|the|three|two|how|what|[A-ZÀ-Þ][\w'’]+)\b)"
)
_ADDRESSED = re.compile(
    r"\b(?:you|your|you're|we|our|us)\b|\bto (?:help|hear|share|assist|answer|see|meet|know)\b|\bit helps\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?:used to|back (?:then|in|when)|years ago|as a (?:kid|child)|last (?:year|month|summer)|at first"
    r"|when I was"
    r"|always|for (?:years|months)|someday|next|usually)\b",
    re.I,
)
_LONG_FOR = re.compile(
    r"\s+(?:to|at|in|of|on)\s+(?:me|him|her|them|mouth)\b|\s*(?:enough|place|person)\b", re.I
)


def feelings_of(sentences: Sequence[Sentence]) -> tuple[DraftEmotion, ...]:
    """At most three feelings with the words that state them; none is the usual case.

    Only what a person says in the first person of that day: no polite form ("glad you like it"), nothing
    that is denied, asked for, wished for or long past, nobody else's, and no quotation.
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
    text = sentence.text
    if (
        sentence.is_question
        or not sentence.is_own
        or sentence.source in ("document", "web")
        or _PAST.search(text)
    ):
        return
    for cue, table in _CUES:
        joined = cue is _CUES[1][0]
        for found in cue.finditer(text):
            state = found.group("state").lower()
            if joined and not _is_joined(text[: found.start()]):
                continue
            if not _is_foreign(text, found) and _is_true(state, text[found.end() :]):
                yield table[state], found.start(1), found.end()


def _is_joined(before: str) -> bool:
    """Whether a first feeling stands in front: "I am tired and" ... "satisfied"."""
    return bool(
        re.search(
            rf"\bI(?:['’]m|\s+am|\s+was|\s+feel|\s+felt)\s+{_HOW}(?:{_STATES})\b[^.!?;]{{0,60}}$",
            before,
            re.I,
        )
    )


def _is_foreign(text: str, found: re.Match[str]) -> bool:
    """Whether the words are denied, conditional, or within a quotation."""
    before = text[: found.start(1)]
    clause = re.split(r"[.!?;]", before)[-1] + found.group(1)
    return bool(_NOT.search(clause)) or before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def _is_true(state: str, behind: str) -> bool:
    """Whether the words behind the state leave it a feeling of the person about their own day."""
    clause = re.split(r"[.!?;]", behind)[0]
    if _LONG_FOR.match(behind) or re.match(
        r"\s*(?:of|for|about|with|to|that)?\s*(?:you|your|we|our)\b", behind, re.I
    ):
        return False
    if state not in _POLITE:
        return not re.match(r"\s*(?:of|about|for|that)\s+(?:him|her|them)\b", behind, re.I)
    return bool(_TRUE_OF_ONESELF.match(behind)) and not _ADDRESSED.search(clause)
