"""What do the weeks before a day hold, read for one day, or once for many days in a row?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from rem_dagster.model.words import PREDICTION
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days

Rows = Sequence[Mapping[str, Any]]
MOMENTS = (
    *("id", "name", "summary", "start_time", "end_time", "partition_key", "moment_type", "outcomes"),
    *("people", "facts", "intentions", "trust"),
)
SUMMARIES = ("content", "end_time", "partition_key")
CLOSINGS = ("value", "made_at")
COMMITS = ("name", "created_at", "partition_key")


class Behind(Protocol):
    """One user's rows of some days, from first to last, both included."""

    def moments(self, first: date, last: date) -> Rows:
        """Those that happened, by start, then end, then id."""

    def summaries(self, first: date, last: date) -> Rows:
        """What is written of the days, in no order."""

    def commits(self, first: date, last: date) -> Rows:
        """The subjects of commits, in no order."""

    def closings(self) -> Rows:
        """The user's corrections by which an intention is closed, of whatever day."""


@dataclass(frozen=True)
class Stored:
    """Reads the days that are asked for."""

    store: Store
    user_id: str

    def moments(self, first: date, last: date) -> Rows:
        """As of `Behind`."""
        rows = self._rows("moments", MOMENTS, first, last)
        lived = [row for row in rows if row["moment_type"] != PREDICTION]
        return sorted(lived, key=lambda row: (row["start_time"], row["end_time"], row["id"]))

    def summaries(self, first: date, last: date) -> Rows:
        """As of `Behind`."""
        return self._rows("summaries", SUMMARIES, first, last, equals("period", "day"))

    def commits(self, first: date, last: date) -> Rows:
        """As of `Behind`."""
        return self._rows("resources", COMMITS, first, last, equals("category", "commit"))

    def closings(self) -> Rows:
        """As of `Behind`."""
        where = all_of(equals("user_id", self.user_id), equals("verb", "close"))
        found: Rows = self.store.read("corrections", CLOSINGS, where).to_pylist()
        return found

    def _rows(
        self, table: str, columns: Sequence[str], first: date, last: date, more: str | None = None
    ) -> Rows:
        where = all_of(equals("user_id", self.user_id), in_days(first.isoformat(), last.isoformat()), more)
        found: Rows = self.store.read(table, columns, where).to_pylist()
        return found


class Kept:
    """Has read some weeks, and answers for any days among them."""

    def __init__(self, behind: Behind, first: date, last: date) -> None:
        self._moments = behind.moments(first, last)
        self._summaries = behind.summaries(first, last)
        self._commits = behind.commits(first, last)
        self._closings = behind.closings()

    def moments(self, first: date, last: date) -> Rows:
        """As of `Behind`."""
        return _between(self._moments, first, last)

    def summaries(self, first: date, last: date) -> Rows:
        """As of `Behind`."""
        return _between(self._summaries, first, last)

    def commits(self, first: date, last: date) -> Rows:
        """As of `Behind`."""
        return _between(self._commits, first, last)

    def closings(self) -> Rows:
        """As of `Behind`."""
        return self._closings


def _between(rows: Rows, first: date, last: date) -> Rows:
    begin, end = first.isoformat(), last.isoformat()
    return [row for row in rows if begin <= row["partition_key"] <= end]
