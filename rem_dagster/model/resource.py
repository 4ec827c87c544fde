"""What is a resource?"""

from pydantic import Field

from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import Category, TimeConfidence, Trust


class Resource(Record):
    """One chunk of a document as it changed on one day: a note, a commit, a transcript, an event."""

    id: str
    user_id: str
    source: str
    native_id: str
    document_id: str
    chunk_ordinal: int = 0
    name: str
    content: str
    uri: str | None = None
    category: Category = "document"
    tags: tuple[str, ...] = ()
    trust: Trust = "own"
    active_start_time: Instant | None = None
    active_end_time: Instant | None = None
    created_at: Instant
    utc_offset_minutes: int | None = None
    time_confidence: TimeConfidence = "exact"
    partition_key: str
    metadata: dict[str, object] = Field(default_factory=dict)
