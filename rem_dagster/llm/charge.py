"""What did a call cost that gave no usable answer?"""

from dataclasses import dataclass
from typing import TypeVar

_NAME = "charge"
Failure = TypeVar("Failure", bound=BaseException)


@dataclass(frozen=True)
class Charge:
    """Calls made in vain, and what they cost; None where nobody said."""

    calls: int = 1
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    was_sent: bool = True
    """Whether text left this process; if not, there is nothing to keep or to audit."""


NOTHING_SENT = Charge(calls=0, prompt_tokens=0, completion_tokens=0, cost_usd=0.0, was_sent=False)
REJECTED = Charge(calls=0, prompt_tokens=0, completion_tokens=0, cost_usd=0.0)
"""Sent, and refused by the endpoint without being worked on, which no provider charges for."""


def charged(error: Failure, charge: Charge) -> Failure:
    """The error, which from now on says what it cost: a client raises `charged(ModelError(...), charge)`."""
    setattr(error, _NAME, charge)
    return error


def charge_of(error: BaseException) -> Charge | None:
    """What a failed call cost; None where nobody said, which is not to say that it was free."""
    charge = getattr(error, _NAME, None)
    return charge if isinstance(charge, Charge) else None
