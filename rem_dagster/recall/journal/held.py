"""Which days of one user hold something, and how does each stand, in a process that asks again and again?

What was read is kept for as long as the tables that it came from have the same versions: raw rows, the
ledger and moments each for themselves, so that a dream does not make the raw rows be counted anew.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from rem_dagster.model.words import PREDICTION
from rem_dagster.recall.journal.keeping import kept, kept_of
from rem_dagster.store.database import Store
from rem_dagster.store.digest import NO_ACTIVITY, DayDigest, day_digests
from rem_dagster.store.filters import equals
from rem_dagster.store.tables import RAW_TABLES

DayState = Literal["current", "undreamt", "stale", "unfinished", "failed", "empty"]
TO_DREAM: frozenset[DayState] = frozenset({"undreamt", "stale", "unfinished", "failed"})
"""States of a day that a dream changes."""
_MOMENT_COLUMNS = ["id", "partition_key", "name", "moment_type", "start_time", "end_time", "outcomes"]
_LEDGER_COLUMNS = ["partition_key", "status", "input_digest", "engine"]


@dataclass(frozen=True)
class Brief:
    """What a calendar tells of a moment."""

    id: str
    name: str
    moment_type: str
    start_time: datetime
    end_time: datetime
    has_outcomes: bool = False

    @property
    def lasting(self) -> timedelta:
        """From its start to its end."""
        return self.end_time - self.start_time


@dataclass(frozen=True)
class LedgerLine:
    """What a calendar tells of a dream."""

    status: str
    input_digest: str | None
    engine: str | None


@dataclass(frozen=True)
class HeldDay:
    """One local day that holds something, or was dreamt."""

    day: date
    input: DayDigest = NO_ACTIVITY
    dream: LedgerLine | None = None
    moments: tuple[Brief, ...] = ()
    """In the order of their starts; predictions are not among them."""

    @property
    def state(self) -> DayState:
        """Whether its page can be believed, and if not why."""
        if self.dream is None:
            return "undreamt" if self.input.items else "empty"
        if self.dream.status == "writing":
            return "unfinished"
        if self.input.items and self.dream.input_digest != self.input.digest:
            return "stale"
        return "failed" if self.dream.status == "failed" else "current"

    @property
    def is_to_be_read(self) -> bool:
        """Whether its page holds more than the word that nothing is there."""
        return bool(self.moments or self.input.items)

    @cached_property
    def covered(self) -> timedelta:
        """Time that lies in at least one moment."""
        total, end = timedelta(), None
        for each in self.moments:
            begin = each.start_time if end is None else max(each.start_time, end)
            if each.end_time > begin:
                total += each.end_time - begin
                end = each.end_time
        return total

    @property
    def headline(self) -> str | None:
        """The title of its longest moment."""
        longest = max(self.moments, key=lambda each: each.lasting, default=None)
        return longest.name if longest else None


@dataclass(frozen=True)
class Held:
    """The days of one user, in order."""

    days: Mapping[date, HeldDay]

    @cached_property
    def _full(self) -> list[date]:
        return [day for day, held in self.days.items() if held.is_to_be_read]

    @property
    def is_empty(self) -> bool:
        """Whether no day holds anything."""
        return not self._full

    @property
    def first(self) -> date | None:
        """The earliest day that holds something."""
        return self._full[0] if self._full else None

    def on(self, day: date) -> HeldDay:
        """A day; one of which nothing is known is empty."""
        return self.days.get(day) or HeldDay(day)

    def before(self, day: date) -> date | None:
        """The nearest earlier day that holds something."""
        place = bisect_left(self._full, day)
        return self._full[place - 1] if place else None

    def after(self, day: date, *, until: date | None = None) -> date | None:
        """The nearest later day that holds something.

        Args:
            until: the last day that is looked at.
        """
        place = bisect_right(self._full, day)
        found = self._full[place] if place < len(self._full) else None
        return None if found is None or (until is not None and found > until) else found

    def latest(self, until: date) -> date | None:
        """The latest day up to one, included, that holds something."""
        return until if self.on(until).is_to_be_read else self.before(until)

    def between(self, first: date, last: date) -> list[HeldDay]:
        """The days from first to last, both included, that hold something."""
        full = self._full
        return [self.days[day] for day in full[bisect_left(full, first) : bisect_right(full, last)]]


def held_days(store: Store, *, user_id: str) -> Held:
    """Every day of one user that holds raw rows, a line of the ledger or a moment.

    Raises:
        StoreError: a table cannot be read.
    """
    inputs = kept(store, ("inputs", user_id), RAW_TABLES, lambda: _inputs(store, user_id))
    ledger = kept(store, ("ledger", user_id), ("dreams",), lambda: _ledger(store, user_id))
    moments = kept(store, ("moments", user_id), ("moments",), lambda: _moments(store, user_id))

    def join() -> Held:
        days = sorted(inputs.keys() | ledger.keys() | moments.keys())
        return Held(
            {
                day: HeldDay(day, inputs.get(day, NO_ACTIVITY), ledger.get(day), moments.get(day, ()))
                for day in days
            }
        )

    return kept_of(store, ("held", user_id), (inputs, ledger, moments), join)


def _inputs(store: Store, user_id: str) -> dict[date, DayDigest]:
    found = day_digests(store, user_ids=[user_id])
    return {date.fromisoformat(day): digest for (_, day), digest in found.items()}


def _ledger(store: Store, user_id: str) -> dict[date, LedgerLine]:
    rows = store.read("dreams", _LEDGER_COLUMNS, equals("user_id", user_id)).to_pylist()
    return {
        date.fromisoformat(row["partition_key"]): LedgerLine(
            row["status"], row["input_digest"], row["engine"]
        )
        for row in rows
    }


def _moments(store: Store, user_id: str) -> dict[date, tuple[Brief, ...]]:
    import pyarrow.compute as pc

    rows = store.read("moments", _MOMENT_COLUMNS, equals("user_id", user_id))
    by_day: dict[str, list[Brief]] = {}
    outcomes = pc.fill_null(pc.list_value_length(rows["outcomes"]), 0).to_pylist()
    columns = (rows[name].to_pylist() for name in _MOMENT_COLUMNS[:-1])
    for identifier, day, name, moment_type, start, end, ended in zip(*columns, outcomes, strict=True):
        if moment_type != PREDICTION:
            brief = Brief(identifier, name, moment_type, start, end, has_outcomes=ended > 0)
            by_day.setdefault(day, []).append(brief)
    return {
        date.fromisoformat(day): tuple(
            sorted(found, key=lambda each: (each.start_time, each.end_time, each.id))
        )
        for day, found in by_day.items()
    }
