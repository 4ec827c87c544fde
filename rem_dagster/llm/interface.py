"""What does the dream ask of a language model?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from rem_dagster.llm.charge import REJECTED, Charge


@dataclass(frozen=True)
class Turn:
    """One message of a request."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Purpose:
    """Why a call is made: what the audit log tells of it. No part of the request that is sent."""

    user_id: str
    days: tuple[str, ...]
    """ISO days that the answer is for."""
    source_ids: tuple[str, ...]
    """Messages and resources whose text is sent."""


@dataclass(frozen=True)
class Request:
    """One call: the turns, and the closed JSON schema that the answer must match.

    Two requests with equal turns, schema and parameters are the same one; `attempt` tells apart answers
    to the same request that are wanted anew.
    """

    turns: Sequence[Turn]
    schema_name: str
    schema: Mapping[str, Any]
    parameters: Mapping[str, object] = field(default_factory=dict)
    """Such as temperature and max_tokens."""
    purpose: Purpose | None = None
    attempt: int = 0


@dataclass(frozen=True)
class Answer:
    """What came back. Token counts and cost are None when nobody said; cost is in USD."""

    content: Mapping[str, Any]
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    calls_paid: int = 1
    """Calls made to get it now: 0 when it was kept from before, more than 1 after lost answers."""
    lost: Charge = REJECTED
    """What the calls before it cost whose answers were lost or not used; no part of its own counts."""


@dataclass(frozen=True)
class Forecast:
    """What a request would take if it were made now; all 0 where its answer is kept."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0
    """USD; None when the price is unknown."""

    def __add__(self, other: "Forecast") -> "Forecast":
        known = self.cost_usd is not None and other.cost_usd is not None
        return Forecast(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            (self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
        )


class ChatModel(Protocol):
    """A model behind some endpoint, a script that plays one, or one of these with a memory or a budget."""

    @property
    def name(self) -> str:
        """The model's name, as in the recipe of the days it made."""

    @property
    def endpoint(self) -> str:
        """Where requests go: a URL without credentials, or `script`."""

    async def answer(self, request: Request) -> Answer:
        """The parsed answer to a request.

        Raises:
            TruncatedError: the answer was cut for its length; ask about less.
            ModelError: there was no usable answer; never an empty one instead.
            BudgetError: the call would pass a limit; nothing was sent.
        """

    def forecast(self, request: Request, *, completion_tokens: int) -> Forecast:
        """What a request would take, without asking.

        Args:
            completion_tokens: how long its answer is expected to be.
        """

    async def close(self) -> None:
        """Close this event loop's connections; another request opens new ones."""
