"""By which shape, word and colour does one know a type of moment in a terminal?"""

from dataclasses import dataclass

from rem_dagster.recall.kinds import word_of


@dataclass(frozen=True)
class Kind:
    """How a type of moment is drawn: one cell, a word, and a colour of the terminal's own palette."""

    shape: str
    word: str
    colour: str


SHAPES = {
    "work_session": ("●", "blue"),
    "learning": ("▲", "green"),
    "planning": ("◆", "yellow"),
    "communication": ("■", "magenta"),
    "reflection": ("○", "bright_magenta"),
    "creation": ("★", "red"),
    "collaboration": ("▣", "cyan"),
    "prediction": ("◇", "bright_yellow"),
    "other": ("•", "dim"),
}
WORD_CELLS = 10


def kind_of(moment_type: str) -> Kind:
    """How a type is drawn; a user's own type is a square with its name."""
    shape, colour = SHAPES.get(moment_type, ("□", "bright_cyan"))
    return Kind(shape, word_of(moment_type), colour)
