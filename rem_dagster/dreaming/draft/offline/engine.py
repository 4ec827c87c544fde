"""How does the engine without a model answer?"""

from collections.abc import Sequence

from rem_dagster.dreaming.draft.engine import DayFrame, Drafted, Recipe, Usage
from rem_dagster.dreaming.draft.offline.choose import Candidate, choose
from rem_dagster.dreaming.draft.offline.entities import entities_of
from rem_dagster.dreaming.draft.offline.groups import groups_of
from rem_dagster.dreaming.draft.offline.reading import language_of_all, language_of_group, read_items
from rem_dagster.dreaming.draft.offline.sentences import sentences_of
from rem_dagster.dreaming.draft.offline.summary import (
    DAY_WORDS,
    changes_told,
    closed,
    day_summary_of,
    told_in_turn,
)
from rem_dagster.dreaming.draft.offline.writing import Material, material_of, moment_of
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import Draft, DraftMoment
from rem_dagster.model.moment import Moment

VERSION = "1"
"""Raised whenever the same input gives other words than before."""
FIRST_WORDS = 24
"""Words of the sentence that stands for a moment in the day's summary."""
MOST_TOPICS = 4
"""Key phrases of a moment that become topics of the graph."""
TOLD = 0.4
"""What a word still counts for a moment when the day's summary has it, so that the two differ."""


class OfflineEngine:
    """Writes a day from its own sentences: no key, no download, no call."""

    def __init__(self, *, agentlet_version: str = "1.0.0") -> None:
        self._recipe = Recipe(
            engine="offline",
            model=None,
            agentlet="moment-generator",
            agentlet_version=agentlet_version,
            parameters={"offline_version": VERSION},
        )

    @property
    def recipe(self) -> Recipe:
        """What this engine makes days with."""
        return self._recipe

    @property
    def can_mend(self) -> bool:
        """Never: the same segment always gives the same draft."""
        return False

    async def draft(self, segment: Segment, frame: DayFrame, *, errors: Sequence[str] = ()) -> Drafted:
        """A draft of one segment, free of charge; `errors` change nothing."""
        return Drafted(draft=draft_of(segment, frame), usage=Usage())

    async def summarize(self, moments: Sequence[Moment], frame: DayFrame) -> tuple[str, Usage]:
        """At most 70 words about a day of several segments: the first sentence of each moment in turn."""
        return day_summary_of_moments(moments), Usage()


def draft_of(segment: Segment, frame: DayFrame) -> Draft:
    """The draft of a segment; without moments where there is nothing to quote."""
    readings = read_items(segment.items)
    language = language_of_all(readings)
    groups = groups_of([reading for reading in readings if reading.item.text.strip()], language)
    materials = [material_of(group, language_of_group(group.readings, language)) for group in groups]
    lede = _lede(materials)
    told = {word: TOLD for candidate in lede for word in candidate.stems}
    moments: list[DraftMoment] = []
    for material in materials:
        taken = {moment.name for moment in moments}
        moments.append(moment_of(material, frame.moment_types, told=told, taken=taken))
    topics = [material.phrases[:MOST_TOPICS] for material in materials]
    shown = tuple(moment for moment in moments if moment.evidence)
    return Draft(
        moments=shown,
        entities=entities_of(groups, moments, topics),
        day_summary=_summary(materials, lede, language) if shown else "",
    )


def day_summary_of_moments(moments: Sequence[Moment]) -> str:
    """The moments' summaries in the order of time, each whole, as many as fit."""
    return day_summary_of([sentence for moment in moments for sentence in sentences_of(moment.summary)[:1]])


def _lede(materials: Sequence[Material]) -> list[Candidate]:
    """What people say of the day: the best of each moment first, then whatever says most besides."""
    room = DAY_WORDS - 4 - sum(len(part.split()) for part in _changes(materials))
    firsts = (
        [c for m in materials for c in choose(m.candidates, words=FIRST_WORDS, most=1)]
        if len(materials) > 1
        else []
    )
    chosen = choose(firsts, words=max(0, room), most=5)
    told = {word: 0.0 for candidate in chosen for word in candidate.stems}
    taken = {candidate.sentence.order for candidate in chosen}
    others = [c for m in materials for c in m.candidates if c.sentence.order not in taken]
    left = room - sum(candidate.length for candidate in chosen)
    return sorted(
        [*chosen, *choose(others, words=max(0, left), most=6 - len(chosen), told=told)],
        key=lambda c: c.sentence.order,
    )


def _changes(materials: Sequence[Material]) -> list[str]:
    """The weightiest changes of each moment, shorter where there are many or where people talk."""
    written = [m for m in materials if m.changes]
    alone = len(written) == len(materials)
    return [
        changes_told(
            m.changes,
            limit=max(60, (300 if alone else 160) // len(written)),
            most=3 if alone else 1,
            with_rest=False,
        )
        for m in written
    ]


def _summary(materials: Sequence[Material], lede: Sequence[Candidate], language: str) -> str:
    """What changed, then what people say."""
    named = any(material.named for material in materials)
    changes = _changes(materials)
    for count in range(len(lede), -1, -1):
        text = " ".join(
            [*map(closed, changes), told_in_turn(lede[:count], named=named, language=language, limit=900)]
        ).strip()
        if len(text.split()) <= DAY_WORDS:
            return text
    return day_summary_of(changes)
