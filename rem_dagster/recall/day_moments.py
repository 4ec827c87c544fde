"""Which moments does a day hold, in a process that asks for many days?

From the second time on they are read by the month, so that a few searches have read what the next ones need.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TypeAlias
from weakref import WeakKeyDictionary

from rem_dagster.model.words import PREDICTION
from rem_dagster.store.database import Store
from rem_dagster.store.filters import any_of, is_in, quoted

KEPT_MOMENTS = 50_000
"""How many a store keeps over all months, at about 1 KB each: three times those of a million messages."""
_COLUMNS = ["id", "slice_key", "name", "start_time", "end_time", "session_ids", "moment_type"]


@dataclass(frozen=True)
class DayMoment:
    """What tells to which moment of a day a message may belong."""

    id: str
    name: str
    start_time: datetime
    end_time: datetime
    session_ids: frozenset[str]


Days: TypeAlias = dict[str, list[DayMoment]]
"""By slice key, the user with the day."""


@dataclass
class _Kept:
    version: int = -1
    """Of the table; what was read under another one is dropped."""
    size: int = 0
    months: OrderedDict[str, Days] = field(default_factory=OrderedDict)


_keeping = Lock()
_kept: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()


def moments_on(store: Store, slice_keys: Collection[str]) -> Days:
    """The moments of some users' days, predictions left out; a day without any is left out.

    One read at most, and none when the months of all of them were read since the table changed.
    """
    if not slice_keys:
        return {}
    version = store.dataset("moments").version
    if not _asked_before(store):
        return _read(store, is_in("slice_key", slice_keys))
    months = {_month(key) for key in slice_keys}
    found = _known(store, version, months)
    if missing := months - found.keys():
        read = _read_months(store, missing)
        _keep(store, version, read)
        found |= read
    return {key: found[_month(key)][key] for key in slice_keys if key in found[_month(key)]}


def _asked_before(store: Store) -> bool:
    """Whether it pays to read more than the days themselves: a command asks once and ends."""
    with _keeping:
        asked = store in _kept
        _kept.setdefault(store, _Kept())
        return asked


def _month(slice_key: str) -> str:
    return slice_key[: -len("-01")]


def _known(store: Store, version: int, months: Iterable[str]) -> dict[str, Days]:
    with _keeping:
        kept = _kept.get(store)
        if kept is None or kept.version != version:
            return {}
        known = {month: kept.months[month] for month in months if month in kept.months}
        for month in known:
            kept.months.move_to_end(month)
        return known


def _keep(store: Store, version: int, read: Mapping[str, Days]) -> None:
    """Keep what was read, and let go of the months that were not asked for longest."""
    with _keeping:
        kept = _kept.get(store)
        if kept is None or kept.version != version:
            kept = _kept[store] = _Kept(version)
        for month, days in read.items():
            if month not in kept.months:
                kept.months[month] = days
                kept.size += _size(days)
        while kept.size > KEPT_MOMENTS:
            kept.size -= _size(kept.months.popitem(last=False)[1])


def _size(days: Days) -> int:
    """Its moments, and one for an empty month."""
    return 1 + sum(map(len, days.values()))


def _read_months(store: Store, months: Collection[str]) -> dict[str, Days]:
    within = [
        f"slice_key >= {quoted(month + '-')} AND slice_key < {quoted(month + '.')}"
        for month in sorted(months)
    ]
    found: dict[str, Days] = {month: {} for month in months}
    for key, moments in _read(store, any_of(*within)).items():
        if _month(key) in found:
            found[_month(key)][key] = moments
    return found


def _read(store: Store, where: str | None) -> Days:
    found: Days = {}
    for row in store.read("moments", _COLUMNS, where).to_pylist():
        if row["moment_type"] != PREDICTION:
            moment = DayMoment(
                *(row["id"], row["name"], row["start_time"], row["end_time"]),
                session_ids=frozenset(row["session_ids"] or ()),
            )
            found.setdefault(row["slice_key"], []).append(moment)
    return found
