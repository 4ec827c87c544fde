"""What does the ledger say about the dream of one user's day?"""

from pydantic import Field

from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import DreamStatus

CORRECTED = "corrections"
"""The count that says how many corrections a day's moments have; absent where none."""


class QuarantinedClaim(Record):
    """A claim that did not pass verification, and why."""

    kind: str
    text: str
    reason: str


class Dream(Record):
    """One row of the ledger: what a day was made from, with what, and at what cost."""

    id: str
    user_id: str
    partition_key: str
    status: DreamStatus
    input_digest: str
    input_hash: str
    recipe: str
    engine: str
    model: str | None = None
    agentlet: str
    agentlet_version: str
    counts: dict[str, int] = Field(default_factory=dict)
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0
    """USD of the answers used; None when a price is unknown."""
    coverage: float | None = None
    """Share of the day's items that a moment cites; None when the day holds none."""
    quarantine: tuple[QuarantinedClaim, ...] = ()
    error: str | None = None
    attempts: int = 1
    """Times the model was asked for the answers used."""
    dream_id: str
    calls_paid: int = 0
    run_id: str | None = None
    dreamt_at: Instant | None = None
    duration_seconds: float | None = None
