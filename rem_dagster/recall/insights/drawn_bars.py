"""How do frustration, people, tools and the day's rhythm look as bars?"""

from collections.abc import Sequence
from dataclasses import dataclass

from rem_dagster.recall.insights.asked import Asked
from rem_dagster.recall.insights.drawing import (
    EDGE,
    HEAD,
    LINE,
    RIGHT,
    Drawn,
    bar,
    fitting,
    rule,
    text,
    wrapped,
)
from rem_dagster.recall.insights.figures import WHOLE, each_row
from rem_dagster.recall.insights.found import Insight, hours_said, said
from rem_dagster.recall.insights.periods import period_said
from rem_dagster.recall.kinds import word_of

MOST_BARS, MOST_RANGES = 14, 31
NAME_WIDTH, VALUE_WIDTH = 132, 86
BAR_ROW = 24


@dataclass(frozen=True)
class Bar:
    """A named length and what is said beside it."""

    name: str
    value: float
    told: str
    kind: str = "warm"


def draw_frustration(insight: Insight, asked: Asked) -> Drawn:
    rows = insight.rows[insight.rows["frustrated"].fillna(0) > 0]

    def bars(of: str) -> list[Bar]:
        chosen = each_row(rows[rows["of"] == of])[:MOST_BARS]
        named = [(word_of(row.label) if of == "type" else row.label, row) for row in chosen]
        return [Bar(name, int(row.frustrated), f"{row.frustrated} of {row.felt}") for name, row in named]

    if not len(rows):
        line = "No moment of this time is frustrated."
        return "Frustration by topic", [text(line, EDGE, HEAD + 16, kind="soft")], HEAD + 24
    parts, end = _bar_groups([("By type", bars("type")), ("By topic", bars("topic"))])
    note = "of so many moments with a feeling; beside each other, not because of each other"
    lines = wrapped(note)
    parts += [text(line, EDGE, end + 16 + LINE * n, kind="soft", size=12) for n, line in enumerate(lines)]
    return "Frustrated moments by type and topic", parts, end + 12 + LINE * len(lines)


def draw_people(insight: Insight, asked: Asked) -> Drawn:
    rows = each_row(insight.rows[insight.rows["period"] == WHOLE])[:MOST_BARS]
    bars = [
        Bar(row.label, float(row.seconds), f"{hours_said(row.seconds)} ({row.moments})", "cool")
        for row in rows
    ]
    parts, end = _bar_groups([("Hours of moments that name them (moments)", bars)])
    return "Time with people", parts if bars else [], end


def draw_tools(insight: Insight, asked: Asked) -> Drawn:
    rows = insight.rows[(insight.rows["of"] == "tool") & (insight.rows["period"] == WHOLE)]
    bars = [
        Bar(row.label, float(row.calls), _calls(row.calls, row.failed), "cool")
        for row in each_row(rows)[:MOST_BARS]
    ]
    parts, end = _bar_groups([("Calls", bars)])
    if not bars:
        parts, end = [text("No message of this time calls a tool.", EDGE, HEAD + 16, kind="soft")], HEAD + 24
    return "Calls of tools", parts, end


def draw_rhythm(insight: Insight, asked: Asked) -> Drawn:
    """A bar from the start to the end of the day, for each weekday, week or month."""
    rows = each_row(insight.rows[insight.rows["of"] == insight.by])[-MOST_RANGES:]
    left, top = EDGE + 92, HEAD + 22
    first = min((row.first_minute for row in rows), default=0) // 180 * 180
    last = max((row.last_minute for row in rows), default=1440)
    scale = (RIGHT - left) / max(last - first, 60)
    bottom = top + BAR_ROW * len(rows)
    parts = []
    for minute in range(int(first), int(last) + 1, 180):
        at = left + (minute - first) * scale
        parts += [
            rule(f"M{at:.1f} {top - 2}V{bottom}"),
            text(f"{minute // 60 % 24:02}", at, top - 8, kind="soft", size=12, anchor="middle"),
        ]
    for place, row in enumerate(rows):
        at = top + BAR_ROW * place
        name = period_said(row.label, insight.by or "weekday")
        told = f"{name}: {row.first} to {row.last}, {said(int(row.days), 'day')}"
        width = max((row.last_minute - row.first_minute) * scale, 2)
        parts += [
            text(fitting(name, 88), EDGE, at + 16),
            bar(left + (row.first_minute - first) * scale, at + 5, width, 14, "cool", told=told),
        ]
    return "When the day starts and ends", parts if rows else [], bottom + 4


def _calls(calls: int, failed: int) -> str:
    return f"{calls:,} ({failed} failed)" if failed else f"{calls:,}"


def _bar_groups(groups: Sequence[tuple[str, Sequence[Bar]]]) -> tuple[list[str], float]:
    """Bars under their headings, all to one scale, and where they end."""
    most = max((each.value for _, bars in groups for each in bars), default=0.0)
    parts, at = [], float(HEAD)
    room = RIGHT - EDGE - NAME_WIDTH - VALUE_WIDTH
    for heading, bars in groups:
        if not bars:
            continue
        parts.append(text(heading, EDGE, at + 16, kind="soft"))
        at += BAR_ROW
        for each in bars:
            width = max(room * each.value / most, 2) if most else 2
            left = EDGE + NAME_WIDTH
            parts += [
                text(fitting(each.name, NAME_WIDTH - 14), EDGE, at + 15),
                bar(left, at + 4, width, 14, each.kind, told=f"{each.name}: {each.told}"),
                text(each.told, left + width + 8, at + 15, kind="soft", size=12),
            ]
            at += BAR_ROW
        at += 6
    return parts, at
