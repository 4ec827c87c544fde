"""Which days does Dagster know?"""

from datetime import UTC, date, datetime

import dagster as dg

from rem_dagster.errors import HomeMissingError
from rem_dagster.model.window import Calendar, calendar_of, zone_named
from rem_dagster.settings import Home, open_home

DAYS_PER_RUN = 30
"""Days that one run of a backfill dreams."""


def found_home() -> Home | None:
    """The home that `rem` itself would use; None where there is none yet."""
    try:
        return open_home()
    except HomeMissingError:
        return None


def days_of(home: Home | None, *, first_day: date | None = None) -> dg.DailyPartitionsDefinition:
    """One partition per local day of a home, from its first day to today, which is not over yet.

    Without a home: days of UTC from today on, so that definitions load anywhere.

    Args:
        first_day: start there when it is earlier than the home's first day.
    """
    calendar = calendar_of(home) if home else Calendar(zone_named("UTC"))
    today = calendar.day_of(datetime.now(UTC))
    known = [day for day in (home.file.first_day if home else None, first_day) if day]
    return dg.DailyPartitionsDefinition(
        start_date=min([today, *known]).isoformat(),
        timezone=calendar.zone.key,
        hour_offset=calendar.day_starts_at.hour,
        minute_offset=calendar.day_starts_at.minute,
        end_offset=1,
    )


def days_in_run(context: dg.AssetExecutionContext) -> list[date]:
    """The days that a run is about, in order: one, or a range."""
    return [date.fromisoformat(key) for key in context.partition_keys]


HOME = found_home()
DAYS = days_of(HOME)
BY_MONTH = dg.BackfillPolicy.multi_run(max_partitions_per_run=DAYS_PER_RUN)
