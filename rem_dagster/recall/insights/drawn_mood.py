"""How do the feelings of a week look, a square for each of its hours?"""

from rem_dagster.recall.insights.asked import Asked
from rem_dagster.recall.insights.drawing import EDGE, HEAD, RIGHT, Drawn, bar, text
from rem_dagster.recall.insights.figures import Row, each_row
from rem_dagster.recall.insights.found import Insight, said
from rem_dagster.recall.insights.read import WEEKDAYS

NAME_WIDTH = 36


def draw_mood(insight: Insight, asked: Asked) -> Drawn:
    """A square for each hour of the week: pleasant, unpleasant or both, and fuller the more feelings."""
    rows = insight.rows[insight.rows["of"] == "weekday and hour"]
    cells = {tuple(row.label.rsplit(" ", 1)): row for row in each_row(rows)}
    left, top = EDGE + NAME_WIDTH, HEAD + 22
    size = (RIGHT - left) / 24
    first = asked.calendar.week_starts_on
    parts = [
        text(f"{hour:02}", left + (hour + 0.5) * size, top - 8, kind="soft", size=12, anchor="middle")
        for hour in range(0, 24, 3)
    ]
    for line in range(7):
        weekday = WEEKDAYS[(line + first) % 7]
        parts.append(text(weekday[:3], EDGE, top + line * size + size / 2 + 4, kind="soft"))
        for hour in range(24):
            row = cells.get((weekday, f"{hour:02}:00"))
            parts += _cell(row, left + hour * size, top + line * size, size, f"{weekday} {hour:02}:00")
    end = top + 7 * size
    parts += _mood_legend(end + 14)
    return "Feelings by weekday and hour", parts, end + 14 + 5 * 20


def _cell(row: Row | None, left: float, top: float, size: float, name: str) -> list[str]:
    inner = size - 2
    if row is None:
        return [bar(left + inner / 2, top + inner / 2, 2, 2, "empty", radius=1)]
    if not row.felt:
        told = f"{name}: {said(int(row.moments), 'moment')}, no feeling"
        return [bar(left + 1, top + 1, inner, inner, "empty", told=told)]
    pleasant, unpleasant = int(row.pleasant), int(row.unpleasant)
    felt = f"{said(int(row.felt), 'moment')} with a feeling"
    told = f"{name}: {pleasant} pleasant, {unpleasant} unpleasant of {felt}"
    kind, sign = _balance(pleasant, unpleasant)
    square = bar(left + 1, top + 1, inner, inner, kind, told=told)
    return [square, text(sign, left + size / 2, top + size / 2 + 4.5, kind="on", anchor="middle", bold=True)]


def _balance(pleasant: int, unpleasant: int) -> tuple[str, str]:
    if pleasant == unpleasant:
        return "soft", "="
    return ("cool", "+") if pleasant > unpleasant else ("warm", "−")


def _mood_legend(top: float) -> list[str]:
    lines = (
        ("cool", "+", "more pleasant feelings than unpleasant"),
        ("warm", "−", "more unpleasant feelings than pleasant"),
        ("soft", "=", "as many of both"),
        ("empty", "", "moments without a feeling"),
        ("", "", "a moment counts in every hour that it touches"),
    )
    parts = []
    for place, (kind, sign, words) in enumerate(lines):
        at = top + 20 * place
        if kind:
            parts.append(bar(EDGE, at, 13, 13, kind))
        parts.append(text(sign, EDGE + 6.5, at + 11, kind="on", anchor="middle", bold=True) if sign else "")
        parts.append(text(words, EDGE + (20 if kind else 0), at + 11, kind="soft"))
    return parts
