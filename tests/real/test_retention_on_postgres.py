"""On Postgres the history goes as it does on SQLite: all runs share one log there."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from rem_dagster.defs.retention import Dropped, drop_old_runs
from tests.defs.test_retention import KEEP, NOW, OLD, YOUNG, newest, ran, run_ids
from tests.services import postgres_server

pytestmark = pytest.mark.real


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with postgres_server() as postgres:
        storage = f"storage: {{postgres: {{postgres_url: '{postgres.new_database()}'}}}}"
        (tmp_path / "dagster.yaml").write_text(
            f"telemetry: {{enabled: false}}\n{storage}\n", encoding="utf-8"
        )
        with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
            yield instance


def test_old_runs_go_and_no_day_looks_undone(instance: dg.DagsterInstance) -> None:
    superseded = ran(instance, OLD, day="2025-10-01")
    kept = ran(instance, OLD, day="2025-10-01")
    failed = ran(instance, OLD, day="2025-10-02", job="broken_job")
    young = ran(instance, YOUNG, day="2025-10-03")
    before = newest(instance)
    dropped = drop_old_runs(instance, keep=KEEP, now=NOW)
    assert (dropped.runs, dropped.thinned) == (2, 1)
    assert dropped.events > 10
    assert run_ids(instance) == {kept, young}
    assert newest(instance) == before
    assert {superseded, failed}.isdisjoint(run_ids(instance))
    kinds = {entry.dagster_event_type for entry in instance.all_logs(kept)}
    assert {kind.value for kind in kinds if kind} == {"ASSET_MATERIALIZATION"}
    assert len(instance.all_logs(young)) > 10
    assert drop_old_runs(instance, keep=KEEP, now=NOW) == Dropped()
