"""Real runs of the real assets on a real instance, over a home of the test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from rem_dagster.defs.activity import activity_assets
from rem_dagster.defs.checks import DREAM_CHECKS
from rem_dagster.defs.connections import HomeConnection, OpenHome
from rem_dagster.defs.dreams import dream_assets
from rem_dagster.defs.partitions import days_of
from rem_dagster.defs.requests import day_tags
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.triggers import DayRange
from rem_dagster.llm.opening import Asking
from rem_dagster.settings import Home, open_home
from tests.dreaming.engines import ScriptedEngine, failing_on

DREAMS = ("moments", "mentions", "edges", "summary")
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class HomeWithFailingDay(OpenHome):
    """A home whose engine has no answer about one day."""

    day: str = ""

    def engine(self, asking: Asking) -> Engine:
        """One moment a day, but for that day."""
        return ScriptedEngine(failing_on(self.day))


class FailingConnection(HomeConnection):
    """Opens the home with an engine that fails on one day."""

    failing_day: str

    def open(self, flags: Mapping[str, object] | None = None) -> OpenHome:
        """The home with that engine."""
        opened = super().open(flags)
        return HomeWithFailingDay(opened.home, opened.store, self.failing_day)


def instance_at(path: Path) -> dg.DagsterInstance:
    """A persistent instance with Dagster's own SQLite storage."""
    path.mkdir(exist_ok=True)
    (path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    return dg.DagsterInstance.from_config(str(path))


def run(
    home: Home,
    instance: dg.DagsterInstance,
    days: DayRange,
    *,
    assets: Sequence[str] = ("resources", "sessions", "messages", *DREAMS),
    config: Mapping[str, object] | None = None,
    connection: HomeConnection | None = None,
) -> dg.ExecuteInProcessResult:
    """Materialise assets of some days in one run; the run may fail."""
    home = open_home(home.path)
    calendar = days_of(home)
    job = dg.Definitions(
        assets=[activity_assets(calendar), dream_assets(calendar)],
        asset_checks=DREAM_CHECKS,
        jobs=[dg.define_asset_job("job", selection=dg.AssetSelection.assets(*assets))],
        resources={"home": connection or HomeConnection(path=str(home.path))},
    ).resolve_job_def("job")
    return job.execute_in_process(
        instance=instance,
        tags=day_tags(days),
        run_config={**QUIET, "ops": {"dreams": {"config": dict(config)}}} if config else QUIET,
        raise_on_error=False,
    )


def events(instance: dg.DagsterInstance, asset: str) -> dict[str, dict[str, object]]:
    """Day -> what its newest event says; a day with two events of one run would fail here."""
    found = instance.fetch_materializations(dg.AssetKey(asset), limit=1000, ascending=True).records
    runs = [(record.partition_key, record.run_id) for record in found]
    assert len(runs) == len(set(runs))
    return {
        str(record.partition_key): {
            name: value.value for name, value in record.asset_materialization.metadata.items()
        }
        for record in found
        if record.asset_materialization
    }
