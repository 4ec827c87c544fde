"""Which stored note is one that lies at another path now?

    stored  plan.md  A B C       given  2026/plan.md  A B C, and no plan.md any more:
                                 the same note; it keeps its id, and its days stay as they are

Once known by another path, a note is followed there through its edits.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, runtime_checkable

from rem_dagster.ingest.linking.claims import metadata_of, path_of
from rem_dagster.ingest.rows import Origin, metadata_text
from rem_dagster.model.activity import ResourceItem
from rem_dagster.sources.chunk import split_text
from rem_dagster.sources.source import Source
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.tables import RESOURCES


@runtime_checkable
class PathSource(Source, Protocol):
    """A source whose items are known by their paths, and may be moved."""

    def is_there(self, path: str) -> bool:
        """Whether there is an item at a path."""
        ...


def _under(item: ResourceItem, native_id: str) -> ResourceItem:
    return item if item.native_id == native_id else item.model_copy(update={"native_id": native_id})


@dataclass
class _Stored:
    """A note as it is stored."""

    native_id: str
    document_id: str
    path: str = ""
    last_day: str = ""
    texts: set[str] = field(default_factory=set)


class Moves:
    """The notes of one source that are stored, by where they lie and by what they say."""

    def __init__(self, store: Store, origin: Origin, source: Source) -> None:
        self.store, self.origin = store, origin
        self.source = source if isinstance(source, PathSource) else None
        self.moved: dict[str, tuple[str, str]] = {}
        """Document -> its day and metadata that are to be noted."""

    def followed(self, item: ResourceItem) -> tuple[ResourceItem, bool]:
        """The item under the id by which it is stored, and whether it was found at a new path."""
        path = item.metadata.get("path")
        if self.source is None or item.native_id != path or not self._stored:
            return item, False
        known, held = self._by_path.get(path), self._by_native.get(path)
        if known is not None or held is not None:
            return _under(item, self._known(known, held, item)), False
        if found := self._alike(item):
            self._note(found, item)
            return _under(item, found.native_id), True
        return item, False

    def _known(self, known: _Stored | None, held: _Stored | None, item: ResourceItem) -> str:
        """The id of a note of which either the path or the id is stored."""
        if known is not None:
            return known.native_id
        assert held is not None
        assert self.source is not None
        if self.source.is_there(held.path):
            return f"{item.native_id}#2"  # what had this path lies elsewhere: this is another note
        self._note(held, item)  # it came back
        return held.native_id

    @property
    def days(self) -> frozenset[str]:
        """The ISO days on which moved notes are known: what links to them leads elsewhere."""
        return frozenset(day for day, _ in self.moved.values())

    def finish(self) -> None:
        """Write where moved documents lie now, without touching what they say."""
        if not self.moved:
            return
        rows = self.store.read_in("resources", "document_id", self.moved).to_pylist()
        changed = []
        for row in rows:
            day, path = self.moved[row["document_id"]]
            if row["partition_key"] == day:
                told = {**metadata_of(row), "path": path}
                changed.append({**row, "metadata": metadata_text(told)})
        self.store.upsert("resources", rows_of(RESOURCES, changed))

    def _note(self, stored: _Stored, item: ResourceItem) -> None:
        path = str(item.metadata["path"])
        self.moved[stored.document_id] = (stored.last_day, path)
        self._by_path.pop(stored.path, None)
        stored.path = path
        self._by_path[path] = stored

    def _alike(self, item: ResourceItem) -> _Stored | None:
        """The only note that is gone from where it was and has all this text."""
        chunks = split_text(item.content)
        if not chunks or self.source is None:
            return None
        found = [
            each
            for each in self._by_text.get(chunks[0], ())
            if set(chunks) <= each.texts and not self.source.is_there(each.path)
        ]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _stored(self) -> Sequence[_Stored]:
        where = all_of(equals("user_id", self.origin.user_id), equals("source", self.origin.kind))
        columns = ["document_id", "native_id", "partition_key", "content", "metadata"]
        found: dict[str, _Stored] = {}
        for row in self.store.read("resources", columns, where).to_pylist():
            native_id, document = row["native_id"], row["document_id"]
            if document not in found:
                if self.origin.id_of(None, "document", native_id) != document:
                    continue  # of another folder
                found[document] = _Stored(native_id, document)
            held = found[document]
            held.texts.add(row["content"])
            if row["partition_key"] >= held.last_day:
                held.last_day = row["partition_key"]
                held.path = path_of(row, metadata_of(row))
        return list(found.values())

    @cached_property
    def _by_native(self) -> dict[str, _Stored]:
        return {each.native_id: each for each in self._stored}

    @cached_property
    def _by_path(self) -> dict[str, _Stored]:
        return {each.path: each for each in self._stored}

    @cached_property
    def _by_text(self) -> dict[str, list[_Stored]]:
        found: defaultdict[str, list[_Stored]] = defaultdict(list)
        for each in self._stored:
            for text in each.texts:
                found[text].append(each)
        return dict(found)
