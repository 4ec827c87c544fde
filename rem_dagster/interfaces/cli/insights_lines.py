"""How does a named figure look on a line, with a bar as long as it is great?"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from rem_dagster.interfaces.cli.moment import SOFT
from rem_dagster.interfaces.cli.words import padded

NAME_CELLS, VALUE_CELLS, BAR_CELLS = 16, 10, 20
Lines = list[Text]


@dataclass(frozen=True)
class Line:
    """A name, a value, a length to be drawn, and what is said behind it."""

    name: str
    value: str
    length: float
    told: str = ""
    shape: str = "▇"
    colour: str = ""
    bar: Text | None = None
    """Drawn in place of the length."""


def bar_lines(heading: str, lines: Sequence[Line], width: int) -> Lines:
    """Bars under a heading, all to one scale; nothing without lines."""
    if not lines:
        return []
    most = max(line.length for line in lines)
    told = max(len(line.told) for line in lines)
    room = max(min(BAR_CELLS, width - NAME_CELLS - VALUE_CELLS - 6 - told), 6)
    return [Text(heading, "bold"), *(_line(line, most, room, width) for line in lines)]


def _line(line: Line, most: float, room: int, width: int) -> Text:
    cells = max(round(room * line.length / most), 1) if most and line.length else 0
    drawn = line.bar if line.bar is not None else Text("▇" * cells, line.colour)
    drawn.truncate(room, pad=True)
    lead = Text.assemble((f"{line.shape} ", line.colour)) if line.shape != "▇" else Text("  ")
    text = Text.assemble(
        lead, padded(line.name, NAME_CELLS), f"{line.value:>{VALUE_CELLS}}  ", drawn, "  ", (line.told, SOFT)
    )
    text.truncate(width)
    text.rstrip()
    return text
