"""What is a resource?"""

from pydantic import Field

from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import Category, TimeConfidence, Trust


class Resource(Record):
    """One chunk of a document as it changed on one day: a note, a commit, a transcript, an event."""

    id: str
    user_id: str
    source: str
    """The kind of source that brought it: jsonl, git, markdown."""
    native_id: str
    """The source's own id."""
    document_id: str
    """What the chunks of one document share."""
    chunk_ordinal: int = 0
    """Place of the chunk in its document, from 0."""
    name: str
    content: str
    uri: str | None = None
    category: Category = "document"
    tags: tuple[str, ...] = ()
    trust: Trust = "own"
    active_start_time: Instant | None = None
    """When it begins where it lasts, as a call or an event does."""
    active_end_time: Instant | None = None
    created_at: Instant
    utc_offset_minutes: int | None = None
    """Of the local time, where the source told its zone."""
    time_confidence: TimeConfidence = "exact"
    partition_key: str
    """The local day to which it belongs, in ISO form."""
    metadata: dict[str, object] = Field(default_factory=dict)
