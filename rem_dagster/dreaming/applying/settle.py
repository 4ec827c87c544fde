"""Which days are out of date for nothing but a correction, and need no dream?

A fix that was killed leaves such a day, and so does a fix of a day that nothing was known of then. To
dream it would ask a model again, or give it to another engine than the one that made it.
"""

from collections.abc import Sequence
from datetime import date

from rem_dagster.dreaming.applying.bring import bring, day_of, find_original, moments_of_day, state_of
from rem_dagster.dreaming.stale import DayState
from rem_dagster.model.dream import CORRECTED
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import is_in


def settle(home: Home, store: Store, states: Sequence[DayState], *, wait_seconds: float) -> int:
    """Bring days to their corrections of which nothing else changed; returns how many there were.

    Raises:
        HomeBusyError: another process was at work on such a day all the time.
    """
    changed = [state for state in states if _may_be_settled(state)]
    days = {state.partition_key for state in changed}
    columns = ["user_id", "partition_key"]
    rows = store.read("corrections", columns, is_in("partition_key", days)).to_pylist() if days else []
    corrected = {(row["user_id"], row["partition_key"]) for row in rows}
    return sum(
        _settled(home, store, state, wait_seconds)
        for state in changed
        if state.key in corrected or (state.row and CORRECTED in state.row.counts)
    )


def _may_be_settled(state: DayState) -> bool:
    return (
        state.row is not None
        and state.row.status == "complete"
        and state.row.input_digest != state.input.digest
    )


def _settled(home: Home, store: Store, state: DayState, wait_seconds: float) -> bool:
    on = date.fromisoformat(state.partition_key)
    with home.hold_days([state.partition_key], wait_seconds=wait_seconds) as held:
        now = state_of(store, user_id=state.user_id, day=on)
        if not _may_be_settled(now):
            return False
        day = day_of(home, store, now)
        shown = moments_of_day(store, user_id=state.user_id, day=on)
        original = find_original(home, store, now, day, shown)
        if original is None or original.items_hash != day.items_hash:
            return False
        bring(home, store, now, original, held)
        return True
