"""How do hours by type look as columns, a period each?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rem_dagster.recall.insights.asked import Asked, By
from rem_dagster.recall.insights.drawing import (
    CHARACTER,
    EDGE,
    HEAD,
    INSIDE,
    LINE,
    RIGHT,
    Drawn,
    bar,
    fitting,
    kind_of,
    rule,
    text,
    wrapped,
)
from rem_dagster.recall.insights.figures import WHOLE, each_row
from rem_dagster.recall.insights.found import Insight, hours_said
from rem_dagster.recall.insights.periods import all_periods, period_said, short_period
from rem_dagster.recall.kinds import in_order, word_of

PLOT = 170
"""Pixels of the height of the columns."""
SCALE_WIDTH = 36
STEPS = (1, 2, 4, 6, 12, 24, 48, 100, 200, 500, 1000, 2000, 5000)
"""Hours between two lines of a scale."""
WORD_OF: Mapping[By, str] = {"hour": "time of day"}
NOTE = "Time under two moments of one type counts once; under two types it counts for each."


@dataclass(frozen=True)
class Column:
    """Where a period's column stands, in pixels."""

    name: str
    left: float
    room: float
    bottom: float


def draw_hours(insight: Insight, asked: Asked) -> Drawn:
    """Columns of hours, stacked by type."""
    rows = insight.rows[(insight.rows["of"] == "type") & (insight.rows["period"] != WHOLE)]
    spent: dict[str, dict[str, int]] = {}
    for row in each_row(rows):
        spent.setdefault(row.period, {})[row.label] = int(row.seconds)
    by = insight.by or "week"
    periods = all_periods(list(spent), by, week_starts_on=asked.calendar.week_starts_on)
    most = max((sum(each.values()) for each in spent.values()), default=0) / 3600
    step = next((each for each in STEPS if most <= 4 * each), STEPS[-1])
    top, bottom, left = HEAD + 8, HEAD + 8 + PLOT, EDGE + SCALE_WIDTH
    scale = PLOT / max(most, step)
    room = (RIGHT - left) / max(len(periods), 1)
    parts = []
    for hours in range(0, int(max(most, step)) + 1, step):
        at = bottom - hours * scale
        parts += [
            rule(f"M{left} {at:.1f}H{RIGHT}"),
            text(f"{hours} h", left - 6, at + 4, kind="soft", size=12, anchor="end"),
        ]
    for place, period in enumerate(periods):
        column = Column(period_said(period, by), left + place * room, room, bottom)
        parts += _column(column, spent.get(period, {}), scale)
    parts += _labels(_names(periods, by), left, room, bottom + 18)
    legend, end = _legend(insight, bottom + 34)
    lines = wrapped(NOTE)
    parts += [
        *legend,
        *(text(line, EDGE, end + 16 + LINE * n, kind="soft", size=12) for n, line in enumerate(lines)),
    ]
    return f"Hours by {WORD_OF.get(by, by)} and type", parts, max(end + 12 + LINE * len(lines), top)


def _column(column: Column, seconds: Mapping[str, int], scale: float) -> list[str]:
    parts, at, width = [], column.bottom, min(max(column.room * 0.72, 1.0), 44.0)
    left = column.left + (column.room - width) / 2
    for moment_type in in_order(set(seconds)):
        height = seconds[moment_type] / 3600 * scale
        if height:
            at -= height
            told = f"{column.name}: {word_of(moment_type)} {hours_said(seconds[moment_type])}"
            parts.append(bar(left, at, width, height, kind_of(moment_type), told=told, radius=0))
    return parts


def _names(periods: Sequence[str], by: By) -> list[str]:
    """Days and weeks of several years are told by month and year."""
    is_long = by in ("day", "week") and periods and periods[0][:4] != periods[-1][:4]
    return [short_period(each, "month" if is_long else by) for each in periods]


def _labels(names: Sequence[str], left: float, room: float, base: float) -> list[str]:
    """The periods' names, so many that none runs into the next."""
    widest = max((len(name) for name in names), default=1) * CHARACTER + 6
    every = max(1, -(-int(widest) // max(int(room), 1)))
    return [
        text(name, left + (place + 0.5) * room, base, kind="soft", size=12, anchor="middle")
        for place, name in enumerate(names)
        if place % every == 0 and left + (place + 0.5) * room + widest / 2 <= RIGHT + 10
    ]


def _legend(insight: Insight, top: float) -> tuple[list[str], float]:
    """A square, a word and the hours of each type; and where it ends."""
    whole = insight.rows[(insight.rows["of"] == "type") & (insight.rows["period"] == WHOLE)]
    seconds = {row.label: int(row.seconds) for row in each_row(whole)}
    parts, left, line = [], float(EDGE), 0
    for name in in_order(set(seconds)):
        if not seconds[name]:
            continue
        words = fitting(f"{word_of(name)} {hours_said(seconds[name])}", INSIDE - 20)
        width = 18 + CHARACTER * len(words) + 12
        if left > EDGE and left + width > RIGHT:
            left, line = float(EDGE), line + 1
        parts += [
            bar(left, top + 20 * line, 11, 11, kind_of(name)),
            text(words, left + 17, top + 20 * line + 10),
        ]
        left += width
    return parts, top + 20 * (line + 1)
