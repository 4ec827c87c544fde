"""Which row does a stored row become where days are cut otherwise?

A row keeps its instant and gets the day that holds it now. What is known by its date alone keeps its date.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rem_dagster.ingest.documents import chunk_id, hashed_metadata, slice_of
from rem_dagster.ingest.rows import Row, sealed
from rem_dagster.ingest.times import MIDDAY, LocalDays
from rem_dagster.model.window import Calendar


@dataclass(frozen=True)
class Rekeying:
    """From the days of one calendar to those of another."""

    old: Calendar
    new: LocalDays
    accounts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By kind of source, what its ids may be made with."""

    def moved(self, table: str, row: Row) -> Row:
        """The row in its new day; the row itself where that is the old one."""
        placed = self._placed(row)
        if placed.items() <= row.items():
            return row
        if table != "resources":
            return sealed(table, {**row, **placed})
        return self._chunk({**row, **placed}, old_day=row["partition_key"])

    def day_of(self, row: Mapping[str, Any]) -> str:
        """The new ISO day of a row."""
        return str(self._placed(row)["partition_key"])

    def _placed(self, row: Mapping[str, Any]) -> Row:
        day, at = date.fromisoformat(row["partition_key"]), row["created_at"]
        if row.get("time_confidence") == "assumed_time" and at == self.old.start_of(day) + MIDDAY:
            return {"created_at": self.new.calendar.start_of(day) + MIDDAY, "partition_key": day.isoformat()}
        return {"created_at": at, "partition_key": self.new.day_of(at)}

    def _chunk(self, row: Row, *, old_day: str) -> Row:
        """A chunk, whose id and slice tell of its day; what only says where it lies is not hashed."""
        metadata = json.loads(row["metadata"])
        named = {
            **row,
            "id": self._id_of(row, metadata, old_day),
            "slice_key": slice_of(row["document_id"], row["partition_key"]),
            "metadata": hashed_metadata(metadata),
        }
        return {**sealed("resources", named), "metadata": row["metadata"]}

    def _id_of(self, row: Row, metadata: Mapping[str, object], old_day: str) -> str:
        """As an import would make it; the old one where nobody knows the account it was made with.

        What a source says of a document may name the account: the vault or repository is among it.
        """
        told = {value for value in metadata.values() if isinstance(value, str)}
        for account in sorted(self.accounts.get(row["source"], frozenset()) | {""} | told):
            origin = (row["user_id"], row["source"], account, row["native_id"])
            if chunk_id(origin, old_day, row["chunk_ordinal"]) == row["id"]:
                return chunk_id(origin, row["partition_key"], row["chunk_ordinal"])
        return str(row["id"])


def accounts_of(
    syncs: Iterable[Mapping[str, Any]], named: Iterable[tuple[str, str | None]]
) -> dict[str, frozenset[str]]:
    """What the ids of each kind of source may be made with.

    Args:
        syncs: rows of that table.
        named: kinds and accounts of the sources in the settings.
    """
    pairs = [(each["source"], each["account"]) for each in syncs] + [
        (kind, held or "") for kind, held in named
    ]
    kinds = {kind for kind, _ in pairs}
    return {kind: frozenset(account for other, account in pairs if other == kind) for kind in kinds}
