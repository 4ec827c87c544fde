"""Who stands in for a model that must not be asked, so that only kept answers count?"""

from rem_dagster.errors import ModelError
from rem_dagster.llm.interface import Answer, Forecast, Request


class SilentModel:
    """A model that never answers; behind a cache, only what was answered before is there."""

    def __init__(self, name: str, endpoint: str) -> None:
        self._name = name
        self._endpoint = endpoint

    @property
    def name(self) -> str:
        """The model whose answers are looked for."""
        return self._name

    @property
    def endpoint(self) -> str:
        """Where it answered."""
        return self._endpoint

    async def answer(self, request: Request) -> Answer:
        """Never.

        Raises:
            ModelError: always; nothing was sent.
        """
        raise ModelError(f"No answer of {self._name!r} to this is kept. Nothing was sent.")

    def forecast(self, request: Request, *, completion_tokens: int) -> Forecast:
        """A call, which will not be made."""
        return Forecast(calls=1, completion_tokens=completion_tokens, cost_usd=None)

    async def close(self) -> None:
        """Nothing is open."""
