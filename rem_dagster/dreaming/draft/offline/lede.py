"""What does a day come to, in seventy words that somebody wants to read first?"""

import re
from collections.abc import Sequence

from rem_dagster.dreaming.draft.offline.choose import Candidate, choose
from rem_dagster.dreaming.draft.offline.feelings import feelings_of
from rem_dagster.dreaming.draft.offline.listing import changes_told
from rem_dagster.dreaming.draft.offline.outcomes import is_result
from rem_dagster.dreaming.draft.offline.plans import is_plan
from rem_dagster.dreaming.draft.offline.standing import stands_alone
from rem_dagster.dreaming.draft.offline.summary import DAY_WORDS, closed, day_summary_of, told
from rem_dagster.dreaming.draft.offline.words_verbs import is_past
from rem_dagster.dreaming.draft.offline.writing import Material

FIRST_WORDS = 24
"""Words of the sentence that stands for a moment."""
MOST_TOLD, MOST_QUOTED = 4, 6
COMMIT_LETTERS = 130
"""Characters of the one sentence on commits on a day that has other things to tell."""
RESULT, PAST, NOTE, PRESENT_TENSE, CONDITIONAL, TALKED_OF = 1.5, 1.3, 1.15, 0.7, 0.5, 0.5
_I_PAST = re.compile(r"^(?:\w+ly |then |on \w+day )?(?:I|we) (?:\w+ly |just |also |finally )?(\w+)", re.I)
_SECOND = re.compile(r"\b(?:you|your|yours|you're|you've|you'll)\b", re.I)
_IF = re.compile(r"\b(?:if|would|should|could|might)\b", re.I)
_SPEECH = re.compile(r"\bI (?:said|told|asked|explained|notice|guess|think|mean)\b", re.I)


def chosen_of(materials: Sequence[Material], language: str) -> list[Candidate]:
    """What people say of the day: the best of each moment first, then whatever says most besides."""
    owned = not any(material.named and not _has_owner(material) for material in materials)
    bags = [_fit(material, language, owned=owned) for material in materials]
    if not any(bags):
        bags = [list(m.candidates) if not m.changes else [] for m in materials]
    room = DAY_WORDS - 4 - len(commits_told(materials).split())
    most = MOST_TOLD if owned else MOST_QUOTED
    ends = _ending(materials, bags) if owned else []
    room -= sum(end.length for end in ends)
    gone = {end.sentence.order for end in ends}
    bags = [
        [c for c in bag if c.sentence.order not in gone and not (owned and is_plan(c.sentence))]
        for bag in bags
    ]
    firsts = [c for bag in bags for c in choose(bag, words=FIRST_WORDS, most=1)] if len(bags) > 1 else []
    chosen = choose(firsts, words=max(0, room), most=most - len(ends))
    told_stems = {word: 0.0 for candidate in (*chosen, *ends) for word in candidate.stems}
    taken = {candidate.sentence.order for candidate in chosen}
    others = [c for bag in bags for c in bag if c.sentence.order not in taken]
    left = room - sum(candidate.length for candidate in chosen)
    chosen += choose(others, words=max(0, left), most=most - len(chosen) - len(ends), told=told_stems)
    return [*sorted(chosen, key=lambda c: c.sentence.order), *ends]


def lede_of(materials: Sequence[Material], chosen: Sequence[Candidate], language: str) -> str:
    """The day's summary: what people say in turn, the commits in one sentence where they fall."""
    named = any(material.named for material in materials)
    commits = commits_told(materials)
    place = _place_of_commits(materials, chosen)
    for count in range(len(chosen), -1, -1):
        lines = [told(c, named=named, language=language) for c in _kept(chosen, count)]
        pieces = _pieces(lines)
        if commits:
            pieces.insert(min(place, len(pieces)), closed(commits))
        text = " ".join(pieces)
        if len(text.split()) <= DAY_WORDS:
            return text
    return day_summary_of([commits])


def commits_told(materials: Sequence[Material]) -> str:
    """The day's changes in one sentence, longer where there is nothing else."""
    changes = [change for material in materials for change in material.changes]
    if not changes:
        return ""
    alone = all(material.changes and len(material.candidates) < 3 for material in materials)
    return changes_told(changes, limit=400 if alone else COMMIT_LETTERS, most=7 if alone else 3)


def _kept(chosen: Sequence[Candidate], count: int) -> list[Candidate]:
    """So many of the chosen; the first ones go before the last, which closes the day."""
    return list(chosen[len(chosen) - count :]) if count else []


def _pieces(lines: Sequence[tuple[str, str | None]]) -> list[str]:
    """Each line with its speaker where it has to be quoted and somebody else spoke before."""
    pieces: list[str] = []
    quoting: str | None = None
    for text, speaker in lines:
        pieces.append(
            f"“{text}”" if speaker and speaker == quoting else f"{speaker}: “{text}”" if speaker else text
        )
        quoting = speaker
    return pieces


def _has_owner(material: Material) -> bool:
    return any(c.sentence.speaker is None and c.sentence.is_own for c in material.candidates)


def _fit(material: Material, language: str, *, owned: bool) -> list[Candidate]:
    """The candidates that may stand in a day's summary, trusted by what they tell."""
    fit = [
        c for c in material.candidates if c.sentence.is_own and _may_stand(c, material, language, owned=owned)
    ]
    if not owned or material.language != "en":
        return fit if material.language == language or not owned else []
    return [Candidate(c.sentence, c.shown, c.stems, c.trust * _appeal(c)) for c in fit]


def _may_stand(candidate: Candidate, material: Material, language: str, *, owned: bool) -> bool:
    if material.language != "en":
        return True
    if not stands_alone(candidate.shown):
        return False
    if not owned:
        return True
    if candidate.sentence.handle in material.described and not _I_PAST.match(candidate.shown):
        return False
    _, speaker = told(candidate, named=material.named, language=language)
    return speaker is None and not _SECOND.search(candidate.shown)


def _appeal(candidate: Candidate) -> float:
    """How well a sentence says what was done and how it ended; 1 is usual."""
    text = candidate.shown
    found = _I_PAST.match(text)
    past = any(is_past(word.lower()) for word in candidate.sentence.words)
    factor = RESULT if is_result(text) else 1.0
    factor *= PAST if found and is_past(found.group(1).lower()) else 1.0
    factor *= NOTE if candidate.sentence.source == "note" else 1.0
    factor *= 1.0 if past else PRESENT_TENSE
    factor *= CONDITIONAL if _IF.search(text) else 1.0
    return factor * (TALKED_OF if _SPEECH.search(text) else 1.0)


def _ending(materials: Sequence[Material], bags: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """A stated feeling and then the last plan of the day, each short and at most one."""
    flat = [c for bag in bags for c in bag]
    felt = [c for c in flat if c.length <= 22 and c.sentence.speaker is None and feelings_of([c.sentence])]
    plans = [c for c in flat if c.length <= 20 and c.sentence.speaker is None and is_plan(c.sentence)]
    feeling = (
        [max(felt, key=lambda c: (c.sentence.source == "note", c.sentence.order, -c.length))] if felt else []
    )
    later = [c for c in plans if not feeling or c.sentence.order != feeling[0].sentence.order]
    plan = [max(later, key=lambda c: (_is_ahead(c), c.sentence.order, -c.length))] if later else []
    return feeling + plan


def _is_ahead(candidate: Candidate) -> bool:
    return bool(
        re.search(
            r"\b(?:tomorrow|next|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
            candidate.shown,
            re.I,
        )
    )


def _place_of_commits(materials: Sequence[Material], chosen: Sequence[Candidate]) -> int:
    """How many of the chosen come before the last commit, so that the order of time holds."""
    ends = [
        max(s.order for s in r.sentences)
        for m in materials
        for r in m.group.readings
        if r.item.category == "commit" and r.sentences
    ]
    return sum(1 for c in chosen if ends and c.sentence.order < max(ends))
