"""How is one version of a table read several times?"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pyarrow as pa

from rem_dagster.store.database import Store, translated
from rem_dagster.store.overtaken import unless_overtaken

_Read = TypeVar("_Read")


class Snapshot:
    """A table as it was when this was made: opened once, for many small reads that belong together."""

    def __init__(self, store: Store, table: str) -> None:
        self._uri, self._table = store.uri, table
        self._dataset = store.dataset(table)

    @property
    def version(self) -> int:
        """The number of the version; another write makes another one."""
        return int(self._dataset.version)

    def read(self, columns: Sequence[str], where: str | None = None) -> pa.Table:
        """Rows that pass a filter made by `store.filters`, in no particular order."""
        with translated(f"read table {self._table!r}", self._uri):
            return self._dataset.to_table(columns=list(columns), filter=where)


def from_snapshot(store: Store, table: str, read: Callable[[Snapshot], _Read]) -> _Read:
    """What is read of the newest version of a table; of the next one where that was cleaned up meanwhile."""
    return unless_overtaken(lambda: read(Snapshot(store, table)), table)
