"""How do rows get their vectors?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from rem_dagster.llm.embedder import Embedder
from rem_dagster.store.database import Store
from rem_dagster.store.vectors import (
    EMBEDDED_TABLES,
    Scope,
    compact_vectors,
    count_vectors,
    drop_vectors,
    missing,
    remove_gone,
    texts_of,
    write_vectors,
)

CHUNK_ROWS = 500
"""Rows embedded between two writes: some seconds of work, lost at most when it is killed."""

OnChunk = Callable[[int, int], None]


@dataclass
class EmbedCounts:
    """What was done: rows embedded by table, and vectors of deleted rows that were removed."""

    embedded: dict[str, int] = field(default_factory=lambda: dict.fromkeys(EMBEDDED_TABLES, 0))
    removed: int = 0

    @property
    def total(self) -> int:
        """Rows embedded of all tables."""
        return sum(self.embedded.values())


def embed_missing(
    store: Store,
    embedder: Embedder,
    *,
    user_ids: Sequence[str] | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    progress: OnChunk = lambda done, total: None,
) -> EmbedCounts:
    """Embed every message, resource and moment whose content has no vector yet.

    Killed anywhere, the next call goes on where this one stopped; when nothing is missing, no text is
    embedded and the model is not loaded.

    Args:
        user_ids: only these users; None is all.
        first_day: included; None is the beginning.
        last_day: included; None is the end.
        progress: called with rows done and rows in all, at the start and after each write.
    """
    scope = Scope(
        user_ids,
        first_day.isoformat() if first_day else None,
        last_day.isoformat() if last_day else None,
    )
    counts = EmbedCounts()
    for table in EMBEDDED_TABLES:
        counts.removed += remove_gone(store, table, embedder.name, scope)
    work = {table: missing(store, table, embedder.name, scope) for table in EMBEDDED_TABLES}
    total = sum(rows.num_rows for rows in work.values())
    done = 0
    progress(done, total)
    for table, rows in work.items():
        for at in range(0, rows.num_rows, CHUNK_ROWS):
            chunk = rows.slice(at, CHUNK_ROWS)
            counts.embedded[table] += _embed(store, embedder, table, chunk)
            done += chunk.num_rows
            progress(done, total)
    compact_vectors(store, embedder.name)
    return counts


def drop_all(store: Store, embedder: Embedder) -> None:
    """Drop all vectors of a model, so that `embed_missing` makes every one again."""
    drop_vectors(store, embedder.name)


def days_to_embed(store: Store, model: str, *, last_day: date | None = None) -> list[date]:
    """The days on which some row has no vector of a model yet, in order."""
    scope = Scope(last_day=last_day.isoformat() if last_day else None)
    days = {
        day
        for table in EMBEDDED_TABLES
        for day in missing(store, table, model, scope)["partition_key"].unique().to_pylist()
    }
    return [date.fromisoformat(day) for day in sorted(days)]


def coverage(store: Store, model: str) -> tuple[int, int]:
    """How many rows have a vector of a model, and how many there are: counted, not compared."""
    rows = sum(store.count(table) for table in EMBEDDED_TABLES)
    return min(count_vectors(store, model), rows), rows


def _embed(store: Store, embedder: Embedder, table: str, rows: pa.Table) -> int:
    """Embed one chunk; a row that was deleted meanwhile is left out."""
    texts = texts_of(store, table, rows["id"].to_pylist())
    places = [place for place, row_id in enumerate(rows["id"].to_pylist()) if row_id in texts]
    there = rows.take(pa.array(places, pa.int64()))
    if places:
        vectors = embedder.embed([texts[row_id] for row_id in there["id"].to_pylist()])
        write_vectors(store, table, embedder.name, there, vectors)
    return len(places)
