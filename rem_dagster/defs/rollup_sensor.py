"""When does a dream ask for the summary of its week and month?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import dagster as dg

from rem_dagster.defs.asked import UNFINISHED, Asked, asked_for
from rem_dagster.defs.jobs import Job, Jobs
from rem_dagster.defs.location import Location
from rem_dagster.defs.requests import days_of_tags, range_request, slot_of
from rem_dagster.dreaming.rollup import Rolled, RollupState, find_rollups
from rem_dagster.dreaming.triggers import DayRange
from rem_dagster.errors import HomeMissingError
from rem_dagster.model.ids import digest_text
from rem_dagster.model.window import days_between

SECONDS_BETWEEN_LOOKS = 60
MOST_RUNS_A_LOOK = 10
LONGEST_GAP = 3
"""Weeks or months up to date that a run may step over: cheaper than a run of their own."""
LONGEST_PERIOD: dict[Rolled, timedelta] = {"week": timedelta(days=7), "month": timedelta(days=31)}
Context = dg.SensorEvaluationContext


@dataclass(frozen=True)
class Look:
    """What runs are about while the weeks and months are looked at."""

    dreaming: Sequence[Asked]
    summed_up: Sequence[DayRange]
    """First days of what is summed up now, or was within the cooldown: today changes all day."""

    def is_dreamt_now(self, state: RollupState) -> bool:
        """Whether a run dreams a day of it: it is out of date again soon."""
        days = days_between(state.first_day, state.last_day)
        return any(asked.covers(day, state.user_id) for day in days for asked in self.dreaming)

    def is_asked_for(self, day: date) -> bool:
        """Whether the week or month that begins on a day is summed up already."""
        return any(first <= day <= last for first, last in self.summed_up)


@dataclass(frozen=True)
class Standing:
    """One week or month: which users' summaries of it can be made now, or what they wait for."""

    first_day: date
    ready: list[RollupState] = field(default_factory=list)
    waits_for: str | None = None


def rollup_sensor(location: Location, jobs: Jobs) -> dg.SensorDefinition:
    """The sensor that asks for summaries of weeks and months."""
    job_of: dict[Rolled, Job] = {"week": jobs.weekly, "month": jobs.monthly}

    @dg.sensor(
        name=location.name("rollups_due"),
        jobs=list(job_of.values()),
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Sums a week or a month up when one of its days was dreamt, again or for the first time, and no "
            "run is still dreaming one. A user's days that failed hold back that user's summary."
        ),
        required_resource_keys={location.home_key},
    )
    def rollups_due(context: Context) -> dg.SensorResult | dg.SkipReason:
        """One run for each week and each month that is out of date, newest first."""
        try:
            opened = location.open(context)
        except HomeMissingError as error:
            return dg.SkipReason(str(error))
        now = datetime.now(UTC)
        cooldown = timedelta(minutes=opened.home.settings.threshold.cooldown_minutes)
        dreaming = asked_for(context.instance, location, now=now)
        states = find_rollups(opened.home, opened.store)
        requests, waiting = [], []
        for period, job in job_of.items():
            asked = _asked_for(context.instance, job, since=now - cooldown, now=now)
            standings = _standings(Look(dreaming, asked), period, states)
            requests += [
                _request(job, period, each, slot=slot_of(now, cooldown)) for each in _runs(period, standings)
            ]
            waiting += [
                f"{period} of {each.first_day}: {each.waits_for}" for each in standings if each.waits_for
            ]
        if requests:
            return dg.SensorResult(run_requests=requests[:MOST_RUNS_A_LOOK])
        return dg.SkipReason("; ".join(waiting[:MOST_RUNS_A_LOOK]) or "Every week and month is up to date.")

    return rollups_due


def _asked_for(instance: dg.DagsterInstance, job: Job, *, since: datetime, now: datetime) -> list[DayRange]:
    """First and last of the weeks or months of runs that are not finished, or were begun since then."""
    unfinished = dg.RunsFilter(job_name=job.name, statuses=UNFINISHED)
    recent = dg.RunsFilter(job_name=job.name, created_after=since, created_before=now + timedelta(minutes=1))
    runs = [*instance.get_runs(unfinished), *instance.get_runs(recent)]
    return [days for run in runs if (days := days_of_tags(run.tags)) is not None]


def _standings(look: Look, period: Rolled, states: Sequence[RollupState]) -> list[Standing]:
    """How each week, or each month, stands that is not up to date; newest first."""
    of_period = [state for state in states if state.period == period and state.freshness != "current"]
    newest_first = sorted(of_period, key=lambda state: state.first_day, reverse=True)
    return [
        _standing(look, first_day, list(each))
        for first_day, each in groupby(newest_first, lambda state: state.first_day)
    ]


def _standing(look: Look, first_day: date, states: Sequence[RollupState]) -> Standing:
    due = [state for state in states if state.freshness == "due"]
    ready = [state for state in due if not look.is_dreamt_now(state)]
    if ready and not look.is_asked_for(first_day):
        return Standing(first_day, ready)
    if ready:
        return Standing(first_day, waits_for="asked for already, or within the cooldown")
    if due:
        return Standing(first_day, waits_for="a day of it is being dreamt")
    blocked = sorted({day for state in states for day in state.blocked_by})
    return Standing(first_day, waits_for=f"waits for {', '.join(blocked)}")


def _runs(period: Rolled, standings: Sequence[Standing]) -> Iterator[list[Standing]]:
    """What is ready, in runs of weeks or months that nearly follow each other, newest first.

    One that waits is in no run: it would fail it.
    """
    longest = LONGEST_PERIOD[period] * (LONGEST_GAP + 1)
    run: list[Standing] = []
    for standing in standings:
        if run and (not standing.ready or run[-1].first_day - standing.first_day > longest):
            yield run
            run = []
        if standing.ready:
            run.append(standing)
    if run:
        yield run


def _request(job: Job, period: Rolled, run: Sequence[Standing], *, slot: int) -> dg.RunRequest:
    """A run over some weeks or months.

    The key holds what their days hold and the slot of the cooldown: a run that failed is tried again later.
    """
    parts = sorted(f"{state.user_id}/{state.input_hash}" for each in run for state in each.ready)
    return range_request(
        (run[-1].first_day, run[0].first_day),
        key=f"{period}/{digest_text(*parts)[:16]}/{slot}",
        trigger="rollup",
        why="its days were dreamt" if len(run) == 1 else f"days of {len(run)} {period}s were dreamt",
        job_name=job.name,
    )
