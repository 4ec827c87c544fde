"""How many rows has each month of a user, and which are they, in a few characters?"""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from rem_dagster.store.counting import counting
from rem_dagster.store.database import Store
from rem_dagster.store.digest import by_day
from rem_dagster.store.text.entries import COLUMNS

if TYPE_CHECKING:
    import lance

Months: TypeAlias = dict[tuple[str, str], tuple[int, str]]
"""By user and month, how many rows there are and a hash of them."""

HASHES = {
    "moments": "bit_xor(hash(hash({columns}, facts, resource_ids, dream_id)))",
    "summaries": "bit_xor(hash(hash({columns})))",
}
"""Of what a dream makes: all that is indexed of it, which may differ under the same dream, as when a model is
asked anew. DuckDB joins the hash of its last column to the others by XOR, so that what the rows of a day have
in common would cancel itself out where their number is even: hence the outer hash."""
_MONTHS = (
    "SELECT user_id, substr(partition_key, 1, 7), count(*)::BIGINT, {hash}::VARCHAR FROM source GROUP BY 1, 2"
)
_RAW_COLUMNS = ["user_id", "partition_key", "content_hash"]


def months_of(store: Store, tables: Iterable[str]) -> dict[str, Months]:
    """By table, count and hash of each user's rows of each month."""
    return {
        table: _of_derived(store, table) if table in HASHES else _of_raw(store, table) for table in tables
    }


def _of_derived(store: Store, table: str) -> Months:
    """DuckDB makes the hash, and is imported only where there is something to hash."""
    if not store.count(table):
        return {}

    def counted(held: "lance.LanceDataset") -> Months:
        with counting() as connection:
            connection.register("source", held)
            rows = connection.execute(_MONTHS.format(hash=_hash_of(table))).fetchall()
        return {(user, month): (count, hashed) for user, month, count, hashed in rows}

    return store.of_newest(table, "compare", counted)


def _hash_of(table: str) -> str:
    return HASHES[table].format(columns=", ".join(COLUMNS[table]))


def _of_raw(store: Store, table: str) -> Months:
    """Those rows carry their hash: some are folded at a time, without DuckDB and its forty megabytes."""
    return store.of_newest(
        table, "compare", lambda held: _folded(held.scanner(columns=_RAW_COLUMNS).to_reader())
    )


def _folded(batches: Iterable[pa.RecordBatch]) -> Months:
    import numpy as np

    counts: Counter[tuple[str, str]] = Counter()
    hashes: dict[tuple[str, str], int] = {}
    for batch in batches:
        if not batch.num_rows:
            continue
        keys, place = by_day(batch)
        folded = np.zeros(len(keys), np.int64)
        np.bitwise_xor.at(folded, place, batch["content_hash"].fill_null(0).to_numpy())
        found = np.bincount(place, minlength=len(keys))
        for (user, day), fold, count in zip(keys, folded.tolist(), found.tolist(), strict=True):
            month = (user, day[:7])
            counts[month] += count
            hashes[month] = hashes.get(month, 0) ^ fold
    return {month: (count, str(hashes[month])) for month, count in counts.items()}
