"""What is a message?"""

from pydantic import Field

from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import Role, TimeConfidence, Trust


class ToolCall(Record):
    """One call of a tool that an assistant made; `arguments` is its JSON text."""

    id: str = ""
    name: str
    arguments: str = ""


class Message(Record):
    """One turn of a session."""

    id: str
    user_id: str
    source: str
    native_id: str
    session_id: str
    seq: int = 0
    """Place among the messages of its session that share `created_at`."""
    role: Role
    author: str | None = None
    trust: Trust = "own"
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    trace_id: str | None = None
    span_id: str | None = None
    created_at: Instant
    utc_offset_minutes: int | None = None
    time_confidence: TimeConfidence = "exact"
    partition_key: str
    metadata: dict[str, object] = Field(default_factory=dict)
