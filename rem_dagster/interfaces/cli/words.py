"""How are numbers, times and texts put into the columns of a terminal?"""

import re
import unicodedata
from collections.abc import Iterable

from rich.cells import cell_len, chop_cells, set_cell_size

from rem_dagster.recall.journal.words import (
    MONTHS,
    WEEKDAYS,
    clock,
    counted,
    days_apart,
    days_from_to,
    dollars,
    lasting,
    listed,
    long_day,
    short_day,
)

__all__ = [
    "MONTHS",
    "WEEKDAYS",
    "apart",
    "clean",
    "clock",
    "counted",
    "days_apart",
    "days_from_to",
    "dollars",
    "fit",
    "fit_end",
    "lasting",
    "listed",
    "long_day",
    "one_line",
    "pack",
    "padded",
    "short_day",
    "wrap",
]

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_STEERING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the direction of what follows; they have no place in somebody else's line."""


def clean(text: str) -> str:
    """A text on one line, without anything by which it could steer the terminal."""
    kept = "".join(each for each in _STEERING.sub("", text) if unicodedata.category(each) != "Cs")
    return _BREAKS.sub(" ", kept).strip()


def fit(text: str, width: int) -> str:
    """A cleaned text cut to a number of cells, with an ellipsis where something is missing."""
    text = clean(text)
    if cell_len(text) <= width:
        return text
    return _first_cells(text, max(width - 1, 0)).rstrip() + "…" if width > 0 else ""


def fit_end(text: str, width: int) -> str:
    """As `fit`, but what is cut off is the beginning: of a path, the file's name stays."""
    text = clean(text)
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return f"…{text}"


def wrap(text: str, width: int, *, most_lines: int | None = None) -> list[str]:
    """The lines of a cleaned text, none wider than a number of cells; an empty text has none.

    Args:
        most_lines: the last of so many lines ends with an ellipsis where more would follow.
    """
    lines: list[str] = []
    for word in clean(text).split(" "):
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        elif word:
            lines += chop_cells(word, width)
    if most_lines is not None and len(lines) > most_lines:
        last = lines[most_lines - 1]
        lines[most_lines - 1 :] = [last + " …" if cell_len(last) + 2 <= width else fit(last + "……", width)]
    return lines


def pack(parts: Iterable[str], width: int, *, gap: str = "  ", hang: str = "") -> list[str]:
    """Lines that hold as many parts as there is room for; a longer part is wrapped and stands alone.

    Args:
        hang: what the further lines of a wrapped part begin with.
    """
    lines: list[str] = []
    is_open = False
    for part in map(clean, parts):
        if is_open and cell_len(lines[-1]) + cell_len(gap) + cell_len(part) <= width:
            lines[-1] += gap + part
            continue
        first, *more = wrap(part, width) or [""]
        more = wrap(" ".join(more), width - cell_len(hang))
        lines += [first, *(hang + line for line in more)]
        is_open = not more
    return lines


def unbroken(parts: Iterable[str], width: int, *, gap: str = "  ") -> list[str]:
    """As `pack`, but a longer part stays whole: a command that is broken cannot be copied."""
    lines: list[str] = []
    for part in map(clean, parts):
        if lines and cell_len(lines[-1]) + cell_len(gap) + cell_len(part) <= width:
            lines[-1] += gap + part
        else:
            lines.append(part)
    return lines


def one_line(parts: Iterable[str], width: int, *, gap: str = " ") -> str:
    """The first parts that fit into a line; the first alone is cut where it must be."""
    line = ""
    for part in map(clean, parts):
        if line and cell_len(line) + cell_len(gap) + cell_len(part) > width:
            break
        line = line + gap + part if line else fit(part, width)
    return line


def apart(left: str, right: str, width: int) -> str:
    """Two texts at the two ends of a line; the left one gives way."""
    left = fit(left, width - cell_len(right) - 2)
    return left + " " * max(width - cell_len(left) - cell_len(right), 2) + right


def padded(text: str, width: int) -> str:
    """A text cut or filled up to exactly a number of cells."""
    return set_cell_size(fit(text, width), width)


def _first_cells(text: str, width: int) -> str:
    return chop_cells(text, width)[0] if text and width > 0 else ""
