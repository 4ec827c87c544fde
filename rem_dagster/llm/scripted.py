"""Which model answers from a script, for tests and rehearsals?"""

from collections.abc import Callable, Mapping
from typing import Any

from rem_dagster.errors import ModelError
from rem_dagster.llm.interface import Answer, Forecast, Request

Script = Callable[[Request], Mapping[str, Any] | None]


class ScriptedModel:
    """Answers each request by a function of it; None from the function is a failed call.

    Tokens are counted as one for four characters, so that costs can be rehearsed.
    """

    def __init__(self, script: Script, *, name: str = "scripted", usd_per_token: float | None = 0.0) -> None:
        self._script = script
        self._name = name
        self._usd_per_token = usd_per_token
        self.requests: list[Request] = []

    @property
    def name(self) -> str:
        """The name it goes by."""
        return self._name

    @property
    def endpoint(self) -> str:
        """A script goes nowhere."""
        return "script"

    async def answer(self, request: Request) -> Answer:
        """What the script says; see `ChatModel.answer`."""
        self.requests.append(request)
        content = self._script(request)
        if content is None:
            raise ModelError(f"The scripted model {self._name!r} has no answer to this request.")
        asked = sum(len(turn.content) for turn in request.turns) // 4
        answered = len(str(content)) // 4
        price = self._usd_per_token
        return Answer(
            content=content,
            prompt_tokens=asked,
            completion_tokens=answered,
            cost_usd=None if price is None else price * (asked + answered),
        )

    def forecast(self, request: Request, *, completion_tokens: int) -> Forecast:
        """As it counts when it answers."""
        asked = sum(len(turn.content) for turn in request.turns) // 4
        price = self._usd_per_token
        return Forecast(
            calls=1,
            prompt_tokens=asked,
            completion_tokens=completion_tokens,
            cost_usd=None if price is None else price * (asked + completion_tokens),
        )

    async def close(self) -> None:
        """A script holds nothing open."""
