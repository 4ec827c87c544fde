"""Which corrections are there, and which moments do they change?"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rem_dagster.dreaming.correct import target_of
from rem_dagster.dreaming.fixing.check import WAS
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.errors import InputError
from rem_dagster.model.correction import Correction
from rem_dagster.model.dream import CORRECTED, Dream
from rem_dagster.model.ids import content_hash
from rem_dagster.model.moment import Moment
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.records import record_of
from rem_dagster.store.tables import CORRECTIONS

Standing = Literal["shown", "detached", "waiting"]


@dataclass(frozen=True)
class Kept:
    """A correction, and what it changes now."""

    correction: Correction
    standing: Standing
    """`detached`: no moment of the day shares half of its sources. `waiting`: for a dream of its day."""
    moment_id: str | None = None
    """The moment that it changed; None of one that is hidden by now, and where nothing shows it."""
    name: str | None = None
    """That moment's title, or that of the moment when it was corrected."""

    @property
    def is_attached(self) -> bool:
        """Whether the day shows it."""
        return self.standing == "shown"


def kept_corrections(store: Store, *, user_id: str, day: str | None = None) -> list[Kept]:
    """A user's corrections with what they change, in the order in which they were made.

    Args:
        day: an ISO day; None is all.
    """
    corrections = corrections_of(store, user_id=user_id, day=day)
    if not corrections:
        return []
    days = sorted({each.partition_key for each in corrections})
    ledger = {
        row.partition_key: row
        for row in read_ledger(store, first_day=days[0], last_day=days[-1], user_ids=[user_id])
    }
    moments = _moments_of(store, user_id, days)
    of_day = Counter(each.partition_key for each in corrections)
    settled = {key for key, row in ledger.items() if _has_all(row, of_day[key])}
    return [
        _kept(
            each,
            ledger.get(each.partition_key),
            moments.get(each.partition_key, ()),
            is_settled=each.partition_key in settled,
        )
        for each in corrections
    ]


def corrections_of(store: Store, *, user_id: str, day: str | None = None) -> list[Correction]:
    """A user's corrections in the order in which they were made; of one ISO day, or of all."""
    where = all_of(equals("user_id", user_id), equals("partition_key", day) if day else None)
    found = [record_of(Correction, row) for row in store.read("corrections", where=where).to_pylist()]
    return sorted(found, key=lambda each: (each.made_at, each.id))


def find_correction(store: Store, *, user_id: str, correction_id: str | None) -> Correction:
    """The correction of that id, or whose id alone begins so; the last one made when None.

    Raises:
        InputError: there is none, or several are.
    """
    held = corrections_of(store, user_id=user_id)
    if not held:
        raise InputError(f"{user_id!r} has no correction, so there is nothing to undo. Nothing was changed.")
    if correction_id is None:
        return held[-1]
    found = [each for each in held if correction_id and each.id.startswith(correction_id)]
    if len(found) != 1:
        what = f"is how {len(found)} corrections begin" if found else "is no correction"
        raise InputError(
            f"{correction_id!r} {what} of {user_id!r}. Nothing was changed. `rem fix --list` shows them with "
            "their ids."
        )
    return found[0]


def keep_correction(store: Store, correction: Correction) -> None:
    """Write one correction; what had its id is replaced."""
    row = correction.model_dump()
    row["target"] = list(correction.target)
    row["value"] = json.dumps(correction.value, ensure_ascii=False, sort_keys=True)
    row["content_hash"] = content_hash("corrections", row)
    store.upsert("corrections", rows_of(CORRECTIONS, [row]))


def detached_in(row: Dream | None) -> frozenset[str]:
    """The ids of the corrections that the last dream of a day could not attach."""
    return (
        frozenset(each.text for each in row.quarantine if each.kind == "correction") if row else frozenset()
    )


def _has_all(row: Dream, corrections: int) -> bool:
    """Whether the last dream of a day knew of all its corrections."""
    applied = row.counts.get(CORRECTED, 0) + len(detached_in(row))
    return row.status == "complete" and applied == corrections


def _kept(correction: Correction, row: Dream | None, moments: Sequence[Moment], *, is_settled: bool) -> Kept:
    was = correction.value.get(WAS)
    name = str(was[0]) if isinstance(was, list) and was else None
    name = str(correction.value.get("name") or name) if correction.verb == "add" else name
    if correction.id in detached_in(row):
        return Kept(correction, "detached", name=name)
    found = None if correction.verb == "hide" else _changed(correction, moments)
    if found is not None:
        return Kept(correction, "shown", found.id, found.name)
    return Kept(correction, "shown" if is_settled else "waiting", name=name)


def _changed(correction: Correction, moments: Sequence[Moment]) -> Moment | None:
    if correction.verb != "add":
        return target_of(correction.target, moments)
    return next((each for each in moments if each.id == correction.added_id), None)


def _moments_of(store: Store, user_id: str, days: Sequence[str]) -> Mapping[str, list[Moment]]:
    found: dict[str, list[Moment]] = {}
    keys = [f"{user_id}/{day}" for day in days]
    for row in store.read_in("moments", "slice_key", keys).to_pylist():
        found.setdefault(row["partition_key"], []).append(record_of(Moment, row))
    return found
