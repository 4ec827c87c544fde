"""When does activity itself ask for a dream?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from rem_dagster.defs.asked import Asking, asking
from rem_dagster.defs.connections import OpenHome
from rem_dagster.defs.jobs import Job, Jobs
from rem_dagster.defs.location import Location
from rem_dagster.defs.partitions import DAYS_PER_RUN
from rem_dagster.defs.requests import range_request, slot_of
from rem_dagster.defs.rollup_sensor import rollup_sensor
from rem_dagster.dreaming.triggers import (
    DayRange,
    Growth,
    day_ranges,
    digest_of_growth,
    growth_within,
    is_quiet,
    last_arrivals,
    reasons_to_dream,
)
from rem_dagster.errors import HomeMissingError
from rem_dagster.model.window import calendar_of

SECONDS_BETWEEN_LOOKS = 30
MOST_RUNS_A_LOOK = 10
RUNNING = dg.DefaultSensorStatus.RUNNING
Context = dg.SensorEvaluationContext
Answer = dg.SensorResult | dg.SkipReason


@dataclass(frozen=True)
class Watch:
    """What a trigger sees at one look."""

    trigger: str
    growths: Sequence[Growth]
    """What is out of date in the days that it watches."""
    reasons_of: Callable[[Growth], list[str]]
    """Why a user's day is to be dreamt now; none is an empty list."""
    waits_for: Callable[[Sequence[Growth]], str]
    """What is said of days without a reason."""
    is_for_all: bool = True
    """Whether the other users of a day are dreamt along."""
    cools_down: bool = True
    """Whether a day that any trigger asked for within the cooldown waits, though it changed since."""


def sensors_of(location: Location, jobs: Jobs) -> list[dg.SensorDefinition]:
    """All that activity and dreams of a location's home ask for."""
    return [
        _dreaming(
            location,
            jobs.dream,
            "new_activity",
            _new_activity,
            "Dreams today so far, once enough messages, resources or sessions of a user are new: "
            "`[threshold]` in config.toml. Compares the digest of a day with the ledger; keeps no cursor.",
        ),
        _dreaming(
            location,
            jobs.dream,
            "quiet_activity",
            _quiet_activity,
            "Dreams the day so far of users of whom nothing came in for `idle_minutes`: nearly at once, and "
            "never while something is still going on.",
        ),
        _dreaming(
            location,
            jobs.dream,
            "late_activity",
            _late_activity,
            "Dreams a day before today again when its activity changed after it was dreamt, however little.",
        ),
        rollup_sensor(location, jobs),
    ]


def _dreaming(
    location: Location, job: Job, name: str, look: Callable[[OpenHome, datetime], Watch], description: str
) -> dg.SensorDefinition:
    """A sensor that asks for dreams of what a look finds."""

    @dg.sensor(
        name=location.name(name),
        job=job,
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=RUNNING,
        description=description,
        required_resource_keys={location.home_key},
    )
    def sensor(context: Context) -> Answer:
        try:
            opened = location.open(context)
        except HomeMissingError as error:
            return dg.SkipReason(str(error))
        now = datetime.now(UTC)
        watch = look(opened, now)
        if not watch.growths:
            return dg.SkipReason("Every day is up to date.")
        cooldown = timedelta(minutes=opened.home.settings.threshold.cooldown_minutes)
        since = now - cooldown if watch.cools_down else None
        with asking(opened, context.instance, location, trigger=watch.trigger, now=now, since=since) as turn:
            return _answer(watch, turn, slot=slot_of(now, cooldown))

    return sensor


def _new_activity(opened: OpenHome, now: datetime) -> Watch:
    """Days before today are the late sensor's and the night's."""
    threshold = opened.home.settings.threshold
    return Watch(
        "threshold",
        _of_today(opened, now),
        lambda growth: reasons_to_dream(growth, threshold),
        lambda growths: f"{_counts_of(growths)}: below the threshold",
    )


def _quiet_activity(opened: OpenHome, now: datetime) -> Watch:
    """A failed day waits for more to come in, or for the night."""
    minutes = opened.home.settings.idle_minutes
    growths = [each for each in _of_today(opened, now) if each.is_changed]
    arrived = last_arrivals(opened.store, _today(opened, now), now=now) if growths else {}
    why = [f"nothing came in for {minutes} minutes"]

    def reasons_of(growth: Growth) -> list[str]:
        at = arrived.get(growth.user_id)
        return why if is_quiet(at, now=now, idle=timedelta(minutes=minutes)) else []

    return Watch(
        *("quiet", growths, reasons_of, lambda _: "something came in just now"),
        is_for_all=False,
        cools_down=False,
    )


def _late_activity(opened: OpenHome, now: datetime) -> Watch:
    """Days that were never dreamt wait for the night or for a person."""
    growths = opened.growth(last_day=_today(opened, now) - timedelta(days=1))
    return Watch(
        "late",
        [each for each in growths if each.was_dreamt],
        lambda _: ["changed after it was dreamt"],
        _counts_of,
    )


def _today(opened: OpenHome, now: datetime) -> date:
    return calendar_of(opened.home).day_of(now)


def _of_today(opened: OpenHome, now: datetime) -> list[Growth]:
    today = _today(opened, now)
    return opened.growth(first_day=today, last_day=today)


def _answer(watch: Watch, turn: Asking, *, slot: int) -> Answer:
    """Runs for what has a reason and is not asked for yet, newest first; else why there are none."""
    open_ones = [each for each in watch.growths if turn.is_open(each)]
    reasons = {each: watch.reasons_of(each) for each in open_ones}
    wanted = {date.fromisoformat(each.partition_key) for each in open_ones if reasons[each]}
    ranges = day_ranges(wanted, longest_gap=0, longest=DAYS_PER_RUN)
    requests = [
        _request(watch, turn, growth_within(open_ones, days), days=days, slot=slot)
        for days in ranges[::-1][:MOST_RUNS_A_LOOK]
    ]
    if not requests:
        return dg.SkipReason(_why_not(watch, open_ones))
    turn.claim(requests)
    return dg.SensorResult(run_requests=requests)


def _request(
    watch: Watch, turn: Asking, growths: Sequence[Growth], *, days: DayRange, slot: int
) -> dg.RunRequest:
    """A run for some days.

    The key holds their digest and the slot of the cooldown: the same content is asked for once in a slot,
    so what failed is tried again later and not every 30 seconds.
    """
    acted_on = [each for each in growths if watch.is_for_all or watch.reasons_of(each)]
    users = sorted({each.user_id for each in acted_on})
    why = [reason for each in acted_on for reason in watch.reasons_of(each)]
    dreams = turn.location.name("dreams")
    return range_request(
        days,
        key=f"{digest_of_growth(acted_on)}/{slot}",
        trigger=watch.trigger,
        why="; ".join(dict.fromkeys(why)),
        run_config=None if watch.is_for_all else {"ops": {dreams: {"config": {"users": users}}}},
    )


def _why_not(watch: Watch, open_ones: Sequence[Growth]) -> str:
    """What each day waits for, newest first."""
    told = []
    for day in sorted({each.partition_key for each in watch.growths}, reverse=True)[:MOST_RUNS_A_LOOK]:
        of_day = [each for each in open_ones if each.partition_key == day]
        reason = watch.waits_for(of_day) if of_day else "asked for already, or within the cooldown"
        told.append(f"{day}: {reason}")
    return "; ".join(told)


def _counts_of(growths: Sequence[Growth]) -> str:
    new = (sum(getattr(each, kind) for each in growths) for kind in ("messages", "resources", "sessions"))
    return "{} new messages, {} new resources, {} new sessions".format(*new)
