"""How do sessions and messages land: one row for one item?"""

from collections.abc import Mapping
from dataclasses import dataclass

from rem_dagster.ingest.landing import Landing
from rem_dagster.ingest.rows import Row, stamped
from rem_dagster.store.database import rows_of
from rem_dagster.store.room import give_back


@dataclass(frozen=True)
class RowEntry:
    """One sealed row on its way."""

    row: Row

    @property
    def id(self) -> str:
        """The row's id."""
        return str(self.row["id"])

    @property
    def native_id(self) -> str:
        """The source's own id."""
        return str(self.row["native_id"])

    @property
    def content_hash(self) -> int:
        """The hash of the row's source columns."""
        return int(self.row["content_hash"])

    @property
    def characters(self) -> int:
        """About how much memory the row takes."""
        return len(self.row.get("content") or "") + 1_000


class RowLanding(Landing[RowEntry]):
    """Rows compared by (id, content_hash)."""

    def find_stored(self, batch: Mapping[str, RowEntry]) -> dict[str, bool]:
        """For each row that is stored in any version: whether it is stored just so."""
        columns = ["id", "content_hash"]
        stored = self.store.read_in(self.spec.name, "id", batch.keys(), columns)
        pairs = zip(stored["id"].to_pylist(), stored["content_hash"].to_pylist(), strict=True)
        return {key: batch[key].content_hash == digest for key, digest in pairs}

    def insert(self, entries: Mapping[str, RowEntry]) -> None:
        """Write rows of which nothing is stored."""
        self._upsert(entries)

    def update(self, entries: Mapping[str, RowEntry]) -> set[str]:
        """Replace rows; the day that a row leaves is touched as well as the one it comes to."""
        old = self.store.read_in(self.spec.name, "id", entries.keys(), ["partition_key"])
        self.tally.touch(old["partition_key"].to_pylist())
        self._upsert(entries)
        return set(entries)

    def _upsert(self, entries: Mapping[str, RowEntry]) -> None:
        rows = [stamped(entry.row, self.now) for entry in entries.values()]
        self.store.upsert(self.spec.name, rows_of(self.spec, rows))
        self.tally.touch(row["partition_key"] for row in rows)
        give_back()
