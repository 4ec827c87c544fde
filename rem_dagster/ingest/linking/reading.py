"""What do the rows of some days point to, read a part at a time?"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from rem_dagster.ingest.linking.claims import MAYBE, Claim, claims_of, metadata_of
from rem_dagster.ingest.linking.edges import Said, edges_of
from rem_dagster.ingest.linking.files import FILE_DAYS, Changes
from rem_dagster.ingest.linking.targets import Target, Targets
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in

ROWS_AT_ONCE = 200
"""Messages or resources that are in memory at a time; those of an export of gigabytes are long."""
DAYS_AT_ONCE, MOST_ROWS = 2_000, 100_000
MOST_PARTS = 50
"""Parts of a long document that are tied to its first one."""
_MESSAGE = (
    *("id", "session_id", "source", "native_id", "content", "tool_calls"),
    *("created_at", "partition_key", "metadata"),
)
_RESOURCE = (
    *("id", "document_id", "chunk_ordinal", "source", "native_id", "name", "category"),
    *("content", "created_at", "partition_key", "metadata"),
)
PART = Claim("part", "", "")
"""What ties the parts of a document's day to its first row."""


@dataclass
class Reading:
    """What the rows of some days say."""

    store: Store
    user_id: str
    targets: Targets
    has_resources: bool = False
    changed_days: set[str] = field(default_factory=set)
    """Days with commits that were read."""
    documents: set[str] = field(default_factory=set)

    def read(self, days: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Day -> the rows of its edges."""
        made: dict[str, list[dict[str, Any]]] = {day: [] for day in days}
        if not days:
            return made
        changes = self.targets.changes(days_from(days[0], -FILE_DAYS), days_from(days[-1], FILE_DAYS))
        for chunk in self._chunks(days):
            said = [*self._of_resources(chunk), *self._of_messages(chunk, changes)]
            self.targets.read_replies(each.claim.key for each in said if each.claim.by == "reply")
            made.update(edges_of(self.user_id, said, self.targets))
        return made

    def _chunks(self, days: Sequence[str]) -> Iterator[Sequence[str]]:
        for at in range(0, len(days), DAYS_AT_ONCE):
            part = days[at : at + DAYS_AT_ONCE]
            if len(part) == 1:
                yield part
                continue
            rows = sum(self.store.count(table, self._where(part)) for table in ("messages", "resources"))
            size = max(1, len(part) * MOST_ROWS // max(rows, MOST_ROWS))
            yield from (part[start : start + size] for start in range(0, len(part), size))

    def _where(self, days: Sequence[str]) -> str | None:
        return all_of(equals("user_id", self.user_id), is_in("partition_key", days))

    def _of_resources(self, days: Sequence[str]) -> list[Said]:
        """What resources say, of which few are in memory at a time."""
        first = self._first_rows(days)
        return self.store.fold(
            "resources",
            _RESOURCE,
            self._where(days),
            lambda batches: [
                each for batch in batches for each in self._said_by(pa.Table.from_batches([batch]), first)
            ],
            rows=ROWS_AT_ONCE,
        )

    def _first_rows(self, days: Sequence[str]) -> "_FirstRows":
        """The first rows of each document's days, without their texts."""
        columns = ("document_id", "partition_key", "chunk_ordinal", "id")
        rows = self.store.read("resources", columns, self._where(days)).to_pydict()
        first = _FirstRows()
        placed = zip(*(rows[name] for name in columns), strict=True)
        for document, day, _, row_id in sorted(placed, key=lambda row: (row[1], row[2] or 0, row[3])):
            first.take(document, day, row_id)
        return first

    def _said_by(self, table: pa.Table, first: "_FirstRows") -> Iterator[Said]:
        for row, is_plain in zip(table.to_pylist(), _plain(table), strict=True):
            self.has_resources = True
            self.documents.add(row["document_id"])
            head = first.heads.get((row["document_id"], row["partition_key"]), row["id"])
            at = row["partition_key"], row["created_at"]
            if row["category"] == "commit":
                self.changed_days.add(row["partition_key"])
            elif head == row["id"]:
                yield Said(head, row["id"], *at, Claim("edit", row["document_id"], ""))
            if row["id"] in first.parts:
                yield Said(head, row["id"], *at, PART, Target(row["id"]))
            for claim in claims_of(row, metadata_of(row), is_plain=is_plain):
                yield Said(head, row["id"], *at, claim)

    def _of_messages(self, days: Sequence[str], changes: Changes) -> list[Said]:
        """What messages say, of which few are in memory at a time: some are as long as books."""
        near = {day for day in days if changes.is_near(day)}
        return self.store.fold(
            "messages",
            _MESSAGE,
            self._where(days),
            lambda batches: [
                each
                for batch in batches
                for each in self._said_in(pa.Table.from_batches([batch]), near, changes)
            ],
            rows=ROWS_AT_ONCE,
        )

    def _said_in(self, table: pa.Table, near: Collection[str], changes: Changes) -> Iterator[Said]:
        plain = _plain(table)
        looked_at = zip(plain, _has_metadata(table), table["partition_key"].to_pylist(), strict=True)
        wanted = [
            place
            for place, (is_plain, has_told, day) in enumerate(looked_at)
            if not is_plain or has_told or day in near
        ]
        flags = [plain[place] for place in wanted]
        for row, is_plain in zip(table.take(pa.array(wanted, pa.int64())).to_pylist(), flags, strict=True):
            told = metadata_of(row)
            at = row["partition_key"], row["created_at"]
            for claim in claims_of(row, told, is_plain=is_plain):
                node = row["id"] if claim.by == "reply" else row["session_id"]
                yield Said(node, row["id"], *at, claim)
            if row["partition_key"] not in near:
                continue
            for path in changes.named_in(row, told):
                for change in changes.of(path, *at, told.get("cwd")):
                    quote = path if path in row["content"] else ""
                    claim = Claim("file", change.path, quote)
                    yield Said(row["session_id"], row["id"], *at, claim, Target(change.row_id))


@dataclass
class _FirstRows:
    """Of documents of some days, the rows that their links hang on."""

    heads: dict[tuple[str, str], str] = field(default_factory=dict)
    """(document, ISO day) -> its first row."""
    parts: set[str] = field(default_factory=set)
    """The rows that are tied to those."""
    _tied: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, document: str, day: str, row_id: str) -> None:
        """Take a row in; those of a document's day come in their order."""
        key = document, day
        if self.heads.setdefault(key, row_id) != row_id and self._tied[key] < MOST_PARTS:
            self._tied[key] += 1
            self.parts.add(row_id)


def _plain(table: pa.Table) -> list[bool]:
    """Whether each row's text points to nothing but files."""
    import pyarrow.compute as pc

    maybe = pc.match_substring_regex(table["content"], MAYBE)
    return [not each for each in maybe.to_pylist()]


def _has_metadata(table: pa.Table) -> list[bool]:
    return [bool(each) and each != "{}" for each in table["metadata"].to_pylist()]


def days_from(day: str, more: int) -> str:
    """The ISO day some days after one; the last that there is where it would be later."""
    try:
        return (date.fromisoformat(day) + timedelta(days=more)).isoformat()
    except OverflowError:
        return day
