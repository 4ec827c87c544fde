"""How much room does a table take, how much of that is in use, and when is it put in order?

    on disk   ████████████░░░░░░░░░░░░░░░░░░   rows, indexes and manifest of the newest version,
    live      ████████████                     and what older versions leave behind

Every merge writes about 70 kB besides its rows (a manifest and a transaction, which hold what keeps two
writers apart), so that a small home swells by its commits long before it does by its rows.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from rem_dagster.errors import HomeBusyError, StoreBusyError
from rem_dagster.s3 import S3Folder
from rem_dagster.store.database import Store, translated
from rem_dagster.store.tables import LATER_TABLES, TABLES
from rem_dagster.store.vectors import PREFIX

if TYPE_CHECKING:
    import lance

MOST_FRAGMENTS = 20
"""Each commit leaves a fragment; 2,190 of them made a look-up by id a hundred times slower."""
FEWER_FRAGMENTS = {"postings": 8, "docs": 8, "moments": 8}
"""A search reads these; with 20 fragments it took 1.7 times as long as with one."""
MOST_BYTES_PER_LIVE_BYTE = 5.0
"""More is reported."""
TIDY_FROM = 3.0
"""Bytes on disk over live bytes from which older versions go earlier than after a day."""
SMALL_BYTES = 100_000_000
"""Below this nobody minds what a table leaves behind, and every read of it takes well under a second."""
SHORT_KEEP = timedelta(minutes=10)
SHORTEST_KEEP = timedelta(seconds=1)
"""Only where dreams come so thick that `SHORT_KEEP` is not enough, and only of a small table. Never 0: a read
that is overtaken begins anew, and is not to be overtaken for ever."""


@dataclass(frozen=True)
class TableSize:
    """Rows and bytes of a table."""

    rows: int
    bytes_on_disk: int
    live_bytes: int
    """Bytes of the files that the newest version needs: rows, indexes, manifest."""
    row_bytes: int
    """Bytes of those among them that hold rows."""

    @property
    def ratio(self) -> float:
        """Bytes on disk over live bytes."""
        return self.bytes_on_disk / max(self.live_bytes, 1)

    @property
    def is_swollen(self) -> bool:
        """Whether leftovers pile up so that somebody should know."""
        return self.ratio > MOST_BYTES_PER_LIVE_BYTE and self.bytes_on_disk > SMALL_BYTES


def tables_held(store: Store) -> list[str]:
    """Every table of ours that is there, in order: those of each home, those made later, and the vectors."""
    names = store.names()
    ours = [name for name in (*TABLES, *LATER_TABLES) if name in names]
    return [*ours, *(name for name in names if name.startswith(PREFIX))]


def table_size(store: Store, table: str) -> TableSize:
    """The size of a table's newest version, and of all that lies in its directory."""
    return store.of_newest(table, "measure", partial(_size_of, store, table), is_checked=False)


def _size_of(store: Store, table: str, dataset: "lance.LanceDataset") -> TableSize:
    with translated(f"measure table {table!r}", store.uri):
        sizes = file_sizes(store, table)
        files = {file.path for fragment in dataset.get_fragments() for file in fragment.data_files()}
        rows = sum(sizes.get(f"data/{path}", 0) for path in files)
        indexes = sum(int(index.total_size_bytes or 0) for index in dataset.describe_indices())
        manifest = max(sizes.get(f"_versions/{name}", 0) for name in _manifests(dataset.version))
        return TableSize(int(dataset.count_rows()), sum(sizes.values()), rows + indexes + manifest, rows)


def tidy(store: Store, tables: Iterable[str]) -> list[str]:
    """Put those tables in order that many small commits have scattered; their rows stay as they are.

    Call it after writing: homes without a nightly run stay fast and small too. Versions of the last day
    are kept for whoever still reads them, unless they outgrow what is in use.

    Returns:
        The tables that were compacted.
    """
    scattered = []
    for table in tables:
        fragments = store.dataset(table, is_checked=False).get_fragments()
        if len(fragments) > FEWER_FRAGMENTS.get(table, MOST_FRAGMENTS):
            try:
                store.optimize(table, wait_seconds=0)
            except (HomeBusyError, StoreBusyError):
                continue  # somebody else is at it, or writes and puts it in order after that
            scattered.append(table)
        shrink(store, table)
    return scattered


def shrink(store: Store, table: str) -> None:
    """Drop the versions of a table that outgrow what is in use, the oldest first."""
    if not store.is_local:
        return  # nobody can say how much lies there without listing it: the nightly run sees to it
    for keep, most_bytes in ((SHORT_KEEP, None), (SHORTEST_KEEP, SMALL_BYTES)):
        size = table_size(store, table)
        if size.ratio <= TIDY_FROM or (most_bytes is not None and size.bytes_on_disk > most_bytes):
            return
        try:
            with store.one_optimizer(0):  # a compaction does not survive that what came meanwhile is dropped
                store.clean_up(table, keep=keep)
        except HomeBusyError:
            return  # somebody else puts a table in order, and drops what is old


def file_sizes(store: Store, table: str) -> dict[str, int]:
    """Bytes of every file of a table, by its path below the table's directory."""
    place = f"{store.uri}/{table}.lance"
    if not store.is_local:
        return {each.name: each.size for each in S3Folder(place, store.storage_options).objects()}
    below = len(place) + 1
    return {
        path[below:]: _size(path)
        for folder, _, names in os.walk(place)
        for path in (os.path.join(folder, name) for name in names)
    }


def _manifests(version: int) -> tuple[str, str]:
    """The two names that Lance gives the manifest of a version, by the age of the table."""
    return f"{2**64 - 1 - version}.manifest", f"{version}.manifest"


def _size(path: str) -> int:
    """Bytes of a file; 0 when a compaction removed it meanwhile."""
    try:
        return os.path.getsize(path)
    except FileNotFoundError:
        return 0
