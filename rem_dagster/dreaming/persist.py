"""How does a chunk of dreamt days reach the tables?

    replaced ── ledger "writing" ── moments ── mentions ── edges ── summaries ── ledger "complete"

One merge per table for all users and days of the chunk. A process killed in between leaves the rows
of the ledger at "writing": their days count as out of date and are dreamt again. What whole days were
before is kept first, so that it is whole too.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rem_dagster.dreaming.ledger import write_ledger
from rem_dagster.dreaming.originals import Original, keep_originals
from rem_dagster.dreaming.replaced import keep_replaced
from rem_dagster.errors import LockLostError
from rem_dagster.locks import Held
from rem_dagster.model.dream import CORRECTED, Dream
from rem_dagster.model.edge import Edge
from rem_dagster.model.mention import Mention
from rem_dagster.model.moment import Moment
from rem_dagster.model.record import Record
from rem_dagster.model.summary import Summary
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import EDGES, MENTIONS, MOMENTS, SUMMARIES, TableSpec


@dataclass(frozen=True)
class DreamtDay:
    """All that one dream writes: its row of the ledger and its records."""

    dream: Dream
    moments: list[Moment] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    summary: Summary | None = None
    original: Original | None = None
    """What it is without corrections; kept where any has changed it."""

    @property
    def is_corrected(self) -> bool:
        """Whether a correction changed what is shown."""
        return CORRECTED in self.dream.counts


def persist(
    store: Store, days: Sequence[DreamtDay], held: Held | None = None, *, keeps_version: bool = True
) -> None:
    """Replace what earlier dreams wrote for these days; a failed day keeps what it had.

    Args:
        held: the lock on these days; looked at before each write.
        keeps_version: whether what they were is to be compared with what they are: not where a person
            changes a day by hand.

    Raises:
        StoreError: a write failed; run again, the days are still out of date.
        LockLostError: others may have written these days meanwhile; they are out of date now.
    """
    sound = [day for day in days if day.dream.status == "complete"]
    failed = [day.dream for day in days if day.dream.status == "failed"]
    check = held.check if held else _nothing
    check()
    if keeps_version:
        keep_replaced(store, [day.dream for day in days])
    keep_originals(store, [day.original for day in sound if day.original and day.is_corrected])
    if sound:
        write_ledger(store, [_writing(day.dream) for day in sound])
        try:
            _write(store, sound, check)
            check()
        except LockLostError:  # what somebody else completed may now be mixed with ours
            write_ledger(store, [_writing(day.dream) for day in sound])
            raise
    write_ledger(store, [*(day.dream for day in sound), *failed])


def _nothing() -> None:
    """Where nobody else can write the same days."""


def _write(store: Store, sound: Sequence[DreamtDay], check: Callable[[], None]) -> None:
    keys = [f"{day.dream.user_id}/{day.dream.partition_key}" for day in sound]
    check()
    _replace(store, MOMENTS, [_row(each) for day in sound for each in day.moments], keys)
    check()
    _replace(store, MENTIONS, [_row(each) for day in sound for each in day.mentions], keys)
    check()
    _replace(
        store,
        EDGES,
        [{**_row(each), "slice_key": _slice(each) + "/dream"} for day in sound for each in day.edges],
        [f"{key}/dream" for key in keys],
    )
    check()
    _replace(
        store,
        SUMMARIES,
        [
            {**_row(day.summary), "slice_key": _summary_slice(day.dream)}
            for day in sound
            if day.summary is not None
        ],
        [_summary_slice(day.dream) for day in sound],
    )


def replace_summaries(store: Store, summaries: Sequence[Summary], *, emptied: Sequence[str] = ()) -> None:
    """Replace these summaries alone.

    Args:
        emptied: slices in which nothing else is to stay.
    """
    keys = [f"{each.user_id}/{each.period}/{each.partition_key}" for each in summaries]
    if keys or emptied:
        rows = [{**_row(each), "slice_key": key} for each, key in zip(summaries, keys, strict=True)]
        _replace(store, SUMMARIES, rows, [*keys, *emptied])


def _writing(dream: Dream) -> Dream:
    return dream.model_copy(update={"status": "writing"})


def _replace(store: Store, spec: TableSpec, rows: list[dict[str, Any]], keys: list[str]) -> None:
    store.replace_slices(spec.name, rows_of(spec, rows), keys)


def _row(record: Record) -> dict[str, Any]:
    row = record.model_dump()
    if "metadata" in row:
        row["metadata"] = json.dumps(row["metadata"], ensure_ascii=False, sort_keys=True)
    row["slice_key"] = f"{row['user_id']}/{row['partition_key']}"
    return row


def _slice(edge: Edge) -> str:
    return f"{edge.user_id}/{edge.partition_key}"


def _summary_slice(dream: Dream) -> str:
    return f"{dream.user_id}/day/{dream.partition_key}"
