"""What do some days in a row hold together: their hours, what came of them, and which topics run through?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rem_dagster.model.words import PREDICTION
from rem_dagster.recall.journal.day import TypeTime, time_by_type
from rem_dagster.recall.journal.held import Brief, HeldDay
from rem_dagster.recall.journal.shown import LIST_LENGTH, TITLE_LETTERS, cut
from rem_dagster.recall.journal.words import lasting, listed
from rem_dagster.recall.kinds import in_order, word_of
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days

WORTH_SAYING = timedelta(hours=1)
"""A difference between two weeks that is told."""
DIFFERENCES = 2
THREADS = 8
OTHER = "other"
"""A type that says too little for its hours to be compared."""
_COLUMNS = ["id", "partition_key", "moment_type", "start_time", "end_time", "tags", "outcomes"]


@dataclass(frozen=True)
class Outcome:
    """What came of a moment."""

    day: date
    text: str
    moment_id: str


@dataclass(frozen=True)
class Thread:
    """A tag, and how long moments that have it took on each day."""

    tag: str
    times: tuple[timedelta, ...]
    """One of each day, in their order."""
    counts: tuple[int, ...]
    """Moments of each day."""

    @property
    def total(self) -> timedelta:
        """Over all days."""
        return sum(self.times, timedelta())


@dataclass(frozen=True)
class Stretch:
    """What was read of some days in a row."""

    outcomes: tuple[Outcome, ...]
    threads: tuple[Thread, ...]
    held_back: int
    """Claims that verification held back."""


def stretch_of(
    store: Store, days: Sequence[HeldDay], *, user_id: str, most_outcomes: int = LIST_LENGTH
) -> Stretch:
    """What came of the moments of one user's days, and the tags that run through them.

    Args:
        days: in a row; those without moments are not looked at.
    """
    full = {each.day.isoformat() for each in days if each.moments}
    where = all_of(equals("user_id", user_id), in_days(min(full), max(full)))
    rows = [
        row
        for row in store.read("moments", _COLUMNS, where).to_pylist()
        if row["moment_type"] != PREDICTION and row["partition_key"] in full
    ]
    rows.sort(key=lambda row: (row["start_time"], row["end_time"], row["id"]))
    dreams = store.read("dreams", ["partition_key", "counts"], where).to_pylist()
    return Stretch(
        _outcomes(rows, most_outcomes),
        _threads(rows, [each.day for each in days]),
        sum(_held_back(row["counts"]) for row in dreams if row["partition_key"] in full),
    )


def hours_of(days: Sequence[HeldDay]) -> tuple[TypeTime, ...]:
    """The time of each type over some days, most first."""
    moments: list[Brief] = [each for day in days for each in day.moments]
    return time_by_type(moments)


def difference(now: Sequence[TypeTime], before: Sequence[TypeTime], *, than: str) -> str | None:
    """`4 h more making than last week, 3 h less talk`; None where nothing differs much."""
    times, earlier = ({each.moment_type: each.time for each in hours} for hours in (now, before))
    if not times or not earlier:
        return None
    nothing = timedelta()
    changes = [
        (times.get(name, nothing) - earlier.get(name, nothing), name)
        for name in in_order((times.keys() | earlier.keys()) - {OTHER})
    ]
    told = sorted(
        (each for each in changes if abs(each[0]) >= WORTH_SAYING),
        key=lambda each: abs(each[0]),
        reverse=True,
    )[:DIFFERENCES]
    parts = [
        f"{lasting(_rounded(abs(change)))} {'more' if change > nothing else 'less'} {word_of(name).lower()}"
        + (f" than {than}" if place == 0 else "")
        for place, (change, name) in enumerate(told)
    ]
    return listed(parts) or None


def _rounded(time: timedelta) -> timedelta:
    """To a quarter of an hour: more would be false precision."""
    return timedelta(minutes=round(time / timedelta(minutes=15)) * 15)


def _outcomes(rows: Sequence[Mapping[str, Any]], most: int) -> tuple[Outcome, ...]:
    """Of each day in turn, so that a full day leaves room for the others; in the order of time."""
    by_day: dict[str, list[tuple[int, Outcome]]] = {}
    seen: set[str] = set()
    for place, row in enumerate(rows):
        for text in row["outcomes"] or ():
            if text.casefold() not in seen:
                seen.add(text.casefold())
                outcome = Outcome(
                    date.fromisoformat(row["partition_key"]), cut(text, TITLE_LETTERS), row["id"]
                )
                by_day.setdefault(row["partition_key"], []).append((place, outcome))
    chosen: list[tuple[int, Outcome]] = []
    for turn in range(max(map(len, by_day.values()), default=0)):
        chosen += [found[turn] for found in by_day.values() if turn < len(found)]
    return tuple(outcome for _, outcome in sorted(chosen[:most], key=lambda each: each[0]))


def _threads(rows: Sequence[Mapping[str, Any]], days: Sequence[date]) -> tuple[Thread, ...]:
    """The tags of most days, then those of most time."""
    place = {day.isoformat(): at for at, day in enumerate(days)}
    times: dict[str, list[timedelta]] = {}
    counts: dict[str, list[int]] = {}
    for row in rows:
        time: timedelta = _between(row["start_time"], row["end_time"])
        for tag in dict.fromkeys(row["tags"] or ()):
            at = place[row["partition_key"]]
            times.setdefault(tag, [timedelta()] * len(days))[at] += time
            counts.setdefault(tag, [0] * len(days))[at] += 1
    found = [Thread(tag, tuple(times[tag]), tuple(counts[tag])) for tag in times]
    found.sort(key=lambda each: (-sum(map(bool, each.counts)), -each.total, each.tag))
    return tuple(found[:THREADS])


def _between(start: datetime, end: datetime) -> timedelta:
    return max(end - start, timedelta())


def _held_back(counts: str | None) -> int:
    held = json.loads(counts or "{}").get("held_back", 0)
    return held if isinstance(held, int) else 0
