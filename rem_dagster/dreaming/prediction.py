"""When is a moment, and when is what it predicts?

A prediction belongs to the day that announces it and lies in the day after.

day of the evidence   ├──────────────┤
prediction                           ├──────────────┤
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rem_dagster.model.day import Day, DayItem
from rem_dagster.model.draft import DraftMoment
from rem_dagster.model.window import Calendar, Window
from rem_dagster.model.words import PREDICTION


def is_prediction(moment: DraftMoment) -> bool:
    """Whether a draft tells of the next day."""
    return moment.moment_type == PREDICTION


def next_day_of(day: Day) -> Window:
    """The whole local day after a day: 23, 24 or 25 hours."""
    # A day that begins where clocks go forward begins late; the day behind it does not.
    starts_at = min(edge.astimezone(day.zone).time() for edge in (day.window.start, day.window.end))
    end = Calendar(day.zone, starts_at).start_of(day.day + timedelta(days=2))
    return Window(day.window.end, max(end, day.window.end))


def times_of(moment: DraftMoment, cited: Sequence[DayItem], day: Day) -> tuple[datetime, datetime]:
    """From a moment's first cited input to the end of its last; of a prediction the next day."""
    if is_prediction(moment):
        ahead = next_day_of(day)
        return ahead.start, ahead.end
    return cited[0].occurred_at, max(item.ended_at for item in cited)
