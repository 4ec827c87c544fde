"""What keeps the tables of vectors in order, whichever models they are of?"""

from dataclasses import dataclass

from rem_dagster.store.database import Store
from rem_dagster.store.nearest import INDEX_FROM_ROWS, ensure_index
from rem_dagster.store.vectors import EMBEDDED, models_held, remove_gone, table_of


@dataclass(frozen=True)
class VectorUpkeep:
    """What was done."""

    tables: tuple[str, ...]
    """Every table of vectors."""
    removed: int
    """Vectors of rows that are no longer there."""
    indexed: tuple[str, ...]
    """Tables that got an index."""


def keep_vectors(store: Store, *, index_from_rows: int = INDEX_FROM_ROWS) -> VectorUpkeep:
    """Remove vectors of rows that are gone, compact every table of vectors, and index the large ones.

    It may take minutes, so no dream calls it.
    """
    models = models_held(store)
    removed = sum(remove_gone(store, table, model) for model in models for table in EMBEDDED)
    for model in models:
        store.optimize(table_of(model))
    indexed = [model for model in models if ensure_index(store, model, from_rows=index_from_rows)]
    return VectorUpkeep(tuple(map(table_of, models)), removed, tuple(map(table_of, indexed)))
