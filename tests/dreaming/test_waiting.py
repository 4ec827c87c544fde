"""Which days wait for a dream, and since when."""

from datetime import UTC, datetime, timedelta

from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.dreaming.waiting import find_waiting
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.dreaming.engines import ScriptedEngine
from tests.lives import dream

CAME_IN = datetime(2025, 12, 1, tzinfo=UTC)
"""When `fill` says that its items came in."""
TUESDAY = (MONDAY + timedelta(days=1)).date()


def test_a_day_waits_from_the_first_row_that_no_dream_has_read(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0, turns=2))
    dream(home, store, ScriptedEngine(), DreamPlan())
    read = CAME_IN - timedelta(hours=1)
    write_ledger(store, [each.model_copy(update={"dreamt_at": read}) for each in read_ledger(store)])
    fill(home, store, [*chat_day(0, turns=4), *chat_day(1), *chat_day(2)])
    changed, new = find_waiting(store, last_day=TUESDAY)
    assert (changed.partition_key, changed.was_dreamt) == (MONDAY.date().isoformat(), True)
    assert (new.partition_key, new.was_dreamt) == (TUESDAY.isoformat(), False)
    assert (changed.since, new.since) == (CAME_IN, CAME_IN)
    write_ledger(store, [each.model_copy(update={"dreamt_at": CAME_IN}) for each in read_ledger(store)])
    assert find_waiting(store, last_day=MONDAY.date())[0].since is None


def test_neither_a_current_day_nor_one_that_failed_waits(home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    dream(home, store, ScriptedEngine(), DreamPlan())
    first, _ = read_ledger(store)
    write_ledger(store, [first.model_copy(update={"status": "failed"})])
    assert find_waiting(store, last_day=TUESDAY) == []
