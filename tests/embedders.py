"""An embedder without a model: words hashed into a few numbers, alike where texts share words."""

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from rem_dagster.llm.embedder import OnThisMachine
from rem_dagster.llm.interface import Forecast, Purpose

SAME = {"fahrrad": "bicycle"}
"""What a real model knows: different words, one meaning."""


class HashedWords(OnThisMachine):
    """Counts what it was asked to embed, and may fail after some texts, as a killed process would."""

    def __init__(self, *, name: str = "hashed-words", dies_after: int | None = None) -> None:
        self.texts: list[str] = []
        self._name = name
        self._dies_after = dies_after

    @property
    def name(self) -> str:
        """The name it goes by."""
        return self._name

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return 64

    def embed(self, texts: Sequence[str], purpose: Purpose | None = None) -> npt.NDArray[np.float32]:
        """One unit vector for each text; see `Embedder.embed`."""
        if self._dies_after is not None and len(self.texts) + len(texts) > self._dies_after:
            raise KeyboardInterrupt
        self.texts += texts
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.1
            for word in re.findall(r"\w+", text.lower()):
                digest = blake2b(SAME.get(word, word).encode(), digest_size=8).digest()
                vectors[row, 1 + int.from_bytes(digest, "big") % (self.dimension - 1)] += 1
        unit: npt.NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


class SentAway(HashedWords):
    """The same behind an endpoint: it remembers each request and for whom it was, and may stop."""

    def __init__(
        self, *, at_once: int = 100, stops_after: int | None = None, error: Exception | None = None
    ) -> None:
        super().__init__(name="sent-away")
        self.requests: list[tuple[list[str], Purpose | None]] = []
        self._at_once = at_once
        self._stops_after = stops_after
        self._error = error

    @property
    def endpoint(self) -> str | None:
        """An address."""
        return "https://models.example.org/v1"

    def batches(self, texts: Sequence[str]) -> list[int]:
        """So many at once."""
        return [min(self._at_once, len(texts) - at) for at in range(0, len(texts), self._at_once)]

    def forecast(self, texts: Sequence[str]) -> Forecast:
        """One call a batch."""
        return Forecast(calls=len(self.batches(texts)))

    def embed(self, texts: Sequence[str], purpose: Purpose | None = None) -> npt.NDArray[np.float32]:
        """One request."""
        if self._error is not None and len(self.requests) == self._stops_after:
            raise self._error
        self.requests.append((list(texts), purpose))
        return super().embed(texts, purpose)
