"""Which periods lie between a first and a last one, and what are they called?"""

from collections.abc import Sequence
from datetime import date, timedelta

from rem_dagster.recall.insights.asked import By
from rem_dagster.recall.insights.found import MONTHS
from rem_dagster.recall.insights.read import period_name


def all_periods(found: Sequence[str], by: By, *, week_starts_on: int) -> list[str]:
    """Every period from the first to the last that has something, those without between them too."""
    if by == "hour":
        return [period_name(hour, by, 0) for hour in range(24)]
    if by == "weekday":
        return [period_name(place, by, week_starts_on) for place in range(7)]
    if not found:
        return []
    first, last = min(found), max(found)
    if by == "month":
        year, month, names = int(first[:4]), int(first[5:]), [first]
        while names[-1] < last:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            names.append(f"{year:04}-{month:02}")
        return names
    step, days = timedelta(days=7 if by == "week" else 1), [date.fromisoformat(first)]
    while days[-1] < date.fromisoformat(last):
        days.append(days[-1] + step)
    return [day.isoformat() for day in days]


def short_period(period: str, by: By) -> str:
    """A period below its column: `16 Nov`, `Nov 26`, `Mon`, `14`."""
    if by == "hour":
        return period[:2]
    if by == "weekday":
        return period[:3]
    if by == "month":
        return f"{MONTHS[int(period[5:7]) - 1][:3]} {period[2:4]}"
    day = date.fromisoformat(period)
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def period_said(period: str, by: By) -> str:
    """A period as a person says it: `week of 16 Nov`."""
    short = short_period(period, by) if by in ("day", "week", "month") else period
    return f"week of {short}" if by == "week" else short
