"""Looks of sensors and ticks of schedules, without a daemon."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

import dagster as dg
import pyarrow as pa
import pytest

from rem_dagster.defs.dreams import DreamConfig
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import fill, message
from tests.defs.runs import location_at, resources_of, schedule_of, sensor_of

NOW = datetime.now(UTC)
TODAY = NOW.date()
AT_NIGHT = datetime(2025, 10, 10, 3, tzinfo=UTC)
WHY = "rem/why"
Answered = tuple[list[dg.RunRequest], str]
"""What is asked for, and why not."""


def say(
    home: Home, store: Store, count: int, *, at: datetime = NOW, first: int = 0, user: str = "ines"
) -> None:
    """Messages of one session at an instant, which came in long ago."""
    session = f"talk-{user}"
    fill(home, store, [message(first + n, at, session=session, user=user) for n in range(count)], user=user)


def rewrite(store: Store, table: str, column: str, value: object, where: str | None = None) -> None:
    """Give a column of some rows another value, as no code of ours would."""
    rows = store.read(table, where=where)
    place, field = rows.schema.get_field_index(column), rows.schema.field(column)
    values = pa.array([value] * rows.num_rows, field.type)
    store.upsert(table, rows.set_column(place, field, values))


def look(name: str, home: Home, instance: dg.DagsterInstance) -> Answered:
    """What a sensor asks for at one look, and why not."""
    sensor = sensor_of(location_at(home), name)
    found = sensor.evaluate_tick(dg.build_sensor_context(instance, resources=resources_of(home)))
    return list(found.run_requests or ()), found.skip_message or ""


def tick(name: str, home: Home, instance: dg.DagsterInstance, at: datetime = AT_NIGHT) -> Answered:
    """What a schedule asks for at one tick, and why not."""
    schedule = schedule_of(location_at(home), name)
    context = dg.build_schedule_context(instance, scheduled_execution_time=at, resources=resources_of(home))
    found = schedule.evaluate_tick(context)
    return list(found.run_requests or ()), found.skip_message or ""


def night(home: Home, instance: dg.DagsterInstance, at: datetime = AT_NIGHT) -> list[dg.RunRequest]:
    """What the nightly schedule asks for."""
    return tick("nightly", home, instance, at)[0]


def start_run(
    instance: dg.DagsterInstance,
    request: dg.RunRequest,
    *,
    job_name: str = "dream_job",
    status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED,
) -> dg.DagsterRun:
    """The run of a request, in some state."""
    job = dg.Definitions(assets=[_dreams], jobs=[dg.define_asset_job(job_name)]).resolve_job_def(job_name)
    return instance.create_run_for_job(
        job, tags=dict(request.tags), run_config=request.run_config, status=status
    )


@dg.multi_asset(specs=[dg.AssetSpec("moments")], name="dreams")
def _dreams(config: DreamConfig) -> None:
    """Stands for the dreams in runs that never do anything."""


def days_of(request: dg.RunRequest) -> dict[str, str]:
    """The days that a request names, as Dagster knows them."""
    return {name: value for name, value in request.tags.items() if "partition" in name}


def users_of(request: dg.RunRequest) -> list[str] | None:
    """Whose days a request is about; None is all."""
    config: Mapping[str, dict[str, dict[str, dict[str, list[str]]]]] = request.run_config or {}
    return config["ops"]["dreams"]["config"]["users"] if config else None


def set_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """What triggers take for now."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # an exact datetime
            return at.astimezone(tz)

    for module in ("sensors", "rollup_sensor", "schedules"):
        monkeypatch.setattr(f"rem_dagster.defs.{module}.datetime", Clock)
