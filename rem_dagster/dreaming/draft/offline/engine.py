"""How does the engine without a model answer?"""

from collections.abc import Sequence

from rem_dagster.dreaming.draft.engine import DayFrame, Drafted, Recipe, Usage
from rem_dagster.dreaming.draft.offline.choose import choose
from rem_dagster.dreaming.draft.offline.entities import entities_of
from rem_dagster.dreaming.draft.offline.groups import groups_of
from rem_dagster.dreaming.draft.offline.reading import language_of_all, read_items
from rem_dagster.dreaming.draft.offline.summary import changes_told, day_summary_of, told
from rem_dagster.dreaming.draft.offline.writing import Material, material_of, moment_of
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import Draft
from rem_dagster.model.moment import Moment

VERSION = "1"
"""Raised whenever the same input gives other words than before."""


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
    """The draft of a segment; without moments where nobody said anything."""
    readings = read_items(segment.items)
    language = language_of_all(readings)
    groups = groups_of([reading for reading in readings if reading.item.text.strip()], language)
    materials = [material_of(group, language) for group in groups]
    moments = tuple(moment_of(material, frame.moment_types) for material in materials)
    return Draft(moments=moments, entities=entities_of(groups, moments), day_summary=_summary(materials))


def day_summary_of_moments(moments: Sequence[Moment]) -> str:
    """The moments' first sentences, longest moments first, in the order of time."""
    return day_summary_of([moment.summary for moment in moments])


def _summary(materials: Sequence[Material]) -> str:
    """Events of all moments: what changed, then what people say, each part in turn."""
    changes = [changes_told(m.changes, limit=160) for m in materials if m.changes]
    used: set[str] = set()
    words = 70 - sum(len(part.split()) for part in changes)
    candidates = [c for m in materials for c in m.candidates]
    chosen = choose(candidates, words=max(words, 0), most=6, used=used)
    named = any(m.named for m in materials)
    language = materials[0].language if materials else "en"
    return day_summary_of(changes + [told(s, named=named, language=language) for s in chosen])
