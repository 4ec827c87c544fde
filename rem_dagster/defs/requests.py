"""How is a run asked for?"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import dagster as dg

from rem_dagster.dreaming.triggers import DayRange

TRIGGER_TAG = "rem/trigger"
WHY_TAG = "rem/why"
DAY_TAG = "dagster/partition"
RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


def range_request(
    days: DayRange,
    *,
    key: str | None,
    trigger: str,
    why: str,
    job_name: str | None = None,
    run_config: Mapping[str, object] | None = None,
) -> dg.RunRequest:
    """A run over days, or over the weeks or months that begin on them.

    Args:
        key: tells two requests for the same days apart; None never holds one back.
        job_name: one of several jobs that a sensor may ask for.
    """
    first, last = (day.isoformat() for day in days)
    return dg.RunRequest(
        run_key=f"{first}..{last}/{key}" if key else None,
        job_name=job_name,
        run_config=run_config,
        tags={**day_tags(days), TRIGGER_TAG: trigger, WHY_TAG: why},
    )


def day_tags(days: DayRange) -> dict[str, str]:
    """The tags by which Dagster knows a run's days: one partition, or a range with both ends."""
    first, last = (day.isoformat() for day in days)
    return {DAY_TAG: first} if first == last else dict(zip(RANGE_TAGS, (first, last), strict=True))


def days_of_tags(tags: Mapping[str, str]) -> DayRange | None:
    """The days that a run's tags name; None where they name none."""
    if DAY_TAG in tags:
        day = date.fromisoformat(tags[DAY_TAG])
        return day, day
    if all(tag in tags for tag in RANGE_TAGS):
        first, last = (date.fromisoformat(tags[tag]) for tag in RANGE_TAGS)
        return first, last
    return None


def slot_of(now: datetime, cooldown: timedelta) -> int:
    """The number of the cooldown that holds an instant: in one of them the same is asked for once."""
    return int(now.timestamp() // cooldown.total_seconds())
