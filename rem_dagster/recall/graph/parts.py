"""What are the nodes and edges of a graph, as it is shown?"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

NodeKind = Literal["entity", "moment", "resource", "session", "other"]


@dataclass(frozen=True)
class Node:
    """An entity with all its spellings, a moment, a resource, or a session."""

    id: str
    kind: NodeKind
    name: str
    detail: str | None = None
    """The kind of an entity, the type of a moment, the category of a resource."""
    aliases: tuple[str, ...] = ()
    """Other names of an entity, those of its members too."""
    members: tuple[str, ...] = ()
    """The ids of the entities that are this one, where there are several."""
    at: datetime | None = None
    """When a moment began, when a resource or session came to be."""
    mentions: int = 0
    """How often an entity is named."""


@dataclass(frozen=True)
class Relation:
    """The edges of one type from one node to another, over all their days."""

    source_id: str
    target_id: str
    edge_type: str
    weight: float
    days: tuple[str, ...]
    """The ISO days that have it, in order."""
    generated_by: tuple[str, ...] = ()
    why: str | None = None

    @property
    def ends(self) -> tuple[str, str]:
        """Source and target."""
        return self.source_id, self.target_id

    def other_end(self, node_id: str) -> str:
        """The end that is not this one."""
        return self.target_id if node_id == self.source_id else self.source_id


@dataclass(frozen=True)
class Graph:
    """Nodes with the relations among them; `left_out` nodes were there too."""

    nodes: tuple[Node, ...]
    relations: tuple[Relation, ...]
    left_out: int = 0
    importance: dict[str, float] = field(default_factory=dict)
    """Node -> its share of all importance (PageRank), where it was asked for."""
    moments: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    """Entity -> the last moments that mention it, where they were asked for."""
