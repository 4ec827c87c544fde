"""How does a day look as a cell of a calendar, darker where more time lies in moments?"""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup, escape

from rem_dagster.interfaces.web.charts import heat_of
from rem_dagster.interfaces.web.links import Links
from rem_dagster.recall.journal.held import HeldDay
from rem_dagster.recall.journal.words import counted, lasting, short_day

Weeks = Sequence[Sequence[HeldDay | None]]
TOP, ROW, HEIGHT = 18, 16, 12
"""Pixels: where the first row begins, from row to row, and of a cell."""
FILLED = 0.82
"""Share of a week's room that its cells take."""


def cell_words(day: HeldDay) -> str:
    """What a cell says to those who point at it, or do not see it."""
    when = f"{' '.join(short_day(day.day).split())} {day.day.year}"
    if day.state == "failed":
        return f"{when}: its dream failed"
    if day.moments:
        length = f", {lasting(day.covered)}" if day.covered else ""
        return f"{when}: {counted(len(day.moments), 'moment')}{length}"
    if day.input.items:
        return f"{when}: {counted(day.input.items, 'item')}, not dreamt"
    return f"{when}: nothing recorded"


def cell_class(day: HeldDay) -> str:
    """How dark a cell is; `hx` did not finish, `hu` is not dreamt."""
    if day.state in ("failed", "unfinished"):
        return "hx"
    if day.state == "undreamt" and not day.moments:
        return "hu"
    return f"h{heat_of(day.covered, moments=len(day.moments))}"


def heat_cells(weeks: Weeks, today: date, links: Links) -> Markup:
    """The cells of some weeks side by side; of hundreds of them, so that no template draws each."""
    room = 100 / len(weeks)
    parts: list[str] = []
    for place, week in enumerate(weeks):
        left, width = round(place * room, 2), round(room * FILLED, 2)
        for row, day in enumerate(week):
            if day is not None:
                name = cell_class(day) + (" now" if day.day == today else "")
                cell = (
                    f'<rect class="{name}" x="{left}%" y="{TOP + ROW * row}" width="{width}%" '
                    f'height="{HEIGHT}" rx="3"><title>{escape(cell_words(day))}</title></rect>'
                )
                parts.append(_linked(cell, day, links))
    return Markup("".join(parts))


def _linked(cell: str, day: HeldDay, links: Links) -> str:
    address = links.day(day.day) if day.is_to_be_read or day.dream else None
    return f'<a href="{escape(address)}" tabindex="-1">{cell}</a>' if address else cell
