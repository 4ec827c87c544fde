"""How much room does a table take, and how much of that is in use?"""

import os
from dataclasses import dataclass

from rem_dagster.store.database import Store, translated


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


def _tree_size(place: str) -> int:
    return sum(_size(os.path.join(folder, name)) for folder, _, names in os.walk(place) for name in names)


def _size(path: str) -> int:
    """Bytes of a file; 0 when a compaction removed it meanwhile."""
    try:
        return os.path.getsize(path)
    except FileNotFoundError:
        return 0
