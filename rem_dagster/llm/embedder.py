"""What turns texts into vectors, wherever it runs?"""

from collections.abc import Sequence
from typing import Protocol

from rem_dagster.llm.bert import Vectors
from rem_dagster.llm.interface import Forecast, Purpose


class Embedder(Protocol):
    """A model that places texts so that those of like meaning lie close."""

    @property
    def name(self) -> str:
        """The model's name; vectors of different names are never compared."""

    @property
    def endpoint(self) -> str | None:
        """Where texts are sent: a URL without credentials; None when they stay on this machine."""

    def batches(self, texts: Sequence[str]) -> list[int]:
        """How many of the texts, from the first on, to embed at once: what one failure may lose."""

    def embed(self, texts: Sequence[str], purpose: Purpose | None = None) -> Vectors:
        """The vectors, float32[n, dimension], each of length 1, in the order of the texts.

        The same text gives the same vector, whatever it is embedded with, but for the last digits.

        Args:
            purpose: whose texts they are and from where, for the audit log: one user's, never several'.

        Raises:
            ModelError: the model cannot be used; never a zero vector instead.
            BudgetError: a call would pass a limit; nothing was sent for it.
        """

    def forecast(self, texts: Sequence[str]) -> Forecast:
        """What embedding the texts would take, without asking."""

    def require_affordable(self, forecast: Forecast) -> None:
        """Raise BudgetError where the limits would stop such work before its end."""


class OnThisMachine:
    """What all models share that send nothing and cost nothing."""

    @property
    def endpoint(self) -> str | None:
        """Nowhere."""
        return None

    def batches(self, texts: Sequence[str]) -> list[int]:
        """All at once."""
        return [len(texts)] if texts else []

    def forecast(self, texts: Sequence[str]) -> Forecast:
        """No call."""
        return Forecast()

    def require_affordable(self, forecast: Forecast) -> None:
        """It is free."""
