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
    """The kind of source that brought it: jsonl, git, markdown."""
    native_id: str
    """The source's own id."""
    session_id: str
    seq: int = 0
    """Place among the messages of its session that share `created_at`."""
    role: Role
    """Who speaks: the user, an assistant, the system or a tool."""
    author: str | None = None
    """A name, where the source has one."""
    trust: Trust = "own"
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    trace_id: str | None = None
    span_id: str | None = None
    created_at: Instant
    utc_offset_minutes: int | None = None
    """Of the local time, where the source told its zone."""
    time_confidence: TimeConfidence = "exact"
    partition_key: str
    """The local day to which it belongs, in ISO form."""
    metadata: dict[str, object] = Field(default_factory=dict)
