"""What was a day before it was dreamt again?

ledger row        complete v1          writing v2         complete v2
table replaced         ·        v1 ──────────────────────────────────>   until v3 replaces v2

One version of each (user, day) is kept. It is taken while the ledger calls the day complete and never
from one that a killed dream left half written: the last whole version outlives any number of attempts.
A dream that fails takes it too, as the row of the ledger is then the failed dream's.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rem_dagster.dreaming.compare import DayVersion
from rem_dagster.errors import StoreError
from rem_dagster.model.dream import Dream
from rem_dagster.model.ids import derive_id
from rem_dagster.model.moment import Moment
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import all_of, equals, is_in
from rem_dagster.store.maintain import tidy
from rem_dagster.store.records import record_of
from rem_dagster.store.tables import REPLACED

MADE_BY = ("dream_id", "engine", "model", "agentlet_version", "recipe", "dreamt_at")
"""What a kept version has of its row of the ledger."""
LEFT_OUT = {"search_text"}
_MOMENTS = TypeAdapter(tuple[Moment, ...])


def keep_replaced(store: Store, dreams: Sequence[Dream]) -> None:
    """Keep the whole versions that these dreams are about to replace; call it before anything is written.

    Days that are dreamt for the first time, or made anew of the same input by the same recipe, cost one
    look at the ledger and are not kept.

    Raises:
        StoreError: it could not be kept; nothing was replaced.
    """
    new = {dream.id: dream.dream_id for dream in dreams}
    columns = ["id", "user_id", "partition_key", "status", *MADE_BY]
    held = store.read_in("dreams", "id", new, columns).to_pylist() if new else []
    old = [row for row in held if row["status"] == "complete" and row["dream_id"] != new[row["id"]]]
    if not old:
        return
    keys = [_key(row) for row in old]
    moments = _moments_of(store, keys)
    summaries = _summaries_of(store, old)
    kept = [
        {
            **{name: row[name] for name in MADE_BY},
            "id": derive_id(row["user_id"], row["partition_key"], "replaced"),
            "user_id": row["user_id"],
            "partition_key": row["partition_key"],
            "slice_key": key,
            "moments": _MOMENTS.dump_json(
                tuple(moments.get(key, ())), exclude={"__all__": LEFT_OUT}
            ).decode(),
            "summary": summaries.get(key),
        }
        for row, key in zip(old, keys, strict=True)
    ]
    store.create_table(REPLACED)
    store.upsert(REPLACED.name, rows_of(REPLACED, kept))
    tidy(store, [REPLACED.name])


def replaced_days(store: Store, user_id: str) -> list[str]:
    """The ISO days of a user of which an earlier version is kept, in order."""
    if not _is_made(store):
        return []
    days = store.read(REPLACED.name, ["partition_key"], equals("user_id", user_id))
    return sorted(days["partition_key"].to_pylist())


def replaced_version(store: Store, user_id: str, day: str) -> DayVersion | None:
    """What a day was before its last re-dream; None where it was never dreamt again.

    Raises:
        StoreError: the kept version cannot be read; nothing was changed.
    """
    if not _is_made(store):
        return None
    where = all_of(equals("user_id", user_id), equals("partition_key", day))
    rows = store.read(REPLACED.name, where=where).to_pylist()
    if not rows:
        return None
    try:
        moments = _MOMENTS.validate_json(rows[0]["moments"])
    except ValidationError as error:
        raise StoreError(
            f"What {day} of {user_id!r} was before its last dream cannot be read: another version of rem "
            "kept it. Nothing was changed. It is replaced when the day is dreamt again."
        ) from error
    return _version(rows[0], moments, rows[0]["summary"])


def present_version(store: Store, dream: Dream) -> DayVersion:
    """What a day is now, by its row of the ledger."""
    row = dream.model_dump()
    key = _key(row)
    return _version(row, _moments_of(store, [key]).get(key, []), _summaries_of(store, [row]).get(key))


def _version(made: Mapping[str, Any], moments: Sequence[Moment], summary: str | None) -> DayVersion:
    return DayVersion(**{name: made[name] for name in MADE_BY}, moments=tuple(moments), summary=summary)


def _moments_of(store: Store, keys: Sequence[str]) -> dict[str, list[Moment]]:
    """The stored moments of some (user, day) slices, in time order."""
    found: dict[str, list[Moment]] = {}
    for row in store.read_in("moments", "slice_key", keys).to_pylist():
        found.setdefault(row["slice_key"], []).append(record_of(Moment, row))
    return {
        key: sorted(moments, key=lambda each: (each.start_time, each.end_time, each.id))
        for key, moments in found.items()
    }


def _summaries_of(store: Store, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the days of some rows of the ledger are summed up as, by their key."""
    slices = {f"{row['user_id']}/day/{row['partition_key']}": _key(row) for row in rows}
    found = store.read("summaries", ["slice_key", "content"], is_in("slice_key", slices)).to_pylist()
    return {slices[row["slice_key"]]: row["content"] for row in found}


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['user_id']}/{row['partition_key']}"


def _is_made(store: Store) -> bool:
    """Whether any day was ever replaced: the table is made then."""
    if store.is_local:
        return (Path(store.uri) / f"{REPLACED.name}.lance").is_dir()
    return REPLACED.name in store.names()
