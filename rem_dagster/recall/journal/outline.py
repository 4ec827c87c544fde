"""When were all of a user's moments, of which type and with whom, in a process that shows many pages?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.model.words import PREDICTION
from rem_dagster.recall.journal.keeping import kept_of
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.snapshot import Snapshot, from_snapshot

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
_COLUMNS = ("id", "partition_key", "start_time", "end_time", "moment_type", "people")


@dataclass(frozen=True)
class Placed:
    """On which day's page a moment is, and of which type it is."""

    day: date
    moment_type: str


@dataclass(frozen=True, eq=False)
class Outline:
    """The moments that happened, by start, then end, then id; all arrays have one length."""

    ids: pa.Array
    days: Ints
    """Of each the ordinal of its local day."""
    starts: Ints
    """Microseconds since 1970 in UTC, as are `ends`."""
    ends: Ints
    types: Sequence[str]
    type_of: Ints
    """Of each the place of its type in `types`."""
    people: Sequence[str]
    """Everybody who is named in a moment."""
    named_in: Ints
    """The places of moments that name somebody, and in `named` the places of those in `people`."""
    named: Ints

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def day_list(self) -> list[date]:
        """The days that have a moment, in order."""
        return [date.fromordinal(each) for each in np.unique(self.days).tolist()]

    def with_person(self, name: str) -> Bools:
        """Which moments name somebody."""
        found = np.zeros(len(self), bool)
        if name in self.people:
            found[self.named_in[self.named == list(self.people).index(name)]] = True
        return found

    def of_type(self, moment_type: str) -> Bools:
        """Which moments are of a type."""
        place = list(self.types).index(moment_type) if moment_type in self.types else -1
        return np.asarray(self.type_of == place)

    def places_of(self, ids: Sequence[str] | pa.Array) -> Ints:
        """The place of each id; -1 for what is no moment, or a prediction."""
        wanted = ids if isinstance(ids, pa.Array) else pa.array(ids, pa.string())
        found = pc.fill_null(pc.index_in(wanted, value_set=self.ids), -1)
        return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)

    def covered(self, chosen: Ints | Bools) -> timedelta:
        """The time that some moments cover, what several of them cover once."""
        starts, ends = self.starts[chosen], self.ends[chosen]
        before = np.concatenate(([np.iinfo(np.int64).min], np.maximum.accumulate(ends)))[: len(ends)]
        return timedelta(microseconds=int(np.maximum(ends - np.maximum(starts, before), 0).sum()))

    def placed(self, place: int) -> Placed:
        """Day and type of the moment at a place."""
        return Placed(date.fromordinal(int(self.days[place])), self.types[int(self.type_of[place])])

    def counts_by_type(self, chosen: Bools) -> dict[str, int]:
        """How many of some moments are of each type; types without any are left out."""
        counts = np.bincount(self.type_of[chosen], minlength=len(self.types)).tolist()
        return {name: count for name, count in zip(self.types, counts, strict=True) if count}

    def counts_by_person(self, chosen: Bools) -> dict[str, int]:
        """How many of some moments name each person, the oftenest first."""
        inside = self.named[chosen[self.named_in]]
        counts = np.bincount(inside, minlength=len(self.people)).tolist()
        found = sorted(zip(self.people, counts, strict=True), key=lambda each: (-each[1], each[0]))
        return {name: count for name, count in found if count}


def read_outline(store: Store, user_id: str) -> Outline:
    """One user's moments in outline, at about 100 bytes each; kept until the table has another version."""

    def read(snapshot: Snapshot) -> Outline:
        def make() -> Outline:
            return _outline(snapshot.read(_COLUMNS, equals("user_id", user_id)))

        return kept_of(store, ("outline", user_id), (snapshot.version,), make)

    return from_snapshot(store, "moments", read)


def _outline(rows: pa.Table) -> Outline:
    rows = rows.filter(pc.not_equal(rows["moment_type"], PREDICTION))
    rows = rows.sort_by([("start_time", "ascending"), ("end_time", "ascending"), ("id", "ascending")])
    rows = rows.combine_chunks()
    types, type_of = _coded(rows["moment_type"])
    people = rows["people"].combine_chunks()
    lists = people.combine_chunks() if isinstance(people, pa.ChunkedArray) else people
    names, named = _coded(pa.chunked_array([pc.list_flatten(lists)], pa.string()))
    days = [date.fromisoformat(day).toordinal() for day in rows["partition_key"].to_pylist()]
    return Outline(
        ids=whole(rows["id"]),
        days=np.array(days, np.int64),
        starts=rows["start_time"].cast(pa.int64()).to_numpy(),
        ends=rows["end_time"].cast(pa.int64()).to_numpy(),
        types=types,
        type_of=type_of,
        people=names,
        named_in=pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64),
        named=named,
    )


def _coded(values: pa.ChunkedArray) -> tuple[list[str], Ints]:
    encoded = whole(values.dictionary_encode())
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def whole(values: pa.ChunkedArray) -> Any:
    """A column as one array."""
    found = values.combine_chunks()
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
