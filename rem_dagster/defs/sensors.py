"""When does activity itself ask for a dream?"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from rem_dagster.defs.connections import HomeConnection, OpenHome
from rem_dagster.defs.jobs import dream_job
from rem_dagster.defs.requests import covers, days_asked_for, range_request
from rem_dagster.dreaming.triggers import Growth, digest_of_growth, find_growth, reasons_to_dream
from rem_dagster.errors import HomeMissingError
from rem_dagster.model.window import calendar_of

SECONDS_BETWEEN_LOOKS = 30
MOST_RUNS_A_LOOK = 10
Reasons = Callable[[Growth], list[str]]


@dg.sensor(
    job=dream_job,
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Dreams today, or a day that was dreamt before, once enough messages, resources or sessions are "
        "new: `[threshold]` in config.toml. Compares the digest of a day with the ledger; keeps no cursor."
    ),
)
def new_activity(
    context: dg.SensorEvaluationContext, home: HomeConnection
) -> dg.SensorResult | dg.SkipReason:
    """Ask for the days that reached a threshold."""
    try:
        opened = home.open()
    except HomeMissingError as error:
        return dg.SkipReason(str(error))
    threshold = opened.home.settings.threshold
    today = _now_and_today(opened)[1]
    growths = [
        each
        for each in find_growth(opened.store, last_day=today, spare_model_days=opened.spares_model_days)
        if each.was_dreamt or each.partition_key == today.isoformat()
    ]
    return _requests(
        context, opened, growths, lambda each: reasons_to_dream(each, threshold), trigger="threshold"
    )


@dg.sensor(
    job=dream_job,
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Dreams a day before today again when its activity changed after it was dreamt, however little."
    ),
)
def late_activity(
    context: dg.SensorEvaluationContext, home: HomeConnection
) -> dg.SensorResult | dg.SkipReason:
    """Ask for past days that came out of date; days never dreamt wait for the night or for a person."""
    try:
        opened = home.open()
    except HomeMissingError as error:
        return dg.SkipReason(str(error))
    yesterday = _now_and_today(opened)[1] - timedelta(days=1)
    found = find_growth(opened.store, last_day=yesterday, spare_model_days=opened.spares_model_days)
    growths = [each for each in found if each.was_dreamt]
    return _requests(context, opened, growths, lambda _: ["changed after it was dreamt"], trigger="late")


def _requests(
    context: dg.SensorEvaluationContext,
    opened: OpenHome,
    growths: Iterable[Growth],
    reasons_of: Reasons,
    *,
    trigger: str,
) -> dg.SensorResult | dg.SkipReason:
    """A run for each day that has a reason and is not asked for yet; else why there is none.

    The key holds the day's digest and the slot of the cooldown: the same content is asked for once in
    a slot, so a day that failed is tried again later and not every 30 seconds.
    """
    now = _now_and_today(opened)[0]
    cooldown = timedelta(minutes=opened.home.settings.threshold.cooldown_minutes)
    asked_for = days_asked_for(context.instance, since=now - cooldown)
    by_day: dict[str, list[Growth]] = {}
    for each in growths:
        by_day.setdefault(each.partition_key, []).append(each)
    requests, waiting = [], []
    for key, of_day in sorted(by_day.items(), reverse=True):
        day = date.fromisoformat(key)
        reasons = [reason for each in of_day for reason in reasons_of(each)]
        if not reasons or covers(asked_for, day):
            waiting.append(f"{key}: {_waits_for(of_day, bool(reasons))}")
            continue
        slot = int(now.timestamp() // cooldown.total_seconds())
        requests.append(
            range_request(
                (day, day),
                key=f"{digest_of_growth(of_day)}/{slot}",
                trigger=trigger,
                why="; ".join(dict.fromkeys(reasons)),
            )
        )
    if requests:
        return dg.SensorResult(run_requests=requests[:MOST_RUNS_A_LOOK])
    return dg.SkipReason("; ".join(waiting[:MOST_RUNS_A_LOOK]) or "Every day is up to date.")


def _waits_for(of_day: list[Growth], has_reason: bool) -> str:
    if has_reason:
        return "asked for already, or within the cooldown"
    new = (sum(getattr(each, kind) for each in of_day) for kind in ("messages", "resources", "sessions"))
    return "{} new messages, {} new resources, {} new sessions: below the threshold".format(*new)


def _now_and_today(opened: OpenHome) -> tuple[datetime, date]:
    now = datetime.now(UTC)
    return now, calendar_of(opened.home).day_of(now)
