"""What does a source say happened, before it is stored?"""

from datetime import datetime

from pydantic import Field

from rem_dagster.model.message import ToolCall
from rem_dagster.model.record import Record
from rem_dagster.model.words import Category, Role, TimeConfidence, Trust


class ActivityItem(Record):
    """What every item of every source says; `native_id` is the source's own id.

    Times may lack a zone: then they are local times of the home.
    """

    native_id: str
    user_id: str | None = None
    """None is the user for whom the import runs."""
    created_at: datetime
    utc_offset_minutes: int | None = None
    time_confidence: TimeConfidence = "exact"
    trust: Trust = "own"
    updated_at: datetime | None = None
    metadata: dict[str, object] = Field(default_factory=dict)


class SessionItem(ActivityItem):
    """A conversation as its source knows it."""

    case_id: str | None = None
    title: str | None = None
    ended_at: datetime | None = None


class MessageItem(ActivityItem):
    """A turn of a conversation as its source knows it."""

    session_native_id: str
    role: Role
    author: str | None = None
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    trace_id: str | None = None
    span_id: str | None = None
    place: int | None = None
    """Where it stands among the session's messages of the same instant; None counts them as they come."""


class ResourceItem(ActivityItem):
    """A document, note, commit, transcript or event as its source knows it, whole."""

    name: str
    content: str
    category: Category = "document"
    uri: str | None = None
    tags: tuple[str, ...] = ()
    active_start_time: datetime | None = None
    active_end_time: datetime | None = None


Activity = SessionItem | MessageItem | ResourceItem
