"""When was each message of a conversation said, where its export does not tell for all of them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rem_dagster.model.words import TimeConfidence

CLOCKS_DIFFER = timedelta(hours=1)
"""By as much a message may be earlier than the one before it, and still its clock is the one at fault."""
INHERITED = "has no time that can be used; that of its neighbour was taken"
BEFORE_ITS_TIME = "is earlier than the message before it; that one's time was taken"


@dataclass(frozen=True)
class Settled:
    """When a message was said, as far as is known."""

    at: datetime
    confidence: TimeConfidence = "exact"
    notice: str | None = None
    """What was wrong with the time that its source says."""


def settle_times(told: Sequence[datetime | None], otherwise: datetime | None) -> list[Settled] | None:
    """The times of messages that follow each other, in their order; None when no time at all is known.

    A missing one inherits from the message before it, else from the first after it that has one. The order
    is that of the messages, so a clock that went a little back does not change it:

        told     -     9:00   -      8:59:58   9:05    7:00
        settled  9:00  9:00   9:00   9:00      9:05    7:00

    Args:
        otherwise: the time of the whole conversation.
    """
    first = next((at for at in told if at is not None), otherwise)
    if first is None:
        return None
    settled: list[Settled] = []
    last = first
    for at in told:
        settled.append(_settled(at, last))
        last = settled[-1].at
    return settled


def _settled(at: datetime | None, last: datetime) -> Settled:
    if at is None:
        return Settled(last, "guessed", INHERITED)
    if timedelta() < last - at <= CLOCKS_DIFFER:
        return Settled(last, "guessed", BEFORE_ITS_TIME)
    return Settled(at)
