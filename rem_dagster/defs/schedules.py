"""When does something happen by the clock?"""

from datetime import date, datetime, timedelta

import dagster as dg

from rem_dagster.defs.connections import HomeConnection
from rem_dagster.defs.jobs import dream_job, embeddings_job, maintenance_job, sync_job
from rem_dagster.defs.partitions import DAYS_PER_RUN, HOME
from rem_dagster.defs.requests import range_request
from rem_dagster.dreaming.triggers import day_ranges, digest_of_growth, find_growth, growth_within
from rem_dagster.llm.embedder_choice import embedding_model
from rem_dagster.model.window import Calendar, calendar_of, zone_named
from rem_dagster.recall.embedding import days_to_embed
from rem_dagster.settings import Settings

MOST_RUNS_A_NIGHT = 30
AFTER_THE_DREAMS = timedelta(hours=2)
HALFWAY = timedelta(hours=1)
LONGEST_GAP = 3
"""Days up to date that a run may step over: cheaper than a run of their own."""

SETTINGS = HOME.settings if HOME else Settings()
CALENDAR = calendar_of(HOME) if HOME else Calendar(zone_named("UTC"))


def nightly_cron(*, after: timedelta = timedelta()) -> str:
    """The cron line of the nightly hour: 03:00 local or the start of the day, whichever is later."""
    at = max(SETTINGS.dagster.nightly_at, CALENDAR.day_starts_at)
    moved = (datetime.combine(date(2000, 1, 1), at) + after).time()
    return f"{moved.minute} {moved.hour} * * *"


def sync_cron(minutes: int) -> str:
    """The cron line of every so many minutes; from an hour on, every so many hours."""
    return f"*/{minutes} * * * *" if minutes < 60 else f"0 */{min(minutes // 60, 23)} * * *"


@dg.schedule(
    job=dream_job,
    cron_schedule=nightly_cron(),
    execution_timezone=CALENDAR.zone.key,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night: dreams yesterday, and every earlier day that is out of date.",
)
def nightly(context: dg.ScheduleEvaluationContext, home: HomeConnection) -> list[dg.RunRequest]:
    """One run for each range of days, newest first; what is left over is asked for tomorrow."""
    opened = home.open()
    tonight = calendar_of(opened.home).day_of(context.scheduled_execution_time)
    yesterday = tonight - timedelta(days=1)
    growths = find_growth(opened.store, last_day=yesterday, spare_model_days=opened.spares_model_days)
    days = {yesterday, *(date.fromisoformat(each.partition_key) for each in growths)}
    ranges = day_ranges(days, longest_gap=LONGEST_GAP, longest=DAYS_PER_RUN)
    return [
        range_request(
            each,
            key=f"{digest_of_growth(growth_within(growths, each))}/{tonight}",
            trigger="nightly",
            why=f"{len(growth_within(growths, each))} dreams are out of date",
        )
        for each in ranges[::-1][:MOST_RUNS_A_NIGHT]
    ]


@dg.schedule(
    job=sync_job,
    cron_schedule=sync_cron(SETTINGS.sync_minutes),
    execution_timezone=CALENDAR.zone.key,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every `sync_minutes`: pulls the configured sources. Nothing is dreamt.",
)
def regular_sync(
    context: dg.ScheduleEvaluationContext, home: HomeConnection
) -> dg.RunRequest | dg.SkipReason:
    """One run for today, whatever days the sources touch."""
    opened = home.open()
    if not opened.home.settings.sources:
        return dg.SkipReason("config.toml names no [[sources]] to pull.")
    today = calendar_of(opened.home).day_of(context.scheduled_execution_time)
    return range_request((today, today), key=None, trigger="sync", why="it is time")


@dg.schedule(
    job=embeddings_job,
    cron_schedule=nightly_cron(after=HALFWAY),
    execution_timezone=CALENDAR.zone.key,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night, an hour after the dreams: embeds what has no vector yet, up to yesterday.",
)
def nightly_embeddings(
    context: dg.ScheduleEvaluationContext, home: HomeConnection
) -> list[dg.RunRequest] | dg.SkipReason:
    """One run for each range of days, newest first; what is left over is asked for tomorrow."""
    opened = home.open()
    model = embedding_model(opened.home.settings)
    if model is None:
        return dg.SkipReason("No embedding model is installed or chosen; `rem embed` says how to get one.")
    tonight = calendar_of(opened.home).day_of(context.scheduled_execution_time)
    days = set(days_to_embed(opened.store, model, last_day=tonight - timedelta(days=1)))
    if not days:
        return dg.SkipReason("Every row has its vector.")
    ranges = day_ranges(days, longest_gap=LONGEST_GAP, longest=DAYS_PER_RUN)
    return [
        range_request(each, key=str(tonight), trigger="embeddings", why="rows have no vector yet")
        for each in ranges[::-1][:MOST_RUNS_A_NIGHT]
    ]


@dg.schedule(
    job=maintenance_job,
    cron_schedule=nightly_cron(after=AFTER_THE_DREAMS),
    execution_timezone=CALENDAR.zone.key,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night, two hours after the dreams: compacts the tables.",
)
def nightly_maintenance() -> dg.RunRequest:
    """One run."""
    return dg.RunRequest()
