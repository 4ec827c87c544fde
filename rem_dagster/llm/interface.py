"""What does the dream ask of a language model?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class Turn:
    """One message of a request."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Request:
    """One call: the turns, and the closed JSON schema that the answer must match."""

    turns: Sequence[Turn]
    schema_name: str
    schema: Mapping[str, Any]
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back. Token counts and cost are None when the endpoint did not say."""

    content: Mapping[str, Any]
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None


class ChatModel(Protocol):
    """A model behind some endpoint, or a script that plays one."""

    @property
    def name(self) -> str:
        """The model's name, as in the recipe of the days it made."""

    async def answer(self, request: Request) -> Answer:
        """The parsed answer to a request.

        Raises:
            ModelError: there was no usable answer; never an empty one instead.
        """
