"""Which stored documents does their source say are no more?

What is only missing from a source stays: sources drop things on their own. What a source takes back goes.

    stored   standup Mon   standup Tue   standup Wed
    says     standup Mon   cancelled     standup Wed      Tuesday's goes, and its day is dreamt again
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rem_dagster.ingest.report import Tally
from rem_dagster.ingest.rows import Origin
from rem_dagster.sources.source import Withdrawn
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.tables import RESOURCES

_COLUMNS = ("native_id", "document_id", "created_at", "slice_key", "partition_key")


@dataclass(frozen=True)
class _Stored:
    """One row of a document."""

    document_id: str
    created_at: datetime
    slice_key: str
    day: str


class Withdrawals:
    """What one source takes back while it is read."""

    def __init__(self, store: Store, origin: Origin, tally: Tally) -> None:
        self.store, self.origin, self.tally = store, origin, tally
        self._told: list[Withdrawn] = []

    def add(self, withdrawn: Withdrawn) -> None:
        """Note what is no more."""
        self._told.append(withdrawn)

    def finish(self) -> None:
        """Remove what is stored of all that was taken back."""
        told, self._told = self._told, []
        if not told or not self.store.count("resources"):
            return
        stored, below = self._stored()
        gone = {row for each in told for row in _meant(each, stored, below)}
        self.store.replace_slices("resources", rows_of(RESOURCES, []), {row.slice_key for row in gone})
        self.tally.touch(row.day for row in gone)
        self.tally.counts["removed"] += len({row.document_id for row in gone})

    def _stored(self) -> tuple[dict[str, list[_Stored]], dict[str, set[str]]]:
        """Native id -> rows; and the ids of series -> those of their single times."""
        where = all_of(equals("user_id", self.origin.user_id), equals("source", self.origin.kind))
        rows: defaultdict[str, list[_Stored]] = defaultdict(list)
        below: defaultdict[str, set[str]] = defaultdict(set)
        for row in self.store.read("resources", _COLUMNS, where).to_pylist():
            if self._is_of_here(row):
                native_id = row["native_id"]
                told = (row[name] for name in _COLUMNS[1:])
                rows[native_id].append(_Stored(*told))
                below[native_id.rpartition("/")[0]].add(native_id)
        return rows, below

    def _is_of_here(self, row: dict[str, Any]) -> bool:
        return bool(self.origin.id_of(None, "document", row["native_id"]) == row["document_id"])


def _meant(
    withdrawn: Withdrawn, stored: dict[str, list[_Stored]], below: dict[str, set[str]]
) -> Iterator[_Stored]:
    named = {withdrawn.native_id}
    if withdrawn.between:
        named |= below.get(withdrawn.native_id, set())
    for native_id in named - withdrawn.but:
        for row in stored.get(native_id, ()):
            if not withdrawn.between or withdrawn.between[0] <= row.created_at <= withdrawn.between[1]:
                yield row
