"""The event log of a long run: few commits, and all that Dagster would have written itself."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events.log import EventLogEntry

from rem_dagster.defs.event_log import BatchedSqliteEventLog
from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill
from tests.defs.runs import DREAMS, instance_at, run

pytestmark = pytest.mark.runs


def what_the_log_says(instance: dg.DagsterInstance) -> list[tuple[str, str, str]]:
    """Every event of assets as (kind, asset, day), sorted."""
    return sorted(
        (str(event.event_type_value), event.asset_key.to_user_string(), str(event.partition))
        for made in instance.get_runs()
        for record in instance.get_records_for_run(made.run_id).records
        if (event := record.event_log_entry.dagster_event) and event.asset_key
    )


def test_the_days_of_a_run_are_not_committed_one_by_one(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone: list[str] = []
    stored_alone = BatchedSqliteEventLog.store_event

    def counted(log: BatchedSqliteEventLog, event: EventLogEntry) -> None:
        alone.append(str(event.dagster_event and event.dagster_event.event_type_value))
        stored_alone(log, event)

    monkeypatch.setattr(BatchedSqliteEventLog, "store_event", counted)
    fill(home, store, [item for offset in range(20) for item in chat_day(offset, turns=2)])
    run_dream(home)
    rolled_up = 3 + 1  # weeks and months, which are events without a run
    assert len([kind for kind in alone if kind.startswith("ASSET_MATERIALIZATION")]) == rolled_up
    assert len(alone) < 60  # of over 200


def test_batches_say_what_dagsters_own_log_says(home: Home, store: Store, tmp_path: Path) -> None:
    fill(home, store, [*chat_day(0), *chat_day(2)])
    run_dream(home)
    days = (chat_day(0)[0].created_at.date(), chat_day(2)[0].created_at.date())
    with instance_at(tmp_path / "own") as own, instance_at(home.dagster_path) as batched:
        run(home, own, days, assets=(*DREAMS, "links"))
        assert what_the_log_says(batched) == what_the_log_says(own)
        for asset in ("moments", "summary"):
            key = dg.AssetKey(asset)
            assert batched.get_materialized_partitions(key) == own.get_materialized_partitions(key)
            newest = [
                instance.get_asset_records([key])[0].asset_entry.last_materialization
                for instance in (batched, own)
            ]
            assert [each.dagster_event.partition for each in newest if each and each.dagster_event] == [
                days[1].isoformat()
            ] * 2
