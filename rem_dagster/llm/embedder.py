"""What turns texts into vectors, and which of these is there?"""

from collections.abc import Sequence
from typing import Protocol

from rem_dagster.llm.bert import Vectors
from rem_dagster.llm.minilm import find_minilm


class Embedder(Protocol):
    """A model that places texts so that those of like meaning lie close."""

    @property
    def name(self) -> str:
        """The model's name; vectors of different names are never compared."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors, float32[n, dimension], each of length 1, in the order of the texts.

        The same text gives the same vector, whatever it is embedded with, but for the last digits.

        Raises:
            ModelError: the model cannot be used; never a zero vector instead.
        """


def find_embedder() -> Embedder | None:
    """The embedder to use; None when none is installed. Nothing is loaded before the first text."""
    return find_minilm()
