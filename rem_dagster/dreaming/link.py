"""Which edges follow from the moments and mentions of one day?

moment ── contains ──> resource          entity ── mentioned_in ──> moment
moment ── captured_in ──> session        entity ── related_to (weight = shared moments) ── entity
"""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import combinations

from rem_dagster.dreaming.wording import normal_name
from rem_dagster.model.day import Day
from rem_dagster.model.draft import Draft
from rem_dagster.model.edge import Edge
from rem_dagster.model.ids import derive_id
from rem_dagster.model.mention import Mention
from rem_dagster.model.moment import Evidence, Moment

MOST_RELATED = 12
"""Entities of one moment that are related to each other: the most mentioned ones; n give n²/2 edges."""


def link_day(
    drafts: Sequence[Draft],
    moments: Sequence[Moment],
    mentions: Sequence[Mention],
    day: Day,
    dream_id: str,
    *,
    hidden: Collection[str] = (),
) -> list[Edge]:
    """The edges of one day's dream, each once, by id.

    Args:
        hidden: sources on which nothing may rest, as their moments are hidden.
    """
    edges = [
        *_moment_edges(moments, day, dream_id),
        *_mention_edges(mentions, day, dream_id),
        *_related_edges(moments, mentions, day, dream_id),
        *_agent_edges(drafts, mentions, day, dream_id, hidden),
    ]
    return list({edge.id: edge for edge in sorted(edges, key=lambda edge: (edge.id, edge.weight))}.values())


def _edge(day: Day, dream_id: str, source: str, target: str, kind: str, **more: object) -> Edge:
    return Edge.model_validate(
        {
            "id": derive_id(day.user_id, day.partition_key, "dream", source, target, kind),
            "user_id": day.user_id,
            "partition_key": day.partition_key,
            "source_id": source,
            "target_id": target,
            "edge_type": kind,
            "generated_by": "dream",
            "dream_id": dream_id,
            **more,
        }
    )


def _moment_edges(moments: Sequence[Moment], day: Day, dream_id: str) -> list[Edge]:
    return [
        _edge(day, dream_id, moment.id, target, kind)
        for moment in moments
        for kind, targets in (("contains", moment.resource_ids), ("captured_in", moment.session_ids))
        for target in targets
    ]


def _mention_edges(mentions: Sequence[Mention], day: Day, dream_id: str) -> list[Edge]:
    return [
        _edge(day, dream_id, mention.entity_id, moment_id, "mentioned_in", weight=float(mention.count))
        for mention in mentions
        for moment_id in mention.moment_ids
    ]


def _related_edges(
    moments: Sequence[Moment], mentions: Sequence[Mention], day: Day, dream_id: str
) -> list[Edge]:
    shared: Counter[tuple[str, str]] = Counter()
    for moment in moments:
        present = [mention for mention in mentions if moment.id in mention.moment_ids]
        present.sort(key=lambda mention: (-mention.count, mention.entity_id))
        ids = sorted(mention.entity_id for mention in present[:MOST_RELATED])
        shared.update(combinations(ids, 2))
    return [
        _edge(day, dream_id, source, target, "related_to", weight=float(count))
        for (source, target), count in sorted(shared.items())
    ]


def _agent_edges(
    drafts: Sequence[Draft],
    mentions: Sequence[Mention],
    day: Day,
    dream_id: str,
    hidden: Collection[str],
) -> list[Edge]:
    entities = {normal_name(form): each.entity_id for each in mentions for form in each.surface_forms}
    sources = {item.handle: item for item in day.items}
    veiled = {item.handle for item in day.items if item.source_id in hidden}
    edges = []
    for draft in drafts:
        for edge in draft.edges:
            if edge.handles and veiled.issuperset(edge.handles):
                continue
            source, target = entities.get(normal_name(edge.source)), entities.get(normal_name(edge.target))
            if source and target and source != target:
                evidence = tuple(
                    Evidence(source_id=sources[handle].source_id, quote="")
                    for handle in edge.handles
                    if handle in sources
                )
                edges.append(
                    _edge(
                        day,
                        dream_id,
                        source,
                        target,
                        edge.edge_type,
                        evidence=evidence,
                        metadata={"why": edge.why} if edge.why else {},
                    )
                )
    return edges
