"""How do documents land: several rows for one item, and days that stay as they were?"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from rem_dagster.ingest.documents import Change, Document, StoredChunk, change_of
from rem_dagster.ingest.landing import Landing
from rem_dagster.ingest.rows import Row, stamped
from rem_dagster.ingest.times import Placed
from rem_dagster.store.database import rows_of

STORED_COLUMNS = (
    "id",
    "document_id",
    "content_hash",
    "content",
    "slice_key",
    "partition_key",
    "created_at",
    "utc_offset_minutes",
    "time_confidence",
)


class DocumentLanding(Landing[Document]):
    """Documents compared by the (id, content_hash) of all their rows."""

    def find_stored(self, batch: Mapping[str, Document]) -> dict[str, bool]:
        """For each document of which rows are stored: whether they are just its rows."""
        columns = ["document_id", "id", "content_hash"]
        held: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        for row in self.store.read_in("resources", "document_id", batch.keys(), columns).to_pylist():
            held[row["document_id"]].add((row["id"], row["content_hash"]))
        return {
            key: {(row["id"], row["content_hash"]) for row in batch[key].rows} == rows
            for key, rows in held.items()
        }

    def insert(self, entries: Mapping[str, Document]) -> None:
        """Write documents of which nothing is stored."""
        rows = [stamped(row, self.now) for document in entries.values() for row in document.rows]
        self.store.upsert("resources", rows_of(self.spec, rows))
        self.tally.touch(row["partition_key"] for row in rows)

    def update(self, entries: Mapping[str, Document]) -> set[str]:
        """Write what edits changed; other days of the documents stay."""
        stored = self._stored_chunks(entries)
        changes: dict[str, Change] = {}
        for key, document in entries.items():
            # what this import itself stored was no earlier version, but a loser of the same one
            now = replace(document, updated=None) if self.seen.is_written(key) else document
            if change := change_of(now, stored[key]):
                changes[key] = change
        rows: list[Row] = [stamped(row, self.now) for change in changes.values() for row in change.rows]
        slices = {each for change in changes.values() for each in change.slices}
        self.store.replace_slices("resources", rows_of(self.spec, rows), slices)
        for change in changes.values():
            self.tally.touch(change.days)
        return set(changes)

    def _stored_chunks(self, entries: Mapping[str, Document]) -> dict[str, list[StoredChunk]]:
        chunks: dict[str, list[StoredChunk]] = {key: [] for key in entries}
        read = self.store.read_in("resources", "document_id", entries.keys(), STORED_COLUMNS)
        for row in read.to_pylist():
            chunks[row["document_id"]].append(_chunk_of(row))
        return chunks


def _chunk_of(row: Row) -> StoredChunk:
    return StoredChunk(
        id=row["id"],
        content_hash=row["content_hash"],
        content=row["content"],
        slice_key=row["slice_key"],
        placed=Placed(row["created_at"], row["partition_key"], row["time_confidence"]),
        utc_offset_minutes=row["utc_offset_minutes"],
    )
