"""What is a session?"""

from pydantic import Field

from rem_dagster.model.record import Instant, Record


class Session(Record):
    """A conversation thread; what it holds are its messages."""

    id: str
    user_id: str
    source: str
    native_id: str
    case_id: str | None = None
    title: str | None = None
    created_at: Instant
    ended_at: Instant | None = None
    utc_offset_minutes: int | None = None
    partition_key: str
    metadata: dict[str, object] = Field(default_factory=dict)
