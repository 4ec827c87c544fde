"""How do rows reach their table so that only what is new or changed is written?"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from rem_dagster.ingest.report import Tally
from rem_dagster.ingest.seen import Seen
from rem_dagster.sources.source import Problem
from rem_dagster.store.database import Store
from rem_dagster.store.tables import TableSpec

BATCH_ITEMS = 10_000
BATCH_CHARACTERS = 8_000_000
"""A batch is written when it holds this many items or characters, whichever comes first."""
CHANGED_ITEMS = 100_000
"""Changed items that are held back at most; with more, a loser may be stored until its winner comes."""
GIVEN_TWICE = "was given more than once; the version of the greatest (updated_at, content hash) is kept"


class Entry(Protocol):
    """What lands as one: an id, and a hash of all that is stored of it."""

    @property
    def id(self) -> str: ...
    @property
    def native_id(self) -> str: ...
    @property
    def content_hash(self) -> int: ...
    @property
    def characters(self) -> int: ...


E = TypeVar("E", bound=Entry)


class Landing(ABC, Generic[E]):
    """The entries of one table on their way into it.

    New entries are written batch by batch. Changed ones wait for the end of the import: of an id given
    twice, only the version that is kept may replace what is stored.
    """

    def __init__(self, store: Store, spec: TableSpec, tally: Tally, now: datetime) -> None:
        self.store, self.spec, self.tally, self.now = store, spec, tally, now
        self.was_empty = store.count(spec.name) == 0
        self.seen = Seen()
        self._batch: dict[str, E] = {}
        self._batch_characters = 0
        self._changed: dict[str, E] = {}
        self._changed_characters = 0
        self._settled_twice: set[str] = set()

    @abstractmethod
    def find_stored(self, batch: Mapping[str, E]) -> dict[str, bool]:
        """For each entry that is stored in any version: whether it is stored just so."""

    @abstractmethod
    def insert(self, entries: Mapping[str, E]) -> None:
        """Write entries of which nothing is stored; one commit."""

    @abstractmethod
    def update(self, entries: Mapping[str, E]) -> set[str]:
        """Write entries that are stored otherwise; one commit. The ids that did change."""

    def add(self, entry: E, updated_at: datetime | None) -> None:
        """Take an entry in, and write a batch when there is one."""
        version = (updated_at.timestamp() if updated_at else float("-inf"), entry.content_hash)
        known = self.seen.version(entry.id)
        if known is not None:
            where = f"{self.tally.source} {entry.native_id!r}"
            self.tally.add_problem(Problem(where, "id", GIVEN_TWICE, "skipped"))
            if version <= known:
                return
            if entry.id not in self._batch and entry.id not in self._changed:
                self._settled_twice.add(entry.id)
        self.seen.note(entry.id, version)
        self._batch[entry.id] = entry
        self._batch_characters += entry.characters
        if self.is_full:
            self.flush()

    @property
    def is_full(self) -> bool:
        """Whether what waits is a batch."""
        return len(self._batch) >= BATCH_ITEMS or self._batch_characters >= BATCH_CHARACTERS

    def flush(self) -> None:
        """Write what is new of the batch, and put aside what is changed."""
        batch, self._batch, self._batch_characters = self._batch, {}, 0
        if not batch:
            return
        maybe_stored = {
            key: entry for key, entry in batch.items() if not self.was_empty or key in self._settled_twice
        }
        stored = self.find_stored(maybe_stored) if maybe_stored else {}
        new = {key: entry for key, entry in batch.items() if key not in stored}
        if new:
            self.insert(new)
            self._count("new", new)
            self.seen.wrote(new)
        for key in stored:
            self._changed.pop(key, None)
            if not stored[key]:
                self._changed[key] = batch[key]
                self._changed_characters += batch[key].characters
        self._count("unchanged", {key for key, is_same in stored.items() if is_same})
        if len(self._changed) >= CHANGED_ITEMS or self._changed_characters >= BATCH_CHARACTERS:
            self._write_changed()

    def finish(self) -> None:
        """Write all that waits."""
        self.flush()
        self._write_changed()

    def let_go(self) -> None:
        """Drop what was kept to know entries that are given twice; no more are added."""
        self.seen, self._settled_twice = Seen(), set()

    def _write_changed(self) -> None:
        changed, self._changed, self._changed_characters = self._changed, {}, 0
        if not changed:
            return
        updated = self.update(changed)
        self._count("unchanged", changed.keys() - updated)
        self._count("updated", updated)
        self.seen.wrote(updated)

    def _count(self, outcome: str, keys: Iterable[str]) -> None:
        for key in keys:
            if key not in self._settled_twice:
                self.tally.counts[outcome] += 1
            elif outcome == "updated" and not self.seen.is_written(key):
                self.tally.counts["unchanged"] -= 1
                self.tally.counts["updated"] += 1
