"""Which people, projects, tools and topics do the items name?"""

import re
from collections.abc import Iterable, Sequence

from rem_dagster.dreaming.draft.offline.changes import project_of
from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.people import named_in
from rem_dagster.dreaming.draft.offline.reading import Reading
from rem_dagster.dreaming.draft.offline.words_common import CHATTER
from rem_dagster.dreaming.draft.offline.words_function import ENGLISH
from rem_dagster.model.draft import DraftEntity, DraftMoment
from rem_dagster.model.words import EntityKind

MOST = 24
MOST_OF_A_KIND = 8
_TOOL = re.compile(
    r"`([A-Za-z][\w.-]{2,30})`|\b([A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]*)+|[A-Z]{2,}[a-z]+[A-Z]?\w*)\b"
)
_PLACE = re.compile(
    r"\b(?:flew to|flight to|trip to|moved to|living in|lives? in|travell?ed to|vacation in|holiday in"
    r"|visit(?:ed|ing)?|born in)\s+"
    r"((?:San |New |Los |Saint |St\. |El |La )?[A-Z][a-zà-ÿ]{2,})\b"
)
_PROPER = re.compile(r"(?<=[a-z,] )([A-Z][a-zà-ÿ]{2,}(?: (?:of |the |de )?[A-Z][a-zà-ÿ]{2,}){1,3})\b")


def entities_of(
    groups: Sequence[Group], moments: Sequence[DraftMoment], topics: Sequence[Sequence[str]]
) -> tuple[DraftEntity, ...]:
    """Entities with the inputs that name them, at most 24: projects, people, tools, places, then topics."""
    found: dict[tuple[EntityKind, str], tuple[str, dict[str, None]]] = {}
    for kind, name, handle in _all(groups, moments, topics):
        _, handles = found.setdefault((kind, name.lower()), (name, {}))
        handles[handle] = None
    taken: dict[str, EntityKind] = {}
    for kind, key in found:
        taken.setdefault(key, kind)
    kept = [(k, n, h) for (k, key), (n, h) in found.items() if taken[key] == k]
    return tuple(DraftEntity(name=n, kind=k, handles=tuple(h)) for k, n, h in _few_of_each(kept))


def _all(
    groups: Sequence[Group], moments: Sequence[DraftMoment], topics: Sequence[Sequence[str]]
) -> Iterable[tuple[EntityKind, str, str]]:
    readings = [reading for group in groups for reading in group.readings]
    for reading in readings:
        if reading.item.category == "commit":
            yield "project", project_of(reading.item), reading.item.handle
    for moment in moments:
        yield from (
            ("person", name, handle) for name in moment.people for handle in _naming(name, readings, moment)
        )
    for reading in readings:
        yield from ((kind, name, reading.item.handle) for kind, name in _named(reading))
    for group, phrases in zip(groups, topics, strict=True):
        yield from (("topic", name, handle) for name in phrases for handle in _saying(name, group))


def _saying(name: str, group: Group) -> list[str]:
    """Handles of the items of a group in which a phrase stands as it is."""
    wanted = name.casefold()
    return [
        r.item.handle for r in group.readings if wanted in " ".join(r.item.text[:25_000].split()).casefold()
    ]


def _naming(name: str, readings: Sequence[Reading], moment: DraftMoment) -> list[str]:
    """Handles of a moment's items that a person wrote, speaks in, or is named in."""
    cited = set(moment.handles)
    return [
        reading.item.handle
        for reading in readings
        if reading.item.handle in cited
        and (name in reading.speakers or name == reading.item.author or name in reading.item.text[:25_000])
    ]


def _named(reading: Reading) -> Iterable[tuple[EntityKind, str]]:
    for sentence in reading.sentences:
        people = set(named_in(sentence))
        for found in _TOOL.finditer(sentence.text):
            yield "tool", found.group(1) or found.group(2)
        for found in _PLACE.finditer(sentence.text):
            if found.group(1).lower() not in ENGLISH | CHATTER:
                yield "place", found.group(1)
        for found in _PROPER.finditer(sentence.text):
            if found.group(1) not in people and not set(found.group(1).lower().split()) & CHATTER:
                yield "thing", found.group(1)


def _few_of_each(
    found: Sequence[tuple[EntityKind, str, dict[str, None]]],
) -> list[tuple[EntityKind, str, dict[str, None]]]:
    counts: dict[str, int] = {}
    kept = []
    for kind, name, handles in found:
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= MOST_OF_A_KIND:
            kept.append((kind, name, handles))
    return kept[:MOST]
