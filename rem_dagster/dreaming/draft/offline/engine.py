"""How does the engine without a model answer?"""

from collections.abc import Sequence

from rem_dagster.dreaming.draft.engine import DayFrame, Drafted, Recipe, Usage
from rem_dagster.dreaming.draft.offline.ahead import predictions_of
from rem_dagster.dreaming.draft.offline.entities import entities_of
from rem_dagster.dreaming.draft.offline.groups import groups_of
from rem_dagster.dreaming.draft.offline.lede import chosen_of, is_owned, lede_of
from rem_dagster.dreaming.draft.offline.reading import language_of_all, language_of_group, read_items
from rem_dagster.dreaming.draft.offline.sentences import sentences_of
from rem_dagster.dreaming.draft.offline.summary import day_summary_of
from rem_dagster.dreaming.draft.offline.writing import Frame, material_of, moment_of
from rem_dagster.llm.interface import Forecast, Turn
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import Draft, DraftMoment
from rem_dagster.model.moment import Moment, happened
from rem_dagster.model.words import PREDICTION

VERSION = "5"
"""Raised whenever the same input gives other words than before."""
MOST_TOPICS = 4
"""Key phrases of a moment that become topics of the graph."""
TOLD, TOLD_OF_TALK = 0.4, 0.3
"""What a word still counts for a moment when the day's summary has it, so that the two differ; of a day
of talk, which is one moment more often, less."""


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

    @property
    def prompt(self) -> str | None:
        """Nobody is told anything."""
        return None

    def forecast(
        self, segments: Sequence[Segment], frame: DayFrame, *, answer_share: float | None = None
    ) -> Forecast:
        """Nothing: no model is asked."""
        return Forecast()

    def told(self, segment: Segment, frame: DayFrame) -> Sequence[Sequence[Turn]]:
        """Nothing: no model is asked."""
        return ()

    async def close(self) -> None:
        """Nothing is held open."""

    async def summarize(self, moments: Sequence[Moment], frame: DayFrame) -> tuple[str, Usage]:
        """At most 70 words about a day of several segments: the first sentence of each moment in turn."""
        return day_summary_of_moments(moments), Usage()


def draft_of(segment: Segment, frame: DayFrame) -> Draft:
    """The draft of a segment; without moments where there is nothing to quote."""
    readings = read_items(segment.items, frame.user_id)
    language = language_of_all(readings)
    groups = groups_of([reading for reading in readings if reading.item.text.strip()], language)
    materials = [material_of(group, language_of_group(group.readings, language)) for group in groups]
    lede = chosen_of(materials, language)
    still = TOLD if is_owned(materials, language) else TOLD_OF_TALK
    told = {word: still for candidate in lede for word in candidate.stems}
    tags = tuple(dict.fromkeys(tag for item in segment.items for tag in item.tags))
    people = frozenset(name for material in materials for name in material.people)
    about = Frame(people=people, types=frame.moment_types, zone=frame.zone, tags=tags, told=told)
    moments: list[DraftMoment] = []
    for material in materials:
        taken = {moment.name for moment in moments}
        moments.append(moment_of(material, about, taken=taken))
    topics = [material.phrases[:MOST_TOPICS] for material in materials]
    shown = tuple(moment for moment in moments if moment.evidence)
    ahead = predictions_of(readings, frame.zone) if PREDICTION in frame.moment_types else ()
    return Draft(
        moments=(*shown, *ahead),
        entities=entities_of(groups, moments, topics),
        day_summary=lede_of(materials, lede, language) if shown else "",
    )


def day_summary_of_moments(moments: Sequence[Moment]) -> str:
    """The moments' summaries in the order of time, each whole, as many as fit."""
    return day_summary_of(
        [sentence for each in happened(moments) for sentence in sentences_of(each.summary)[:1]]
    )
