"""How is a run asked for, and which days are being dreamt already?"""

from collections.abc import Iterable
from datetime import date, datetime

import dagster as dg

from rem_dagster.defs.jobs import DREAM_JOB
from rem_dagster.dreaming.triggers import DayRange

TRIGGER_TAG = "rem/trigger"
WHY_TAG = "rem/why"
DAY_TAG = "dagster/partition"
RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]
DREAMS = dg.AssetKey("moments")


def range_request(days: DayRange, *, key: str | None, trigger: str, why: str) -> dg.RunRequest:
    """A run over days; `key` tells two requests for the same days apart, None never holds one back."""
    first, last = (day.isoformat() for day in days)
    return dg.RunRequest(
        run_key=f"{first}..{last}/{key}" if key else None,
        tags={**day_tags(days), TRIGGER_TAG: trigger, WHY_TAG: why},
    )


def day_tags(days: DayRange) -> dict[str, str]:
    """The tags by which Dagster knows a run's days: one partition, or a range with both ends."""
    first, last = (day.isoformat() for day in days)
    return {DAY_TAG: first} if first == last else dict(zip(RANGE_TAGS, (first, last), strict=True))


def days_asked_for(instance: dg.DagsterInstance, *, since: datetime) -> list[DayRange]:
    """Days of runs that are to dream them, or that a trigger asked for since then."""
    unfinished = instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))
    recent = [
        record.dagster_run
        for record in instance.get_run_records(dg.RunsFilter(job_name=DREAM_JOB, created_after=since))
    ]
    return [days for run in (*unfinished, *recent) if _dreams(run) if (days := _days_of_run(run)) is not None]


def covers(ranges: Iterable[DayRange], day: date) -> bool:
    """Whether a day lies in one of the ranges."""
    return any(first <= day <= last for first, last in ranges)


def _dreams(run: dg.DagsterRun) -> bool:
    return run.job_name == DREAM_JOB or DREAMS in (run.asset_selection or ())


def _days_of_run(run: dg.DagsterRun) -> DayRange | None:
    if DAY_TAG in run.tags:
        day = date.fromisoformat(run.tags[DAY_TAG])
        return day, day
    if all(tag in run.tags for tag in RANGE_TAGS):
        first, last = (date.fromisoformat(run.tags[tag]) for tag in RANGE_TAGS)
        return first, last
    return None
