"""What is a session?"""

from pydantic import Field

from rem_dagster.model.record import Instant, Record


class Session(Record):
    """A conversation thread; what it holds are its messages."""

    id: str
    user_id: str
    source: str
    """The kind of source that brought it: jsonl, git, markdown."""
    native_id: str
    """The source's own id."""
    case_id: str | None = None
    """What several sessions of a source share."""
    title: str | None = None
    created_at: Instant
    ended_at: Instant | None = None
    utc_offset_minutes: int | None = None
    """Of the local time, where the source told its zone."""
    partition_key: str
    """The local day to which it belongs, in ISO form."""
    metadata: dict[str, object] = Field(default_factory=dict)
