"""How does a day look on one line?

    08        10        12        14
    ···◆◆◆◆■■■··▲▲▲▲▲▲▲▲▲▲▲·······●●●

A cell is 12 minutes where the day's used hours fit into the line, else more. Where moments lie over each
other, the shorter one is seen; a moment without length takes one cell.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.text import Text

from rem_dagster.interfaces.cli.kinds import kind_of
from rem_dagster.model.moment import Moment

CELLS = tuple(timedelta(minutes=minutes) for minutes in (12, 15, 20, 30, 60, 120))
LEAST = timedelta(hours=12)
HOUR = timedelta(hours=1)


def ribbon(moments: Sequence[Moment], zone: ZoneInfo, width: int) -> list[Text]:
    """Two lines, a scale of local hours and the moments on it; nothing without moments."""
    if not moments:
        return []
    start, end = _shown(moments, zone)
    cell = next((each for each in CELLS if (end - start) / each <= width), CELLS[-1])
    size = min(int((end - start) / cell), width)
    return [Text(_scale(start, cell, size, zone)), _cells(moments, start, cell, size)]


def _shown(moments: Sequence[Moment], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the hour of the first start to that behind the last end, 12 hours at least."""
    first = min(each.start_time for each in moments).astimezone(zone)
    last = max(each.end_time for each in moments).astimezone(zone)
    start = first.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    end = last.replace(minute=0, second=0, microsecond=0).astimezone(UTC) + HOUR
    missing = LEAST - (end - start)
    if missing > timedelta():
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
        start = max(start - missing // HOUR // 2 * HOUR, min(midnight, start))
        end = start + LEAST
    return start, end


def _scale(start: datetime, cell: timedelta, size: int, zone: ZoneInfo) -> str:
    line = [" "] * size
    free_from = 0
    for place in range(size - 1):
        local = (start + place * cell).astimezone(zone)
        if local.minute < cell.total_seconds() / 60 and local.hour % 2 == 0 and place >= free_from:
            line[place : place + 2] = f"{local:%H}"
            free_from = place + 3
    return "".join(line).rstrip()


def _cells(moments: Sequence[Moment], start: datetime, cell: timedelta, size: int) -> Text:
    line = [("·", "dim")] * size
    for moment in sorted(moments, key=lambda each: each.start_time - each.end_time):
        kind = kind_of(moment.moment_type)
        first = min(int((moment.start_time - start) / cell), size - 1)
        last = min(round((moment.end_time - start) / cell), size)
        for place in range(first, max(last, first + 1)):
            line[place] = (kind.shape, kind.colour)
    return Text.assemble(*line)
