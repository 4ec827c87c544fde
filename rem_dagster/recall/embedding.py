"""How do rows get their vectors?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from rem_dagster.llm.bert import Vectors
from rem_dagster.llm.embedder import Embedder
from rem_dagster.llm.interface import Forecast, Purpose
from rem_dagster.store.database import Store
from rem_dagster.store.vectors import (
    EMBEDDED,
    Scope,
    compact_vectors,
    count_embedded,
    count_vectors,
    drop_vectors,
    everything,
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

    embedded: dict[str, int] = field(default_factory=lambda: dict.fromkeys(EMBEDDED, 0))
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
    tables: Sequence[str] = EMBEDDED,
    counts: EmbedCounts | None = None,
    progress: OnChunk = lambda done, total: None,
) -> EmbedCounts:
    """Embed every message, resource, moment and fact of a moment whose content has no vector yet.

    Killed anywhere, the next call goes on where this one stopped; when nothing is missing, no text is
    embedded and the model is not loaded. Where the model stops in the middle, what it gave before is stored.

    Args:
        user_ids: only these users; None is all.
        first_day: included; None is the beginning.
        last_day: included; None is the end.
        tables: only rows of these.
        counts: counted into, so that it is known where the model stops in the middle.
        progress: called with rows done and rows in all, at the start and after each write.

    Raises:
        ModelError: the model cannot be used.
        BudgetError: a call would pass a limit.
    """
    scope = Scope(
        user_ids,
        first_day.isoformat() if first_day else None,
        last_day.isoformat() if last_day else None,
    )
    counts = counts or EmbedCounts()
    for table in tables:
        counts.removed += remove_gone(store, table, embedder.name, scope)
    work = {table: missing(store, table, embedder.name, scope) for table in tables}
    total = sum(rows.num_rows for rows in work.values())
    done = 0
    progress(done, total)
    for table, rows in work.items():
        for at in range(0, rows.num_rows, CHUNK_ROWS):
            chunk = rows.slice(at, CHUNK_ROWS)
            _embed(store, embedder, table, chunk, counts)
            done += chunk.num_rows
            progress(done, total)
    compact_vectors(store, embedder.name)
    return counts


def forecast_missing(
    store: Store,
    embedder: Embedder,
    *,
    user_ids: Sequence[str] | None = None,
    is_rebuilt: bool = False,
) -> tuple[int, Forecast]:
    """How many rows would be embedded, and what that would take; nothing is asked and nothing written.

    Args:
        is_rebuilt: count all rows, as if none had a vector.
    """
    scope, total, forecast = Scope(user_ids), 0, Forecast()
    for table in EMBEDDED:
        rows = everything(store, table, scope) if is_rebuilt else missing(store, table, embedder.name, scope)
        total += rows.num_rows
        if embedder.endpoint is None:
            continue
        for at in range(0, rows.num_rows, CHUNK_ROWS):
            chunk = rows.slice(at, CHUNK_ROWS)
            texts = texts_of(store, table, chunk["id"].to_pylist())
            there = [row for row in chunk.to_pylist() if row["id"] in texts]
            for part in _parts(embedder, there, texts):
                forecast += embedder.forecast([texts[there[place]["id"]] for place in part])
    return total, forecast


def drop_all(store: Store, embedder: Embedder) -> None:
    """Drop all vectors of a model, so that `embed_missing` makes every one again."""
    drop_vectors(store, embedder.name)


def days_to_embed(store: Store, model: str, *, last_day: date | None = None) -> list[date]:
    """The days on which some row has no vector of a model yet, in order."""
    scope = Scope(last_day=last_day.isoformat() if last_day else None)
    days = {
        day
        for table in EMBEDDED
        for day in missing(store, table, model, scope)["partition_key"].unique().to_pylist()
    }
    return [date.fromisoformat(day) for day in sorted(days)]


def coverage(store: Store, model: str) -> tuple[int, int]:
    """How many rows have a vector of a model, and how many there are: counted, not compared."""
    rows = count_embedded(store)
    return min(count_vectors(store, model), rows), rows


def _embed(store: Store, embedder: Embedder, table: str, rows: pa.Table, counts: EmbedCounts) -> None:
    """Embed one chunk and store what was embedded, even where the model stops in the middle.

    A row that was deleted meanwhile is left out.
    """
    texts = texts_of(store, table, rows["id"].to_pylist())
    rows = rows.filter(pa.array([row_id in texts for row_id in rows["id"].to_pylist()], pa.bool_()))
    there = rows.to_pylist()
    places: list[int] = []
    made: list[Vectors] = []
    try:
        for part in _parts(embedder, there, texts):
            few = [there[place] for place in part]
            purpose = None if embedder.endpoint is None else _purpose(few)
            made.append(embedder.embed([texts[row["id"]] for row in few], purpose))
            places += part
    finally:
        if made:
            chosen = rows.take(pa.array(places, pa.int64()))
            write_vectors(store, table, embedder.name, chosen, np.concatenate(made))
            counts.embedded[table] += len(places)


def _parts(
    embedder: Embedder, rows: Sequence[Mapping[str, Any]], texts: Mapping[str, str]
) -> Iterator[list[int]]:
    """Places of the rows to embed at once: where texts are sent away, of one user alone."""
    by_user: dict[str | None, list[int]] = {}
    for place, row in enumerate(rows):
        by_user.setdefault(None if embedder.endpoint is None else row["user_id"], []).append(place)
    for places in by_user.values():
        at = 0
        for size in embedder.batches([texts[rows[place]["id"]] for place in places]):
            yield places[at : at + size]
            at += size


def _purpose(rows: Sequence[Mapping[str, Any]]) -> Purpose:
    """Whose rows they are, of which days."""
    days = sorted({row["partition_key"] for row in rows})
    return Purpose(rows[0]["user_id"], tuple(days), tuple(row["id"] for row in rows))
