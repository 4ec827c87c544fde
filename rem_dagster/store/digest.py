"""What does each user's day hold, in one cheap fingerprint?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, in_days, is_in
from rem_dagster.store.tables import RAW_TABLES

EMPTY_DIGEST = "0-0000000000000000"
"""The digest of a day without any activity."""
DENSE = 1_000_000
"""Cells of users by days, beyond the number of rows, up to which each cell is counted."""


@dataclass(frozen=True)
class DayDigest:
    """The fingerprint of one user's day, and how many rows of each kind it covers."""

    digest: str
    messages: int
    resources: int
    sessions: int

    @property
    def items(self) -> int:
        """Messages and resources: what a dream reads."""
        return self.messages + self.resources


NO_ACTIVITY = DayDigest(digest=EMPTY_DIGEST, messages=0, resources=0, sessions=0)


def day_digests(
    store: Store,
    *,
    first_day: str | None = None,
    last_day: str | None = None,
    user_ids: Sequence[str] | None = None,
) -> dict[tuple[str, str], DayDigest]:
    """(user, ISO day) -> digest, for every day that holds a raw row or a correction.

    Args:
        first_day: ISO day, included; None is the beginning.
        last_day: ISO day, included; None is the end.
        user_ids: only these users; None is all.
    """
    where = all_of(in_days(first_day, last_day), is_in("user_id", user_ids) if user_ids is not None else None)
    columns = ["user_id", "partition_key", "content_hash"]
    parts = [store.read(table, columns, where) for table in RAW_TABLES]
    rows = pa.concat_tables(parts).combine_chunks()
    if not rows.num_rows:
        return {}
    kinds = np.repeat(np.arange(len(parts)), [part.num_rows for part in parts])
    keys, place = by_day(rows)
    folded = np.zeros(len(keys), np.int64)
    np.bitwise_xor.at(folded, place, rows["content_hash"].combine_chunks().fill_null(0).to_numpy())
    counts = np.bincount(place * len(parts) + kinds, minlength=len(keys) * len(parts)).reshape(len(keys), -1)
    return {
        key: DayDigest(
            digest=f"{sum(held)}-{fold & 0xFFFF_FFFF_FFFF_FFFF:016x}",
            **{each: held[RAW_TABLES.index(each)] for each in ("messages", "resources", "sessions")},
        )
        for key, fold, held in zip(keys, folded.tolist(), counts.tolist(), strict=True)
    }


def by_day(rows: pa.Table | pa.RecordBatch) -> tuple[list[tuple[str, str]], npt.NDArray[np.intp]]:
    """Each (user, ISO day) once, and the place of each row's among them."""
    columns = (rows[name] for name in ("user_id", "partition_key"))
    users, days = (
        (each.combine_chunks() if isinstance(each, pa.ChunkedArray) else each).dictionary_encode()
        for each in columns
    )
    names, dates = users.dictionary.to_pylist(), days.dictionary.to_pylist()
    codes = users.indices.to_numpy().astype(np.int64) * len(dates) + days.indices.to_numpy()
    if (cells := len(names) * len(dates)) <= DENSE + len(codes):  # several times quicker than to sort
        counts = np.bincount(codes, minlength=cells) > 0
        present, place = np.flatnonzero(counts), (np.cumsum(counts) - 1)[codes]
    else:
        present, place = np.unique(codes, return_inverse=True)
    return [(names[code // len(dates)], dates[code % len(dates)]) for code in present.tolist()], place


def first_day_in(store: Store) -> str | None:
    """The earliest ISO day of which a raw row is stored; None where there is none."""
    import pyarrow.compute as pc

    columns = (store.read(table, ["partition_key"])["partition_key"] for table in RAW_TABLES)
    return min((first for column in columns if (first := pc.min(column).as_py())), default=None)
