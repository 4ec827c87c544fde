"""Which sentences say most?"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.draft.offline.language import stem
from rem_dagster.dreaming.draft.offline.reading import Reading, Sentence, stems_of

_NEWS = re.compile(
    r"\b(?:yesterday|last (?:night|week|weekend|month|year|summer|\w+day)|this (?:morning|week|weekend|month)|today|recently|"
    r"finally|just|ago|tomorrow|next (?:week|month|year|\w+day)|planning to|going to|gonna|decided|signed up|started|joined)\b",
    re.I,
)
_FILLER = re.compile(
    r"^(?:thanks|thank you|that's (?:great|awesome|cool|amazing)|sounds|glad|congrat|good luck|take care|see you|have a|can't wait to see)|"
    r"\b(?:let me know|keep (?:it )?up|keep me posted|you're welcome|good to (?:see|hear)|talk (?:to you )?soon|catch (?:you|up) (?:later|soon)|"
    r"proud of you|i appreciate|reach out|here for you|i agree|you've got this)\b",
    re.I,
)
QUESTION, FILLER, MACHINE, NOT_FIRST, SECOND_PERSON = 0.25, 0.3, 0.35, 0.75, 0.6
FIRST_PAST, NEWS = 1.35, 1.3
FLOOR = 6
"""Words added to a sentence's length, so that a short exclamation does not win by being short."""


@dataclass(frozen=True)
class Candidate:
    """A sentence, the stems that it brings and how good a witness it is."""

    sentence: Sentence
    stems: dict[str, float]
    trust: float


def candidates_of(readings: Sequence[Reading], language: str) -> list[Candidate]:
    """Every sentence that could be shown, in order."""
    counts: Counter[str] = Counter()
    sentences = [s for reading in readings for s in reading.sentences if 3 <= s.length <= 60]
    stems = [stems_of(sentence, language) for sentence in sentences]
    for bag in stems:
        counts.update(bag.keys())
    names = {stem(part) for reading in readings for name in reading.speakers for part in name.split()}
    return [
        Candidate(sentence=s, stems=_informed(bag, counts, names), trust=trust_of(s))
        for s, bag in zip(sentences, stems, strict=True)
        if bag and s.shown
    ]


def choose(candidates: Sequence[Candidate], *, words: int, most: int, used: set[str] | None = None) -> list[Sentence]:
    """Sentences of at most `words` words in all, by new information per word; in the text's order.

    `used` holds the stems that were told elsewhere and is added to.
    """
    told = set() if used is None else used
    chosen: list[Candidate] = []
    left = words
    while len(chosen) < most:
        open_ones = [c for c in candidates if c not in chosen and c.sentence.length <= left]
        best = max(open_ones, key=_worth(told), default=None)
        if best is None or _worth(told)(best)[0] <= 0:
            break
        chosen.append(best)
        told.update(best.stems)
        left -= best.sentence.length
    return sorted((c.sentence for c in chosen), key=lambda s: s.order)


def trust_of(sentence: Sentence) -> float:
    """How likely a sentence tells something that happened, about 0.1 to 2."""
    trust = 1.0
    if sentence.is_question:
        trust *= QUESTION
    if _FILLER.search(sentence.shown):
        trust *= FILLER
    if not sentence.is_own:
        trust *= MACHINE
    if re.search(r"\byou(?:r|'re|'ve|'ll)?\b", sentence.shown, re.I):
        trust *= SECOND_PERSON
    trust *= FIRST_PAST if sentence.first_person and sentence.past else 1.0
    trust *= 1.0 if sentence.first_person else NOT_FIRST
    return trust * (NEWS if _NEWS.search(sentence.shown) else 1.0)


def _informed(bag: dict[str, float], counts: Counter[str], names: set[str]) -> dict[str, float]:
    """Words said more than once in the text are its topic; the speakers' names say nothing."""
    return {s: w * (1.0 + 0.25 * min(counts[s] - 1, 3)) for s, w in bag.items() if s not in names}


def _worth(told: set[str]) -> Callable[[Candidate], tuple[float, int]]:
    def worth(candidate: Candidate) -> tuple[float, int]:
        news = sum(weight for word, weight in candidate.stems.items() if word not in told)
        return candidate.trust * news / (candidate.sentence.length + FLOOR), -candidate.sentence.order

    return worth
