"""Which sentences say most?"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from rem_dagster.dreaming.draft.offline.language import stem, weight_of, words_of
from rem_dagster.dreaming.draft.offline.reading import Reading, Sentence
from rem_dagster.dreaming.draft.offline.telling import clauses_of
from rem_dagster.dreaming.draft.offline.words_verbs import AUXILIARIES, PRESENT, is_past

_NEWS = re.compile(
    r"\b(?:yesterday|last (?:night|week|weekend|month|year|summer|\w+day)|this (?:morning|week|weekend"
    r"|month)|today|recently|"
    r"finally|just|ago|tomorrow|next (?:week|month|year|\w+day)|planning to|going to|gonna|decided"
    r"|signed up|started|joined)\b",
    re.I,
)
_FILLER = re.compile(
    r"^(?:thanks|thank you|that's (?:great|awesome|cool|amazing)|sounds|glad|congrat|good luck"
    r"|take care|see you|have a|can't wait to see|aw+\b|oof\b|whoa\b|check out|I can (?:only )?imagine)|"
    r"^(?:that|this|those|these|your|it|what)\b[^.;]{0,30}\b(?:amazing|awesome|cool|great|sweet|lovely|cute"
    r"|beautiful|gorgeous|adorable|stunning|tough|rough|incredible|impressive|fun|nice)(?:, \w+)?\W*$|"
    r"\b(?:let me know|keep (?:it )?up|keep me posted|you're welcome|good to (?:see|hear)"
    r"|talk (?:to you )?soon|catch (?:you|up) (?:later|soon)|"
    r"proud of you|i appreciate|reach out|here for you|i (?:\w+ )?agree|you've got this)\b",
    re.I,
)
_FIRST = re.compile(r"\b(?:I|I'm|I've|we|we're|we've|my|ich|wir|je|nous|yo|eu)\b|\bj'", re.I)
_ELIDED = re.compile(
    r"(?:just|recently|finally) (?:got|had|went|came|saw|took|made|bought|found|began|\w+ed)\b", re.I
)
"""A past without its "I"."""
_ADVICE = re.compile(
    r"^(?:let's|let us|keep|have (?:a|an|fun|some)|don't|take|enjoy|remember|go|fingers crossed|hope"
    r"|imagine|imagining|wish|count me|looking forward|can't wait|way to go|hang in|stay|no doubt)\b",
    re.I,
)
_SECOND = re.compile(r"\by(?:ou|our|ou're|ou've|ou'll|'all)\b", re.I)
_POINTS = re.compile(
    r"^(?:this|that|these|those|it|it's|that's|they|they're|he|she|there|here|which|such|one of them"
    r"|both|the (?:first|second|third|other)|all of it|then|`|\()\b|^[`(]",
    re.I,
)
_DASH = re.compile(r"\s?[-–—](?!\s(?:and|or|to)\b)\s|:\s")
_STANDS = re.compile(r"(?:I|we|my|our|the|[A-Z])\b")
QUESTION, FILLER, MACHINE, NOT_FIRST, SECOND_PERSON = 0.25, 0.3, 0.35, 0.75, 0.6
FIRST_PAST, NEWS, POINTING, VERBLESS = 1.35, 1.3, 0.6, 0.6
ADVICE, GENERAL, TOLD_NEWS = 0.5, 0.8, 1.25
"""Of what people tell each other in English, most of which is no news."""
FEWEST = 3
"""Words that a sentence needs."""
FLOOR = 6
"""Words added to a sentence's length, so that a short exclamation does not win by being short."""


@dataclass(frozen=True)
class Candidate:
    """A sentence or a clause of it, the stems that it brings and how good a witness it is."""

    sentence: Sentence
    shown: str
    stems: dict[str, float]
    trust: float

    @property
    def length(self) -> int:
        """Words."""
        return self.shown.count(" ") + 1

    @property
    def density(self) -> float:
        """What it says per word, whatever was said before."""
        return self.trust * sum(self.stems.values()) / (self.length + FLOOR)


def candidates_of(readings: Sequence[Reading], language: str) -> list[Candidate]:
    """Every sentence that could be shown and, in English, the clauses that can stand for it, in order."""
    sentences = [s for reading in readings for s in reading.sentences if FEWEST <= s.length <= 60 and s.shown]
    counts: Counter[str] = Counter()
    for sentence in sentences:
        counts.update({stem(word, language) for word in sentence.words})
    names = {stem(part) for reading in readings for name in reading.speakers for part in name.split()}
    made = (
        _candidate(s, shown, language, counts, names) for s in sentences for shown in _versions(s, language)
    )
    return [candidate for candidate in made if candidate.stems]


def choose(
    candidates: Sequence[Candidate], *, words: int, most: int, told: Mapping[str, float] | None = None
) -> list[Candidate]:
    """Candidates of at most `words` words in all, by new information per word; in the text's order.

    `told` says how little a stem that was told elsewhere still counts: 0 nothing, 1 as if it were new.
    """
    left_of = dict(told or {})
    chosen: list[Candidate] = []
    room = words
    while len(chosen) < most:
        taken = {c.sentence.order for c in chosen}
        fitting = (c for c in candidates if c.length <= room and c.sentence.order not in taken)
        best = max(fitting, key=lambda c: (_worth(c, left_of), -c.sentence.order), default=None)
        if best is None or _worth(best, left_of) <= 0:
            break
        chosen.append(best)
        left_of.update(dict.fromkeys(best.stems, 0.0))
        room -= best.length
    return sorted(chosen, key=lambda c: c.sentence.order)


def trust_of(sentence: Sentence, shown: str) -> float:
    """How likely a sentence, of which `shown` is told, says something that happened; about 0.1 to 2."""
    return _trust_of(shown, sentence.shown, is_question=sentence.is_question, is_own=sentence.is_own)


@lru_cache(maxsize=4_096)
def _trust_of(shown: str, whole: str, *, is_question: bool, is_own: bool) -> float:
    first_person = _is_first_person(shown)
    words = [word.lower() for word in words_of(shown)]
    factors = (
        (QUESTION, is_question),
        (FILLER, bool(_FILLER.search(shown))),
        (MACHINE, not is_own),
        (SECOND_PERSON, bool(_SECOND.search(shown))),
        (FIRST_PAST, first_person and any(map(is_past, words))),
        (NOT_FIRST, not first_person),
        (POINTING, bool(_POINTS.search(shown)) or shown.endswith(":")),
        (VERBLESS, not any(_is_verb(word) for word in words)),
        (NEWS, bool(_NEWS.search(whole))),
    )
    return prod(factor for factor, holds in factors if holds)


def _news_in_talk(sentence: Sentence, shown: str) -> float:
    """How much more, or less, what somebody else says in English is news and no wish or wisdom."""
    past = any(is_past(word.lower()) for word in words_of(shown))
    factors = (
        (ADVICE, bool(_ADVICE.match(shown))),
        (GENERAL, not past and not _is_first_person(shown)),
        (TOLD_NEWS, bool(_NEWS.search(sentence.shown))),
    )
    return prod(factor for factor, holds in factors if holds)


def _is_first_person(shown: str) -> bool:
    return bool(_FIRST.search(shown) or _ELIDED.match(shown))


@lru_cache(maxsize=50_000)
def _is_verb(word: str) -> bool:
    """Whether a lower-case English word looks like a verb, or is an auxiliary of another language."""
    return (
        is_past(word)
        or word in AUXILIARIES
        or word in PRESENT
        or word.removesuffix("s") in PRESENT
        or "'" in word[1:]
    )


def _versions(sentence: Sentence, language: str) -> list[str]:
    """The sentence without its opener, and the beginnings of it that say enough to stand alone."""
    text = sentence.core
    if language != "en" or sentence.is_question:
        return [text]
    clauses = [clause for clause in clauses_of(text) if clause.count(" ") + 1 >= FEWEST + 1]
    behind = _DASH.split(text, maxsplit=1)[1:]
    tails = [t[:1].upper() + t[1:] for t in behind if t.count(" ") >= FEWEST and _STANDS.match(t)]
    whole = [
        v for v in dict.fromkeys([*clauses, *tails]) if v.count('"') % 2 == 0 and v.count("“") == v.count("”")
    ]
    return whole or [text]


def _candidate(s: Sentence, shown: str, language: str, counts: Counter[str], names: set[str]) -> Candidate:
    """Words said more than once in the text are its topic; the speakers' names say nothing."""
    stems = {
        key: weight * (1.0 + 0.25 * min(counts[key] - 1, 3))
        for word in words_of(shown)
        if (weight := weight_of(word, language)) > 0 and (key := stem(word, language)) not in names
    }
    news = _news_in_talk(s, shown) if s.speaker and language == "en" else 1.0
    return Candidate(sentence=s, shown=shown, stems=stems, trust=trust_of(s, shown) * news)


def _worth(candidate: Candidate, left_of: Mapping[str, float]) -> float:
    news = sum(weight * left_of.get(word, 1.0) for word, weight in candidate.stems.items())
    return candidate.trust * news / (candidate.length + FLOOR)
