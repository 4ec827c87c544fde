"""Which rows does a document become, and which of them does an edit change?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rem_dagster.ingest.rows import Origin, Row, metadata_text, sealed
from rem_dagster.ingest.times import LocalDays, Placed
from rem_dagster.model.activity import ResourceItem
from rem_dagster.model.ids import content_hash, derive_id
from rem_dagster.sources.chunk import split_text

LONGEST_NAME = 1_000
"""Characters: each part of a document carries its name."""
MOST_REPEATED = 50_000_000
"""Characters of what all parts of a document carry, for all of them together."""
PLACES = ("path", "vault")
"""Keys of metadata that say where a document lies."""


@dataclass(frozen=True)
class Document:
    """A document as its source gives it now, cut into chunks."""

    id: str
    """`document_id` of its rows."""
    native_id: str
    account: str
    header: Row
    """The columns that all its rows share."""
    hashed_metadata: str
    """What of its metadata counts: a note that only lies elsewhere makes no day stale."""
    chunks: tuple[str, ...]
    created: Placed
    utc_offset_minutes: int | None
    updated: Placed | None
    """When the source last changed it; None when the source does not keep edits apart."""

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of a document of which nothing is stored yet: all of it on the day it was created."""
        return self.rows_at(self.created, self.utc_offset_minutes, self.chunks)

    @property
    def content_hash(self) -> int:
        """A hash of the whole document."""
        hashes = [int(row["content_hash"]) for row in self.rows]
        return hashes[0] if len(hashes) == 1 else content_hash("documents", {"rows": hashes})

    @property
    def is_too_large(self) -> bool:
        """Whether what is known beside its text would be stored too often, once for each part."""
        beside = (
            len(self.header["metadata"]) + len(self.header["uri"] or "") + sum(map(len, self.header["tags"]))
        )
        return beside * len(self.chunks) > MOST_REPEATED

    @property
    def characters(self) -> int:
        """About how much memory the document takes."""
        return sum(map(len, self.chunks)) + 1_000

    def rows_at(self, placed: Placed, offset: int | None, texts: Iterable[str]) -> list[Row]:
        """The sealed rows of those chunks whose text is among `texts`, put at one time."""
        wanted = set(texts)
        numbered = enumerate(self.chunks)
        return [self._row(at, text, placed, offset) for at, text in numbered if text in wanted]

    def slice_key(self, day: str) -> str:
        """The slice of what the document became on a day."""
        return slice_of(self.id, day)

    def _row(self, ordinal: int, text: str, placed: Placed, offset: int | None) -> Row:
        head = self.header
        origin = (head["user_id"], head["source"], self.account, self.native_id)
        row = sealed(
            "resources",
            {
                **head,
                "id": chunk_id(origin, placed.day, ordinal),
                "chunk_ordinal": ordinal,
                "content": text,
                "metadata": self.hashed_metadata,
                "created_at": placed.at,
                "utc_offset_minutes": offset,
                "time_confidence": placed.confidence,
                "slice_key": self.slice_key(placed.day),
                "partition_key": placed.day,
            },
        )
        return {**row, "metadata": head["metadata"]}


@dataclass(frozen=True)
class StoredChunk:
    """One stored row of a document."""

    id: str
    content_hash: int
    content: str
    slice_key: str
    placed: Placed
    utc_offset_minutes: int | None


@dataclass(frozen=True)
class Change:
    """What an edit does to the stored rows: `slices` hold `rows` and nothing else from now on."""

    rows: list[Row]
    slices: frozenset[str]
    days: frozenset[str]


def chunk_id(origin: tuple[str, str, str, str], day: str, ordinal: int) -> str:
    """The id of a part of a document as it changed on an ISO day.

    Args:
        origin: user, kind of source, account and the source's own id.
    """
    return derive_id(*origin, day, ordinal)


def slice_of(document_id: str, day: str) -> str:
    """The slice of what a document became on an ISO day."""
    return f"{document_id}/{day}"


def hashed_metadata(metadata: Mapping[str, object]) -> str:
    """What of a document's metadata counts: all but where it lies."""
    return metadata_text({name: value for name, value in metadata.items() if name not in PLACES})


def document_of(item: ResourceItem, origin: Origin, days: LocalDays) -> Document:
    """An item as a document with chunks."""
    document_id = origin.id_of(item.user_id, "document", item.native_id)
    header: Row = {
        "user_id": origin.owner_of(item.user_id),
        "source": origin.kind,
        "native_id": item.native_id,
        "document_id": document_id,
        "name": item.name if len(item.name) <= LONGEST_NAME else item.name[: LONGEST_NAME - 1] + "…",
        "uri": item.uri,
        "category": item.category,
        "tags": list(item.tags),
        "trust": item.trust,
        "active_start_time": days.instant_of(item.active_start_time),
        "active_end_time": days.instant_of(item.active_end_time),
        "metadata": metadata_text(item.metadata),
    }
    return Document(
        id=document_id,
        native_id=item.native_id,
        account=origin.account,
        header=header,
        hashed_metadata=hashed_metadata(item.metadata),
        chunks=tuple(split_text(item.content)),
        created=days.place(item.created_at, item.time_confidence),
        utc_offset_minutes=item.utc_offset_minutes,
        # an edit is as sure as the creation: a note without a date has the file's times for both
        updated=days.place(item.updated_at, item.time_confidence) if item.updated_at else None,
    )


def change_of(document: Document, stored: Sequence[StoredChunk]) -> Change | None:
    """What must be written so that the store knows the document as it is now; None when it does.

    Without `updated` the document takes the place of what is stored. With it, chunks whose text was not
    known before go to the day of the edit, and what earlier days hold stays:

        stored  Mon: A B C          edit on Thu: A X C
        after   Mon: A B C          Thu: X
    """
    if document.updated is None or not stored:
        return _change(document.rows, stored, {document.slice_key(document.created.day)}, replaces_all=True)
    last = max(stored, key=lambda chunk: (chunk.placed.day, chunk.id))
    known = {chunk.content for chunk in stored}
    fresh = [text for text in document.chunks if text not in known]
    if fresh and document.updated.day > last.placed.day:
        rows = document.rows_at(document.updated, document.utc_offset_minutes, fresh)
        return _change(rows, stored, {document.slice_key(document.updated.day)})
    if not fresh and _was_redated(document, stored):
        return _change(document.rows, stored, {document.slice_key(document.created.day)}, replaces_all=True)
    return _change_of_last_day(document, stored, last, has_new_text=bool(fresh))


def _change_of_last_day(
    document: Document, stored: Sequence[StoredChunk], last: StoredChunk, *, has_new_text: bool
) -> Change | None:
    """The newest day again: edited twice on it, or with another title or tags."""
    day = last.placed.day
    earlier = {chunk.content for chunk in stored if chunk.placed.day < day}
    wanted = [text for text in document.chunks if text not in earlier]
    held = {chunk.content for chunk in stored if chunk.placed.day == day}
    is_same_day = document.updated is not None and document.updated.day <= day
    if not has_new_text and not is_same_day and set(wanted) != held:
        return None  # text was only taken away, on a later day: nothing new to remember
    rows = document.rows_at(last.placed, last.utc_offset_minutes, wanted)
    return _change(rows, stored, {document.slice_key(day)})


def _was_redated(document: Document, stored: Sequence[StoredChunk]) -> bool:
    """Whether a document that was never edited has another, reliable time now."""
    days = {chunk.placed.day for chunk in stored}
    return (
        len(days) == 1
        and document.created.confidence != "guessed"
        and any(chunk.placed.at != document.created.at for chunk in stored)
    )


def _change(
    rows: list[Row], stored: Sequence[StoredChunk], slices: set[str], *, replaces_all: bool = False
) -> Change | None:
    if replaces_all:
        slices = slices | {chunk.slice_key for chunk in stored}
    held = {(chunk.id, chunk.content_hash) for chunk in stored if chunk.slice_key in slices}
    if held == {(row["id"], row["content_hash"]) for row in rows}:
        return None
    days = {row["partition_key"] for row in rows} | {
        chunk.placed.day for chunk in stored if chunk.slice_key in slices
    }
    return Change(rows, frozenset(slices), frozenset(days))
