"""Which draft do the stored rows of a day come from, where it is not kept?"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from rem_dagster.dreaming.collaboration import INSIGHTS
from rem_dagster.dreaming.resolve import cited_sources, resolve_mentions
from rem_dagster.model.day import Day
from rem_dagster.model.draft import (
    Draft,
    DraftEdge,
    DraftEmotion,
    DraftEntity,
    DraftMoment,
    DraftQuote,
    DraftStatement,
)
from rem_dagster.model.edge import Edge
from rem_dagster.model.mention import Mention
from rem_dagster.model.moment import Moment, Statement
from rem_dagster.model.words import AgentEdgeType
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.records import record_of


def drafts_of_rows(store: Store, day: Day, moments: Sequence[Moment]) -> Draft:
    """A draft from which the stored rows of a day follow, citing by source id.

    Args:
        day: with source ids as handles.
        moments: those that are stored.
    """
    slice_key = f"{day.user_id}/{day.partition_key}"
    mentions = [
        record_of(Mention, row)
        for row in store.read("mentions", where=equals("slice_key", slice_key)).to_pylist()
    ]
    edges = [
        record_of(Edge, row)
        for row in store.read("edges", where=equals("slice_key", f"{slice_key}/dream")).to_pylist()
    ]
    known = {item.source_id for item in day.items}
    drafted = tuple(_moment(each) for each in moments)
    present = [each for each in moments if known.issuperset(cited_sources(each))]
    implied = {
        each.entity_id: each
        for each in resolve_mentions([], present, day, moments[0].dream_id if moments else "")
    }
    return Draft(
        moments=drafted,
        entities=tuple(_entity(each) for each in mentions if not _follows(each, implied)),
        edges=tuple(_edges(edges, {each.entity_id: each for each in mentions})),
    )


def _moment(moment: Moment) -> DraftMoment:
    metadata = {
        name: value for name, value in moment.metadata.items() if name not in ("source_ids", INSIGHTS)
    }
    first = moment.evidence[:1]
    return DraftMoment(
        name=moment.name,
        summary=moment.summary,
        moment_type=moment.moment_type,
        tags=moment.tags,
        emotions=tuple(
            DraftEmotion(tag=tag, handle=quote.source_id, quote=quote.quote)
            for tag in moment.emotion_tags
            for quote in first  # any of its quotes: the moment lists each once
        ),
        people=moment.people,
        outcomes=moment.outcomes,
        handles=tuple(cited_sources(moment)),
        evidence=tuple(DraftQuote(handle=each.source_id, quote=each.quote) for each in moment.evidence),
        facts=_statements(moment.facts),
        intentions=_statements(moment.intentions),
        confidence=moment.confidence,
        metadata=metadata,
    )


def _statements(statements: Sequence[Statement]) -> tuple[DraftStatement, ...]:
    return tuple(DraftStatement(text=each.text, handles=each.source_ids) for each in statements)


def _follows(mention: Mention, implied: Mapping[str, Mention]) -> bool:
    """Whether the moments' tags and people alone give this mention."""
    made = implied.get(mention.entity_id)
    return made is not None and made.kind == mention.kind and set(made.source_ids) == set(mention.source_ids)


def _entity(mention: Mention) -> DraftEntity:
    aliases = tuple(form for form in mention.surface_forms if form != mention.name)
    return DraftEntity(name=mention.name, kind=mention.kind, aliases=aliases, handles=mention.source_ids)


def _edges(edges: Sequence[Edge], mentions: Mapping[str, Mention]) -> list[DraftEdge]:
    """The edges that an agent drew from one entity to another."""
    types: tuple[Any, ...] = get_args(AgentEdgeType)
    return [
        DraftEdge.model_validate(
            {
                "source": mentions[edge.source_id].name,
                "target": mentions[edge.target_id].name,
                "edge_type": edge.edge_type,
                "why": str(edge.metadata.get("why", "")),
                "handles": tuple(each.source_id for each in edge.evidence),
            }
        )
        for edge in sorted(edges, key=lambda edge: edge.id)
        if edge.edge_type in types and {edge.source_id, edge.target_id} <= mentions.keys()
        if not _is_by_code(edge, mentions)
    ]


def _is_by_code(edge: Edge, mentions: Mapping[str, Mention]) -> bool:
    """Whether code relates the two, as one moment names both: in the order of their ids, without a reason."""
    source, target = mentions[edge.source_id], mentions[edge.target_id]
    shares = not set(source.moment_ids).isdisjoint(target.moment_ids)
    is_plain = not edge.evidence and not edge.metadata
    return edge.edge_type == "related_to" and shares and is_plain and edge.source_id < edge.target_id
