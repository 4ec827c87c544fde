"""By which shape, word and colour does one know a type of moment?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """How a type of moment is drawn: one cell, a word, and a colour of the terminal's own palette."""

    shape: str
    word: str
    colour: str


KINDS = {
    "work_session": Kind("●", "Work", "blue"),
    "learning": Kind("▲", "Learning", "green"),
    "planning": Kind("◆", "Planning", "yellow"),
    "communication": Kind("■", "Talk", "magenta"),
    "reflection": Kind("○", "Reflection", "bright_magenta"),
    "creation": Kind("★", "Making", "red"),
    "collaboration": Kind("▣", "Together", "cyan"),
    "prediction": Kind("◇", "Ahead", "bright_yellow"),
    "other": Kind("•", "Other", "dim"),
}
WORD_CELLS = 10


def kind_of(moment_type: str) -> Kind:
    """How a type is drawn; a user's own type is a square with its name."""
    own = Kind("□", moment_type.replace("_", " ").replace("-", " ").capitalize(), "bright_cyan")
    return KINDS.get(moment_type, own)
