"""Which days of one user hold something, and how does each stand, in a process that asks again and again?

What was read is kept for as long as the tables that it came from have the same versions: raw rows, the
ledger and moments each for themselves, so that a dream does not make the raw rows be counted anew.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import Literal, TypeVar
from weakref import WeakKeyDictionary

from rem_dagster.model.words import PREDICTION
from rem_dagster.store.database import Store
from rem_dagster.store.digest import NO_ACTIVITY, DayDigest, day_digests
from rem_dagster.store.filters import equals
from rem_dagster.store.tables import RAW_TABLES

MOST_KEPT = 24
"""Parts that are kept of a store: three for each user; those that were not asked for longest go first."""
DayState = Literal["current", "undreamt", "stale", "unfinished", "failed", "empty"]
_MOMENT_COLUMNS = ["id", "partition_key", "name", "moment_type", "start_time", "end_time"]
_LEDGER_COLUMNS = ["partition_key", "status", "input_digest", "engine"]
_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Brief:
    """What a calendar tells of a moment."""

    id: str
    name: str
    moment_type: str
    start_time: datetime
    end_time: datetime

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


@dataclass
class _Kept:
    parts: dict[tuple[str, str], tuple[tuple[int, ...], object]] = field(default_factory=dict)
    """By what it is and whose, the versions of its tables and what was read."""


_keeping = Lock()
_kept: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()


def held_days(store: Store, *, user_id: str) -> Held:
    """Every day of one user that holds raw rows, a line of the ledger or a moment.

    Raises:
        StoreError: a table cannot be read.
    """
    inputs = _part(store, user_id, "inputs", RAW_TABLES, _inputs)
    ledger = _part(store, user_id, "ledger", ("dreams",), _ledger)
    moments = _part(store, user_id, "moments", ("moments",), _moments)
    parts = (inputs, ledger, moments)
    with _keeping:
        joined = _kept.setdefault(store, _Kept()).parts.get(("joined", user_id))
    if joined is not None and isinstance(joined[1], _Joined) and joined[1].is_of(parts):
        return joined[1].held
    held = Held(
        {
            day: HeldDay(day, inputs.get(day, NO_ACTIVITY), ledger.get(day), moments.get(day, ()))
            for day in sorted(inputs.keys() | ledger.keys() | moments.keys())
        }
    )
    _keep(store, ("joined", user_id), (), _Joined(parts, held))
    return held


@dataclass(frozen=True)
class _Joined:
    parts: tuple[object, ...]
    held: Held

    def is_of(self, parts: tuple[object, ...]) -> bool:
        return all(one is other for one, other in zip(self.parts, parts, strict=True))


def _part(
    store: Store, user_id: str, name: str, tables: tuple[str, ...], read: Callable[[Store, str], _Part]
) -> _Part:
    versions = tuple(store.dataset(table).version for table in tables)
    with _keeping:
        kept = _kept.setdefault(store, _Kept()).parts.get((name, user_id))
    if kept is not None and kept[0] == versions:
        return kept[1]  # type: ignore[return-value]  # by its name it is what `read` made
    found = read(store, user_id)
    _keep(store, (name, user_id), versions, found)
    return found


def _keep(store: Store, key: tuple[str, str], versions: tuple[int, ...], found: object) -> None:
    with _keeping:
        parts = _kept.setdefault(store, _Kept()).parts
        parts.pop(key, None)
        parts[key] = (versions, found)
        while len(parts) > MOST_KEPT:
            parts.pop(next(iter(parts)))


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
    rows = store.read("moments", _MOMENT_COLUMNS, equals("user_id", user_id))
    by_day: dict[str, list[Brief]] = {}
    columns = (rows[name].to_pylist() for name in _MOMENT_COLUMNS)
    for identifier, day, name, moment_type, start, end in zip(*columns, strict=True):
        if moment_type != PREDICTION:
            by_day.setdefault(day, []).append(Brief(identifier, name, moment_type, start, end))
    return {
        date.fromisoformat(day): tuple(
            sorted(found, key=lambda each: (each.start_time, each.end_time, each.id))
        )
        for day, found in by_day.items()
    }
