"""How many rows have a vector?"""

from dataclasses import dataclass

from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.llm.embedder_choice import embedding_model
from rem_dagster.recall.embedding import coverage


@dataclass(frozen=True)
class Vectors:
    """How many rows an embedding model has given a vector."""

    model: str
    held: int
    rows: int


def vectors_of(opened: Opened) -> Vectors | None:
    """What a home's embedding model has done so far; None where none is installed."""
    model = embedding_model(opened.home.settings)
    if model is None:
        return None
    held, rows = coverage(opened.store, model) if opened.has_tables else (0, 0)
    return Vectors(model, held, rows)


def vectors_words(vectors: Vectors | None) -> str:
    """The same in a line."""
    if vectors is None:
        return "none: no embedding model is installed; `rem embed` says how"
    more = "; `rem embed` makes the others" if vectors.held < vectors.rows else ""
    return f"{vectors.model}: {vectors.held:,} of {vectors.rows:,}{more}"
