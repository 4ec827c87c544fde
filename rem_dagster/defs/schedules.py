"""When does something happen by the clock?"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from rem_dagster.defs.asked import Asking, asking
from rem_dagster.defs.jobs import Jobs
from rem_dagster.defs.location import Location
from rem_dagster.defs.partitions import DAYS_PER_RUN
from rem_dagster.defs.requests import range_request
from rem_dagster.dreaming.triggers import (
    DayRange,
    Growth,
    day_ranges,
    digest_of_growth,
    growth_within,
)
from rem_dagster.ingest.exclude import pause_at
from rem_dagster.llm.embedder_choice import embedding_model
from rem_dagster.model.window import calendar_of
from rem_dagster.recall.embedding import days_to_embed

MOST_RUNS_A_NIGHT = 30
AFTER_THE_DREAMS = timedelta(hours=2)
HALFWAY = timedelta(hours=1)
LONGEST_GAP = 3
"""Days up to date that a run may step over: cheaper than a run of their own."""
RUNNING = dg.DefaultScheduleStatus.RUNNING
Context = dg.ScheduleEvaluationContext


def nightly_cron(location: Location, *, after: timedelta = timedelta()) -> str:
    """The cron line of the nightly hour: 03:00 local or the start of the day, whichever is later."""
    at = max(location.settings.dagster.nightly_at, location.calendar.day_starts_at)
    moved = (datetime.combine(date(2000, 1, 1), at) + after).time()
    return f"{moved.minute} {moved.hour} * * *"


def weekly_cron(location: Location) -> str:
    """The cron line of the week's first day, at 02:00 local or the start of the day, whichever is later."""
    at = max(location.settings.dagster.weekly_at, location.calendar.day_starts_at)
    return f"{at.minute} {at.hour} * * {(location.calendar.week_starts_on + 1) % 7}"


def sync_cron(minutes: int) -> str:
    """The cron line of every so many minutes; from an hour on, every so many hours."""
    return f"*/{minutes} * * * *" if minutes < 60 else f"0 */{min(minutes // 60, 23)} * * *"


def schedules_of(location: Location, jobs: Jobs) -> list[dg.ScheduleDefinition]:
    """All that happens by the clock of a location's home."""
    return [
        _nightly(location, jobs),
        _weekly(location, jobs),
        _regular_sync(location, jobs),
        _nightly_embeddings(location, jobs),
        _nightly_maintenance(location, jobs),
    ]


def _nightly(location: Location, jobs: Jobs) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=location.name("nightly"),
        job=jobs.dream,
        cron_schedule=nightly_cron(location),
        execution_timezone=location.calendar.zone.key,
        default_status=RUNNING,
        description="Every night: dreams yesterday, and every earlier day that is out of date.",
        required_resource_keys={location.home_key},
    )
    def nightly(context: Context) -> list[dg.RunRequest] | dg.SkipReason:
        """One run for each range of days, newest first; what is left over is asked for tomorrow."""
        opened = location.open(context)
        tonight = calendar_of(opened.home).day_of(context.scheduled_execution_time)
        yesterday = tonight - timedelta(days=1)
        growths = opened.growth(last_day=yesterday)
        now = datetime.now(UTC)
        with asking(opened, context.instance, location, trigger="nightly", now=now) as turn:
            wanted = _open_days(turn, growths)
            if not any(each.covers(yesterday) for each in turn.asked):
                wanted.add(yesterday)
            return _dream_requests(turn, growths, wanted, slot=str(tonight)) or dg.SkipReason(
                "Every day that is out of date is being dreamt already."
            )

    return nightly


def _weekly(location: Location, jobs: Jobs) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=location.name("weekly"),
        job=jobs.dream,
        cron_schedule=weekly_cron(location),
        execution_timezone=location.calendar.zone.key,
        default_status=RUNNING,
        description=(
            "On the week's first day: dreams what of the last week is out of date. A sensor then sums the "
            "week up, as soon as all its days are whole."
        ),
        required_resource_keys={location.home_key},
    )
    def weekly(context: Context) -> list[dg.RunRequest] | dg.SkipReason:
        """One run for the days of the week that ended."""
        opened = location.open(context)
        calendar = calendar_of(opened.home)
        today = calendar.day_of(context.scheduled_execution_time)
        first = calendar.week_start(today - timedelta(days=1))
        growths = opened.growth(first_day=first, last_day=today - timedelta(days=1))
        if not growths:
            return dg.SkipReason(f"No day of the week from {first} is out of date.")
        now = datetime.now(UTC)
        with asking(opened, context.instance, location, trigger="weekly", now=now) as turn:
            return _dream_requests(
                turn, growths, _open_days(turn, growths), slot=str(today)
            ) or dg.SkipReason("What of the week is out of date is being dreamt already.")

    return weekly


def _open_days(turn: Asking, growths: Iterable[Growth]) -> set[date]:
    """The days of what nobody is dreaming, or is going to."""
    return {date.fromisoformat(each.partition_key) for each in growths if turn.is_open(each)}


def _dream_requests(
    turn: Asking, growths: Sequence[Growth], days: Iterable[date], *, slot: str
) -> list[dg.RunRequest]:
    """A run for each range of days, newest first.

    The key holds what the days hold and the slot, so that a tick that is evaluated twice asks once, and
    a day that failed is asked for again in the next slot.
    """
    requests = [
        _dream_request(growths, each, trigger=turn.trigger, slot=slot) for each in _newest_ranges(days)
    ]
    turn.claim(requests)
    return requests


def _newest_ranges(days: Iterable[date]) -> list[DayRange]:
    """The ranges of days that one night has runs for, newest first."""
    ranges = day_ranges(days, longest_gap=LONGEST_GAP, longest=DAYS_PER_RUN)
    return ranges[::-1][:MOST_RUNS_A_NIGHT]


def _dream_request(growths: Sequence[Growth], days: DayRange, *, trigger: str, slot: str) -> dg.RunRequest:
    within = growth_within(growths, days)
    why = f"{len(within)} dreams are out of date"
    return range_request(days, key=f"{digest_of_growth(within)}/{slot}", trigger=trigger, why=why)


def _regular_sync(location: Location, jobs: Jobs) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=location.name("regular_sync"),
        job=jobs.sync,
        cron_schedule=sync_cron(location.settings.sync_minutes),
        execution_timezone=location.calendar.zone.key,
        default_status=RUNNING,
        description="Every `sync_minutes`: pulls the configured sources. Nothing is dreamt.",
        required_resource_keys={location.home_key},
    )
    def regular_sync(context: Context) -> dg.RunRequest | dg.SkipReason:
        """One run for today, whatever days the sources touch."""
        opened = location.open(context)
        if not opened.home.settings.sources:
            return dg.SkipReason("config.toml names no [[sources]] to pull.")
        if pause := pause_at(opened.home.file.pauses, context.scheduled_execution_time):
            return dg.SkipReason(f"Paused until {pause.end.isoformat()}: nothing is pulled.")
        today = calendar_of(opened.home).day_of(context.scheduled_execution_time)
        return range_request((today, today), key=None, trigger="sync", why="it is time")

    return regular_sync


def _nightly_embeddings(location: Location, jobs: Jobs) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=location.name("nightly_embeddings"),
        job=jobs.embeddings,
        cron_schedule=nightly_cron(location, after=HALFWAY),
        execution_timezone=location.calendar.zone.key,
        default_status=RUNNING,
        description="Every night, an hour after the dreams: embeds what has no vector yet, up to yesterday.",
        required_resource_keys={location.home_key},
    )
    def nightly_embeddings(context: Context) -> list[dg.RunRequest] | dg.SkipReason:
        """One run for each range of days, newest first; what is left over is asked for tomorrow."""
        opened = location.open(context)
        model = embedding_model(opened.home.settings)
        if model is None:
            return dg.SkipReason(
                "No embedding model is installed or chosen; `rem embed` says how to get one."
            )
        tonight = calendar_of(opened.home).day_of(context.scheduled_execution_time)
        days = set(days_to_embed(opened.store, model, last_day=tonight - timedelta(days=1)))
        if not days:
            return dg.SkipReason("Every row has its vector.")
        return [
            range_request(each, key=str(tonight), trigger="embeddings", why="rows have no vector yet")
            for each in _newest_ranges(days)
        ]

    return nightly_embeddings


def _nightly_maintenance(location: Location, jobs: Jobs) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=location.name("nightly_maintenance"),
        job=jobs.maintenance,
        cron_schedule=nightly_cron(location, after=AFTER_THE_DREAMS),
        execution_timezone=location.calendar.zone.key,
        default_status=RUNNING,
        description="Every night, two hours after the dreams: compacts the tables.",
    )
    def nightly_maintenance() -> dg.RunRequest:
        """One run."""
        return dg.RunRequest()

    return nightly_maintenance
