"""What is an edge?"""

from pydantic import Field

from rem_dagster.model.moment import Evidence
from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import EdgeOwner, EdgeType


class Edge(Record):
    """A directed relation between two records of one user, written by one owner on one day."""

    id: str
    user_id: str
    partition_key: str
    """The local day to which it belongs, in ISO form."""
    source_id: str
    target_id: str
    edge_type: EdgeType
    weight: float = 1.0
    evidence: tuple[Evidence, ...] = ()
    valid_from: Instant | None = None
    """From when on it holds; None is always."""
    valid_to: Instant | None = None
    generated_by: EdgeOwner
    """Who wrote it: a dream, an import, the links across days, or the user."""
    dream_id: str | None = None
    metadata: dict[str, object] = Field(default_factory=dict)
