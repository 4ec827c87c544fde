"""Which days, weeks and months does Dagster know?"""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg

from rem_dagster.model.window import Calendar

DAYS_PER_RUN = 30
"""Days that one run of a backfill dreams."""
IN_ONE_RUN = dg.BackfillPolicy.single_run()
RANGE_OPTION = "--partition-range"


def by_month(arguments: Sequence[str] | None = None) -> dg.BackfillPolicy:
    """How many days one run of a backfill dreams.

    `dagster asset materialize --partition-range` and `dg launch` execute a range in their own process, and
    refuse assets that want several runs; to them the days are those of one run.

    Args:
        arguments: of the command line; this process's own when None.
    """
    given = sys.argv if arguments is None else arguments
    if any(each.partition("=")[0] == RANGE_OPTION for each in given):
        return IN_ONE_RUN
    return dg.BackfillPolicy.multi_run(max_partitions_per_run=DAYS_PER_RUN)


def days_of(calendar: Calendar, *, first_day: date | None) -> dg.DailyPartitionsDefinition:
    """One partition per local day, from a first one to today, which is not over yet.

    Args:
        first_day: today when it is None, or later than that.
    """
    start = min(first_day or date.max, _today(calendar))
    return dg.DailyPartitionsDefinition(start_date=start.isoformat(), **_clock(calendar))


def weeks_of(calendar: Calendar, *, first_day: date | None) -> dg.WeeklyPartitionsDefinition:
    """One partition per week, named by its first day, from the week of a first day to this one.

    first day          ·
    weeks        ├───────┼───────┼───────┤
                 keys of the weeks' first days
    """
    start = calendar.week_start(min(first_day or date.max, _today(calendar)))
    return dg.WeeklyPartitionsDefinition(
        start_date=start.isoformat(), day_offset=(calendar.week_starts_on + 1) % 7, **_clock(calendar)
    )


def months_of(calendar: Calendar, *, first_day: date | None) -> dg.MonthlyPartitionsDefinition:
    """One partition per calendar month, named by its first day, to this one."""
    start = min(first_day or date.max, _today(calendar)).replace(day=1)
    return dg.MonthlyPartitionsDefinition(start_date=start.isoformat(), **_clock(calendar))


def keys_as_days(context: dg.AssetExecutionContext) -> list[date]:
    """The first days of the partitions that a run is about, in order: one, or a range."""
    return [date.fromisoformat(key) for key in context.partition_keys]


def _today(calendar: Calendar) -> date:
    return calendar.day_of(datetime.now(UTC))


def _clock(calendar: Calendar) -> dict[str, Any]:
    return {
        "timezone": calendar.zone.key,
        "hour_offset": calendar.day_starts_at.hour,
        "minute_offset": calendar.day_starts_at.minute,
        "end_offset": 1,
    }
