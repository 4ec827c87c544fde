"""Real runs of the real assets on a real instance, over a home of the test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from rem_dagster.definitions import definitions_of
from rem_dagster.defs.connections import HomeConnection, OpenHome
from rem_dagster.defs.location import Location, location_of
from rem_dagster.defs.requests import day_tags
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.triggers import DayRange
from rem_dagster.llm.opening import Asking
from rem_dagster.settings import Home
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


def location_at(home: Home) -> Location:
    """The location of a home, as it stands now."""
    return location_of(HomeConnection(path=str(home.path)))


def resources_of(home: Home) -> dict[str, HomeConnection]:
    """What a tick is given to reach a home."""
    return {"home": HomeConnection(path=str(home.path))}


def open_at(home: Home) -> OpenHome:
    """A home as a check is given it."""
    return HomeConnection(path=str(home.path)).open()


def sensor_of(location: Location, name: str) -> dg.SensorDefinition:
    """A sensor by its name."""
    return next(each for each in definitions_of(location).sensors or () if each.name == name)


def schedule_of(location: Location, name: str) -> dg.ScheduleDefinition:
    """A schedule by its name."""
    schedules = definitions_of(location).schedules or ()
    return next(each for each in schedules if isinstance(each, dg.ScheduleDefinition) and each.name == name)


def run(
    home: Home,
    instance: dg.DagsterInstance,
    days: DayRange | None,
    *,
    assets: Sequence[str] = ("resources", "sessions", "messages", *DREAMS, "links"),
    config: Mapping[str, object] | None = None,
    connection: HomeConnection | None = None,
) -> dg.ExecuteInProcessResult:
    """Materialise assets of some days in one run, with the checks on them; the run may fail.

    Args:
        days: None where the assets have no partitions.
    """
    defined = definitions_of(location_of(connection or HomeConnection(path=str(home.path))))
    job = dg.Definitions.merge(
        defined,
        dg.Definitions(jobs=[dg.define_asset_job("job", selection=dg.AssetSelection.assets(*assets))]),
    ).resolve_job_def("job")
    return job.execute_in_process(
        instance=instance,
        tags=day_tags(days) if days else {},
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
