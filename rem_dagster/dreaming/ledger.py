"""What does the ledger of dreams say, and how is it written?"""

import json
from collections.abc import Sequence

from rem_dagster.model.dream import Dream
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import all_of, in_days, is_in
from rem_dagster.store.records import record_of
from rem_dagster.store.tables import DREAMS


def read_ledger(
    store: Store,
    *,
    first_day: str | None = None,
    last_day: str | None = None,
    user_ids: Sequence[str] | None = None,
) -> list[Dream]:
    """The ledger's rows from first to last ISO day (both included), by day and user."""
    where = all_of(in_days(first_day, last_day), is_in("user_id", user_ids) if user_ids is not None else None)
    rows = (record_of(Dream, row) for row in store.read("dreams", where=where).to_pylist())
    return sorted(rows, key=lambda dream: (dream.partition_key, dream.user_id))


def write_ledger(store: Store, dreams: Sequence[Dream]) -> None:
    """Write rows of the ledger in one commit."""
    store.upsert("dreams", rows_of(DREAMS, [_row(dream) for dream in dreams]))


def _row(dream: Dream) -> dict[str, object]:
    row = dream.model_dump()
    row["counts"] = json.dumps(dream.counts, sort_keys=True)
    row["quarantine"] = json.dumps(row["quarantine"], ensure_ascii=False)
    return row
