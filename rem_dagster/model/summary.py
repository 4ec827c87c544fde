"""What is a summary?"""

from pydantic import Field

from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import Period


class Summary(Record):
    """A recap of one user's day, week or month; seen in SQL as a resource."""

    id: str
    user_id: str
    period: Period
    partition_key: str
    """The first day of the period."""
    name: str
    content: str
    start_time: Instant
    end_time: Instant
    created_at: Instant
    moment_ids: tuple[str, ...] = ()
    input_hash: str
    recipe: str
    dream_id: str | None = None
    metadata: dict[str, object] = Field(default_factory=dict)
