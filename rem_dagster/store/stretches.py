"""Which days of a table are read together, so that what is in memory at a time stays small?"""

from collections.abc import Iterator

from rem_dagster.store.database import Store

ROWS_AT_ONCE = 5_000
"""About as many; a day of more is read whole."""


def stretches(store: Store, table: str, where: str | None = None) -> Iterator[tuple[str, str]]:
    """First and last ISO day of each part of a table, in time order."""
    days = store.read(table, ["partition_key"], where)["partition_key"]
    counts = sorted((each["values"], each["counts"]) for each in days.value_counts().to_pylist())
    part: list[str] = []
    held = 0
    for day, count in counts:
        if part and held + count > ROWS_AT_ONCE:
            yield part[0], part[-1]
            part, held = [], 0
        part.append(day)
        held += count
    if part:
        yield part[0], part[-1]
