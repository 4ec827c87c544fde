"""Which days wait for a dream, and since when?

dreamt          ●
rows    · ·  ·     ·   ·     now
                   ├─────────┤  waits since the first row that no dream has read came in
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rem_dagster.dreaming.stale import DayState, find_days
from rem_dagster.store.database import Store
from rem_dagster.store.filters import in_days


@dataclass(frozen=True)
class WaitingDay:
    """One user's day that is out of date or was never dreamt."""

    user_id: str
    partition_key: str
    was_dreamt: bool
    """Whether it has a dream, of other activity."""
    since: datetime | None
    """When the first row that no dream has read came in; None where rows only went away or were corrected."""


def find_waiting(store: Store, *, last_day: date, spare_model_days: bool = False) -> list[WaitingDay]:
    """Every (user, day) up to a day that waits for a dream, by day and user.

    Days whose dream failed or was killed are not among them: those were tried.

    Args:
        last_day: included.
        spare_model_days: as for `find_days`.
    """
    states = find_days(store, last_day=last_day, spare_model_days=spare_model_days)
    waiting = [state for state in states if state.freshness in ("undreamt", "stale")]
    since = _first_unread(store, waiting) if waiting else {}
    return [
        WaitingDay(state.user_id, state.partition_key, state.freshness == "stale", since.get(state.key))
        for state in waiting
    ]


def _first_unread(store: Store, states: Sequence[DayState]) -> Mapping[tuple[str, str], datetime]:
    dreamt_at = {state.key: state.row.dreamt_at if state.row else None for state in states}
    days = [state.partition_key for state in states]
    first: dict[tuple[str, str], datetime] = {}
    for table in ("messages", "resources", "sessions"):
        columns = ["user_id", "partition_key", "ingested_at"]
        rows = store.read(table, columns, in_days(min(days), max(days)))
        came_in = rows.group_by(columns).aggregate([])
        for user_id, day, at in zip(*(came_in[name].to_pylist() for name in columns), strict=True):
            key = (user_id, day)
            if key not in dreamt_at or at is None:
                continue
            read_until = dreamt_at[key]
            if read_until is None or at > read_until:
                first[key] = min(at, first.get(key, at))
    return first
