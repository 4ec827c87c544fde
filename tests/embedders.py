"""An embedder without a model: words hashed into a few numbers, alike where texts share words."""

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

SAME = {"fahrrad": "bicycle"}
"""What a real model knows: different words, one meaning."""


class HashedWords:
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

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
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
