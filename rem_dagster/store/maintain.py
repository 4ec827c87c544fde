"""How much room does a table take, how much of that is in use, and when is it put in order?"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from rem_dagster.store.database import Store, translated

MOST_FRAGMENTS = 20
"""Each commit leaves a fragment; 2,190 of them made a look-up by id a hundred times slower."""


@dataclass(frozen=True)
class TableSize:
    """Rows and bytes of a table; bytes are None where the tables do not lie on this machine."""

    rows: int
    bytes_on_disk: int | None
    live_bytes: int | None
    """Bytes of the files that hold the newest version's rows; the rest is indexes, history and leftovers."""


def table_size(store: Store, table: str) -> TableSize:
    """The size of a table's newest version, and of all that lies in its directory."""
    dataset = store.dataset(table)
    with translated(f"measure table {table!r}", store.uri):
        rows = int(dataset.count_rows())
        if not store.is_local:
            return TableSize(rows, None, None)
        place = os.path.join(store.uri, f"{table}.lance")
        live = {file.path for fragment in dataset.get_fragments() for file in fragment.data_files()}
        live_bytes = sum(_size(os.path.join(place, "data", path)) for path in live)
    return TableSize(rows, _tree_size(place), live_bytes)


def tidy(store: Store, tables: Iterable[str]) -> list[str]:
    """Put those tables in order that many small commits have scattered; their rows stay as they are.

    Call it after writing: homes without a nightly run stay fast and small too. Versions of the last day
    are kept for whoever still reads them.

    Returns:
        The tables that were put in order.
    """
    scattered = [table for table in tables if len(store.dataset(table).get_fragments()) > MOST_FRAGMENTS]
    for table in scattered:
        store.optimize(table)
    return scattered


def _tree_size(place: str) -> int:
    return sum(_size(os.path.join(folder, name)) for folder, _, names in os.walk(place) for name in names)


def _size(path: str) -> int:
    """Bytes of a file; 0 when a compaction removed it meanwhile."""
    try:
        return os.path.getsize(path)
    except FileNotFoundError:
        return 0
