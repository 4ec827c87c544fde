"""Which type of moment is it?"""

import re
from collections import Counter
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from rem_dagster.dreaming.draft.offline.groups import Group, is_question_session
from rem_dagster.dreaming.draft.offline.plans import is_plan
from rem_dagster.dreaming.draft.offline.reading import Sentence
from rem_dagster.dreaming.draft.offline.trim import attendees_in
from rem_dagster.model.day import DayItem

MOST_OF_ITEM = 5
"""Votes of one item's sentences for one type, so that a long note does not drown its tags."""
EVENING = 18
"""The local hour from which on a note looks back on its day."""

_CUES: dict[str, re.Pattern[str]] = {
    "work_session": re.compile(
        r"\b(?:bug|debug\w*|error|traceback|exception|deploy\w*|merge[ds]?|commit\w*|refactor\w*"
        r"|test suite|build|compil\w*|branch|benchmark\w*|"
        r"pull request|PR|server|function|API|script|query|index|release\w*|fsync|latency|crash\w*"
        r"|patch\w*|implement\w*)\b", re.I),
    "learning": re.compile(
        r"\b(?:learn\w*|read(?:ing)?|paper|chapter|course|lecture|tutorial|study|studied|understand\w*"
        r"|explain\w*|how does|how do|why does|what is|"
        r"notes on|TIL|documentation|book)\b", re.I),
    "planning": re.compile(
        r"\b(?:plan\w*|next week|tomorrow|agenda|roadmap|priorit\w*|goals?|deadline|schedule\w*|to-?do"
        r"|budget|itinerary|book(?:ed)? (?:a|the) "
        r"(?:flight|hotel|table)|milestone|backlog|decid\w*|this week|for the week|for tomorrow"
        r"|order of work|list for|questions? for)\b", re.I),
    "reflection": re.compile(
        r"\b(?:felt|feel(?:ing)?|grateful|looking back|realis\w*|realiz\w*|proud|tired|happy|sad"
        r"|worried|lonely|journal|my day|today was|I wonder|"
        r"in hindsight|reflect\w*)\b", re.I),
    "creation": re.compile(
        r"\b(?:paint\w*|drew|draw(?:ing)?|sketch\w*|poem|novel|short story|song|compos\w*|melody"
        r"|pottery|bak(?:ed|ing)|recipe|cook(?:ed|ing)|"
        r"sculpt\w*|knit\w*|sew\w*|photo series|guitar|piano|essay)\b", re.I),
}  # fmt: skip
_TAGGED: dict[str, frozenset[str]] = {
    "work_session": frozenset(["work", "debugging", "ops", "coding", "benchmark", "oncall", "incident"]),
    "learning": frozenset(["learning", "paper", "reading", "course", "book", "study", "til"]),
    "planning": frozenset(
        ["planning", "plan", "sprint", "todo", "checklist", "packing", "decision", "decisions"]
    ),
    "reflection": frozenset(["reflection", "journal", "diary", "running", "gratitude"]),
    "creation": frozenset(["art", "music", "drawing", "painting", "cooking", "poem", "craft"]),
    "communication": frozenset(["call", "chat", "meeting", "standup", "friends"]),
}
"""The types for which a tag that somebody gave speaks."""
_CATEGORY: dict[str, str] = {
    "commit": "work_session", "email": "communication",
    "event": "other",
    "web": "learning", "document": "learning",
}  # fmt: skip


def moment_type_of(group: Group, people: tuple[str, ...], known: Mapping[str, str], *, zone: ZoneInfo) -> str:
    """The type with the most evidence among those that are known; `other` where there is none."""
    votes: Counter[str] = Counter()
    for reading in group.readings:
        called = (
            f"{reading.item.name or ''} {reading.item.session_title or ''}"
            if reading.item.category != "commit"
            else ""
        )
        votes.update({kind: 3 for kind, cue in _CUES.items() if cue.search(called)})
        votes.update(_tagged(reading.item.tags))
        votes.update(_event(reading.item))
        votes[_CATEGORY.get(reading.item.category or "", "")] += 3
        said = Counter(kind for s in reading.sentences[:30] if s.is_own for kind in _kinds_of(s))
        votes.update({kind: min(count, MOST_OF_ITEM) for kind, count in said.items()})
    if len(people) > 1 and any(reading.speakers for reading in group.readings):
        votes["communication"] += 2 + sum(1 for r in group.readings for _ in r.speakers) * 4
    votes["communication"] += 12 * any(r.item.category == "transcript" for r in group.readings)
    if _is_journal(group):
        votes["reflection"] += 3 if group.start.astimezone(zone).hour >= EVENING else 1
    elif is_question_session(group):
        votes["learning"] += 1
        votes["reflection"] -= 2
    allowed = [(kind, count) for kind, count in votes.items() if kind in known and count > 0]
    return max(allowed, key=lambda pair: (pair[1], pair[0]))[0] if allowed else "other"


def is_work(text: str) -> bool:
    """Whether a sentence is about work at a computer."""
    return bool(_CUES["work_session"].search(text))


def _kinds_of(sentence: Sentence) -> list[str]:
    kinds = [kind for kind, cue in _CUES.items() if cue.search(sentence.shown)]
    return [*kinds, "planning"] if is_plan(sentence) else kinds


def _tagged(tags: tuple[str, ...]) -> Counter[str]:
    """Votes of the tags that somebody gave; the first one says most."""
    votes: Counter[str] = Counter()
    for place, tag in enumerate(tags):
        votes.update(
            {kind: 6 if place == 0 else 4 for kind, words in _TAGGED.items() if tag.lower() in words}
        )
    return votes


def _event(item: DayItem) -> Counter[str]:
    """An event is spent with people where others attend."""
    others = item.category == "event" and bool(attendees_in(item.metadata))
    travel = re.search(r"\b(?:flight|train|ferry|dentist|doctor)\b", item.name or "", re.I)
    return Counter({"communication": 4} if others and not travel else {})


def _is_journal(group: Group) -> bool:
    """Whether it is a person's own note in the first person."""
    notes = [r for r in group.readings if r.item.category == "note"]
    return bool(notes) and any(s.first_person for r in notes for s in r.sentences)
