"""What does a day come to, in seventy words that somebody wants to read first?"""

import re
from collections.abc import Mapping, Sequence

from rem_dagster.dreaming.draft.offline.choose import Candidate, choose
from rem_dagster.dreaming.draft.offline.feelings import feelings_of
from rem_dagster.dreaming.draft.offline.fitting import fitted, pieces_of
from rem_dagster.dreaming.draft.offline.kinds import is_work
from rem_dagster.dreaming.draft.offline.language import stem, words_of
from rem_dagster.dreaming.draft.offline.listing import changes_told
from rem_dagster.dreaming.draft.offline.outcomes import is_result
from rem_dagster.dreaming.draft.offline.plans import is_plan
from rem_dagster.dreaming.draft.offline.standing import ENGLISH_AUXILIARIES, is_label, stands_alone
from rem_dagster.dreaming.draft.offline.summary import DAY_WORDS, closed, day_summary_of, told
from rem_dagster.dreaming.draft.offline.words_function import FUNCTION_WORDS
from rem_dagster.dreaming.draft.offline.words_verbs import PRESENT, is_past
from rem_dagster.dreaming.draft.offline.writing import LEAST_TRUST, Material

FIRST_WORDS = 24
"""Words of the sentence that stands for a moment."""
WHOLE = 18
"""Words up to which a person's sentence is shown whole."""
FEWEST_WORDS, FIRST_PLACE = 5, 4
"""Words of a sentence, and of its beginning in which subject and verb must stand."""
MOST_TOLD, MOST_QUOTED = 4, 6
COMMIT_LETTERS = 150
"""Characters of the one sentence on commits on a day that has other things to tell."""
RESULT, PAST, NOTE, PRESENT_TENSE, CONDITIONAL, TALKED_OF, SUBJECTLESS = 1.6, 1.6, 1.3, 0.7, 0.5, 0.4, 0.8
SHORT, LONG_ENOUGH = 0.6, 1.25
PERSONAL_WORDS = 20
KNOWN = 0.3
"""What a word of the sentence on commits still counts."""
_I_PAST = re.compile(r"^(?:\w+ly |then |on \w+day )?(?:I|we) (?:\w+ly |just |also |finally )?(\w+)", re.I)
_FIRST = re.compile(r"\b(?:I|we)\b(?! \w+ing\b)")
_SECOND = re.compile(r"\b(?:you|your|yours|you're|you've|you'll)\b", re.I)
_ALSO_NOUNS = frozenset(["set", "cut", "run", "split", "read", "hit", "test", "left", "found"])
_HABIT = re.compile(r"\bused to\b|\b(?:expected|guess(?:ed)?|wanted|hoped|intended)\b", re.I)
_IF = re.compile(r"\b(?:if|would|should|could|might)\b", re.I)
_SPEECH = re.compile(
    r"\b(?:I (?:said|told|asked|explained|notice|guess|think|mean)|asked what|says?)\b", re.I
)


def is_owned(materials: Sequence[Material], language: str) -> bool:
    """Whether the person whose day it is speaks in every talk of the day."""
    return not any(m.named and m.language == language and not _has_owner(m) for m in materials)


def chosen_of(materials: Sequence[Material], language: str) -> list[Candidate]:
    """What people say of the day, in its order; a feeling and a plan close the day of one person."""
    owned = is_owned(materials, language)
    bags = [_fit(material, language, owned=owned) for material in materials]
    if not any(bags):
        bags = [list(m.candidates) if not m.changes else [] for m in materials]
    commits = commits_told(materials)
    room = DAY_WORDS - 2 - len(commits.split())
    known = {stem(word, language): KNOWN for word in words_of(commits)}
    if not owned:
        talk = _filled(bags, [], room=room, most=MOST_QUOTED, known=known)
        pool = [candidate for bag in bags for candidate in bag]
        named = any(material.named for material in materials)
        return fitted(talk, pool, room=DAY_WORDS - len(commits.split()), named=named, language=language)
    ends = _ending(bags)
    bags = [[c for c in bag if not _is_closing(c, ends)] for bag in bags]
    personal = [c for bag in bags for c in bag if _is_personal(c)] if len(bags) > 2 else []
    own_day = choose(personal, words=PERSONAL_WORDS, most=1)
    known.update({word: 0.0 for c in (*own_day, *ends) for word in c.stems})
    room -= sum(end.length for end in ends)
    return [*_filled(bags, own_day, room=room, most=MOST_TOLD - len(ends), known=known), *ends]


def _filled(
    bags: Sequence[Sequence[Candidate]],
    first: Sequence[Candidate],
    *,
    room: int,
    most: int,
    known: Mapping[str, float],
) -> list[Candidate]:
    """The first ones, then the best of each moment, then whatever says most besides; in order."""
    held = {c.sentence.handle for c in first}
    best = [c for bag in bags for c in choose(bag, words=FIRST_WORDS, most=1)] if len(bags) > 1 else []
    left = room - sum(c.length for c in first)
    of_each = choose(
        [c for c in best if c.sentence.handle not in held],
        words=max(0, left),
        most=most - len(first),
        told=known,
    )
    chosen = [*first, *of_each]
    told_stems = {**known, **{word: 0.0 for candidate in chosen for word in candidate.stems}}
    taken = {candidate.sentence.order for candidate in chosen}
    others = [c for bag in bags for c in bag if c.sentence.order not in taken]
    left -= sum(c.length for c in of_each)
    chosen += choose(others, words=max(0, left), most=most - len(chosen), told=told_stems)
    return sorted(chosen, key=lambda c: c.sentence.order)


def _is_closing(candidate: Candidate, ends: Sequence[Candidate]) -> bool:
    """Whether a sentence would tell a plan, or a second feeling, before the day's end."""
    felt = any(feelings_of([end.sentence]) for end in ends)
    taken = candidate.sentence.order in {end.sentence.order for end in ends}
    return taken or is_plan(candidate.sentence) or (felt and bool(feelings_of([candidate.sentence])))


def lede_of(materials: Sequence[Material], chosen: Sequence[Candidate], language: str) -> str:
    """The day's summary: what people say in turn, the commits in one sentence where they fall."""
    named = any(material.named for material in materials)
    commits = commits_told(materials)
    place = min(_place_of_commits(materials, chosen), len(chosen) - _closing(chosen))
    for count in range(len(chosen), -1, -1):
        pieces = pieces_of(_kept(chosen, count), named=named, language=language)
        if commits:
            pieces.insert(max(0, place - (len(chosen) - count)), closed(commits))
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
    return changes_told(
        changes, limit=400 if alone else COMMIT_LETTERS, most=7 if alone else 2, with_project=alone
    )


def _kept(chosen: Sequence[Candidate], count: int) -> list[Candidate]:
    """So many of the chosen; the first ones go before the last, which closes the day."""
    return list(chosen[len(chosen) - count :]) if count else []


def _closing(chosen: Sequence[Candidate]) -> int:
    """How many at the end tell a feeling or a plan."""
    count = 0
    for candidate in reversed(chosen):
        if not (is_plan(candidate.sentence) or feelings_of([candidate.sentence])):
            break
        count += 1
    return count


def _has_owner(material: Material) -> bool:
    return any(c.sentence.speaker is None and c.sentence.is_own for c in material.candidates)


def _fit(material: Material, language: str, *, owned: bool) -> list[Candidate]:
    """The candidates that may stand in a day's summary, trusted by what they tell."""
    fit = [
        c for c in material.candidates if c.sentence.is_own and _may_stand(c, material, language, owned=owned)
    ]
    whole = {c.sentence.order for c in fit if c.shown == c.sentence.core.rstrip(" .!") and c.length <= WHOLE}
    if owned:
        fit = [c for c in fit if c.sentence.order not in whole or c.shown == c.sentence.core.rstrip(" .!")]
    if not owned and material.language == "en":
        return [c for c in fit if c.trust >= LEAST_TRUST] or fit
    if not owned or material.language != "en":
        return fit if material.language == language or not owned else []
    return [Candidate(c.sentence, c.shown, c.stems, c.trust * _appeal(c)) for c in fit]


def _may_stand(candidate: Candidate, material: Material, language: str, *, owned: bool) -> bool:
    text = candidate.shown
    if material.language != "en" or not owned:
        return material.language != "en" or not is_label(text)
    if candidate.sentence.is_question or _HABIT.search(text) or _SECOND.search(text):
        return False
    if candidate.length < FEWEST_WORDS and not feelings_of([candidate.sentence]):
        return False
    if candidate.sentence.handle in material.described and not _I_PAST.match(text):
        return False
    _, speaker = told(candidate, named=material.named, language=language)
    return speaker is None and stands_alone(text) and _tells(candidate)


def _tells(candidate: Candidate) -> bool:
    """Whether a sentence has a subject and its verb, or is a diary's past without the "I"."""
    words = candidate.shown.split()
    lower = [word.lower().strip(",.;:!") for word in words]
    if lower[0] in ENGLISH_AUXILIARIES:
        return False
    if _FIRST.search(" ".join(words[:FIRST_PLACE])) or ENGLISH_AUXILIARIES & set(lower):
        return True
    if is_past(lower[0]):
        return candidate.sentence.source == "note"
    return any(
        (is_past(lower[n]) or lower[n].removesuffix("s") in PRESENT)
        and words[n - 1][-1:].isalpha()
        and lower[n - 1] not in FUNCTION_WORDS["en"]
        for n in range(1, min(FIRST_PLACE, len(lower)))
        if lower[n] not in _ALSO_NOUNS
    )


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
    factor *= SUBJECTLESS if not found and is_past(text.split(" ", 1)[0].lower()) else 1.0
    factor *= SHORT if candidate.length < 7 else LONG_ENOUGH if candidate.length > 9 else 1.0
    return factor * (TALKED_OF if _SPEECH.search(text) else 1.0)


def _is_personal(candidate: Candidate) -> bool:
    """Whether somebody tells of their own day and not of work: past, first person, no figure, no tool."""
    text = candidate.shown
    found = _I_PAST.match(text)
    past = found is not None and is_past(found.group(1).lower())
    return past and candidate.sentence.source == "note" and not is_work(text) and not re.search(r"\d", text)


def _ending(bags: Sequence[Sequence[Candidate]]) -> list[Candidate]:
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
