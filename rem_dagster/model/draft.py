"""What does an engine say about a segment, before anybody checks it?

Both engines give this one type. A draft holds no id, no date and no duration: it cites handles and
short verbatim quotes, and code makes the rest.
"""

from pydantic import Field

from rem_dagster.model.record import Record
from rem_dagster.model.words import AgentEdgeType, EntityKind


class DraftQuote(Record):
    """A short excerpt, letter for letter, of the input with that handle."""

    handle: str
    quote: str


class DraftEmotion(Record):
    """A feeling from the closed list, and the words that show it."""

    tag: str
    handle: str
    quote: str


class DraftStatement(Record):
    """One self-contained sentence and the inputs that it rests on."""

    text: str
    handles: tuple[str, ...]


class DraftMoment(Record):
    """A piece of the day; `handles` are all inputs that belong to it."""

    name: str
    summary: str
    moment_type: str
    tags: tuple[str, ...] = ()
    emotions: tuple[DraftEmotion, ...] = ()
    people: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    handles: tuple[str, ...]
    evidence: tuple[DraftQuote, ...] = ()
    facts: tuple[DraftStatement, ...] = ()
    intentions: tuple[DraftStatement, ...] = ()
    confidence: float | None = None
    metadata: dict[str, object] = Field(default_factory=dict)


class DraftEntity(Record):
    """A person, tool, topic or other thing that the inputs name."""

    name: str
    kind: EntityKind
    aliases: tuple[str, ...] = ()
    handles: tuple[str, ...]


class DraftEdge(Record):
    """A relation between two entities of the draft, by their names."""

    source: str
    target: str
    edge_type: AgentEdgeType
    why: str = ""
    handles: tuple[str, ...] = ()


class Draft(Record):
    """What an engine makes of one segment."""

    moments: tuple[DraftMoment, ...] = ()
    entities: tuple[DraftEntity, ...] = ()
    edges: tuple[DraftEdge, ...] = ()
    day_summary: str = ""
    """At most 70 words on this segment, events first."""
