"""How does a model of fastembed run, for those who may download one?

Its models are fetched by its own client at first use and then run on this machine; nobody's text is sent.
Source: fastembed 0.9, `TextEmbedding`.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from rem_dagster.errors import ModelError
from rem_dagster.llm.bert import Vectors
from rem_dagster.llm.embedder import OnThisMachine
from rem_dagster.llm.interface import Purpose
from rem_dagster.settings import forbids_live_models

if TYPE_CHECKING:
    from fastembed import TextEmbedding

PREFIX = "fastembed:"
DEFAULT_MODEL = "BAAI/bge-small-en-v1.5"
"""fastembed's own default, 67 MB."""
HOW_TO_GET_FASTEMBED = "pip install 'rem-dagster[fastembed]'"
MOST_CHARACTERS = 20_000
"""More than any of its small models reads; spares tokenising a pasted log."""


def has_fastembed() -> bool:
    """Whether it is installed."""
    return find_spec("fastembed") is not None


def find_fastembed() -> "FastEmbed | None":
    """Its default model, if it is installed."""
    return FastEmbed(DEFAULT_MODEL) if has_fastembed() else None


class FastEmbed(OnThisMachine):
    """One of its models; it is fetched and loaded when the first text comes."""

    def __init__(self, model: str) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's name with its prefix: elsewhere a model of that name gives other vectors."""
        return PREFIX + self._model

    def embed(self, texts: Sequence[str], purpose: Purpose | None = None) -> Vectors:
        """The unit vector of each text; see `Embedder.embed`."""
        if not texts:
            return np.zeros((0, 0), np.float32)
        try:
            rows = list(_loaded(self._model).embed([text[:MOST_CHARACTERS] for text in texts]))
        except Exception as error:  # what it raises is of six libraries: a download, a file, an unknown name
            raise ModelError(
                f"fastembed could not embed with {self._model!r}: {str(error).rstrip('.')}. Nothing was "
                "changed. See that the name is one of its models, and that it can be downloaded once."
            ) from error
        vectors = np.asarray(rows, np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


@lru_cache(maxsize=1)
def _loaded(model: str) -> "TextEmbedding":
    """One model in a process, so that it is read once."""
    from fastembed import TextEmbedding

    return TextEmbedding(model_name=model, local_files_only=forbids_live_models())
