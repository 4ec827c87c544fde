"""What does each user's day hold, in one cheap fingerprint?"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, in_days, is_in
from rem_dagster.store.tables import RAW_TABLES

EMPTY_DIGEST = "0-0000000000000000"
"""The digest of a day without any activity."""


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
    import duckdb

    where = all_of(in_days(first_day, last_day), is_in("user_id", user_ids) if user_ids is not None else None)
    columns = ["user_id", "partition_key", "content_hash"]
    with duckdb.connect(":memory:") as connection:
        for table in RAW_TABLES:
            connection.register(table, store.read(table, columns, where))
        union = " UNION ALL ".join(f"SELECT '{table}' AS kind, * FROM {table}" for table in RAW_TABLES)
        rows: pa.Table = connection.sql(
            f"""
            SELECT user_id, partition_key, count(*) AS total, bit_xor(content_hash) AS folded,
                   count(*) FILTER (kind = 'messages') AS messages,
                   count(*) FILTER (kind = 'resources') AS resources,
                   count(*) FILTER (kind = 'sessions') AS sessions
            FROM ({union}) GROUP BY ALL
            """
        ).to_arrow_table()
    return {
        (row["user_id"], row["partition_key"]): DayDigest(
            digest=f"{row['total']}-{row['folded'] & 0xFFFF_FFFF_FFFF_FFFF:016x}",
            messages=row["messages"],
            resources=row["resources"],
            sessions=row["sessions"],
        )
        for row in rows.to_pylist()
    }


def first_day_in(store: Store) -> str | None:
    """The earliest ISO day of which a raw row is stored; None where there is none."""
    import pyarrow.compute as pc

    columns = (store.read(table, ["partition_key"])["partition_key"] for table in RAW_TABLES)
    return min((first for column in columns if (first := pc.min(column).as_py())), default=None)
