"""How does a pattern look as a picture?"""

from collections.abc import Callable

from rem_dagster.errors import InputError
from rem_dagster.recall.insights.asked import Asked, What
from rem_dagster.recall.insights.drawing import EDGE, HEAD, Drawn, Picture, svg, text
from rem_dagster.recall.insights.drawn_bars import draw_frustration, draw_people, draw_rhythm, draw_tools
from rem_dagster.recall.insights.drawn_hours import draw_hours
from rem_dagster.recall.insights.drawn_mood import draw_mood
from rem_dagster.recall.insights.found import MONTHS, Insight, hours_said, said

NOTHING = "Nothing is recorded in this time."
_DRAWN: dict[What, Callable[[Insight, Asked], Drawn]] = {
    "hours": draw_hours,
    "mood": draw_mood,
    "frustration": draw_frustration,
    "people": draw_people,
    "tools": draw_tools,
    "rhythm": draw_rhythm,
}


def picture_of(insight: Insight, asked: Asked) -> str:
    """A pattern as SVG.

    Raises:
        InputError: the pattern has no picture.
    """
    draw = _DRAWN.get(insight.what)
    if draw is None:
        drawn = ", ".join(_DRAWN)
        raise InputError(
            f"There is no picture of {insight.what!r}; there is one of {drawn}. Nothing was written."
        )
    title, parts, height = draw(insight, asked) if insight.moments else (insight.what, [], HEAD)
    if not parts:
        parts, height = [text(NOTHING, EDGE, HEAD + 16, kind="soft")], HEAD + 24
    figures = " · ".join((_dates(asked), said(insight.moments, "moment"), hours_said(insight.seconds)))
    told = " ".join(each.text for each in insight.statements) or NOTHING
    return svg(Picture(title.capitalize(), figures, told, parts, height))


def _dates(asked: Asked) -> str:
    first, last = asked.first_day, asked.last_day
    end = f"{last.day} {MONTHS[last.month - 1][:3]} {last.year}"
    if first == last:
        return end
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day} {MONTHS[first.month - 1][:3]}{year} to {end}"
