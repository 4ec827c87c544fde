"""How are numbers, times and texts put into the columns of a terminal?"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.cells import cell_len, chop_cells, set_cell_size

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_STEERING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the direction of what follows; they have no place in somebody else's line."""
DAYS_A_PERSON_COUNTS = 60
WEEKS_A_PERSON_COUNTS = 104


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


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 day`, `2 entities`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("ty") else f"{number:,} {noun}s"


def listed(parts: Sequence[str], *, most: int = 5) -> str:
    """Parts as a person lists them: `a, b and c`."""
    if len(parts) > most:
        parts = [*parts[: most - 1], f"{len(parts) - most + 1} more"]
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def lasting(time: timedelta) -> str:
    """A length: `35 min`, `2 h 15`; nothing for an instant."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 60:
        return f"{minutes} min" if time else ""
    return f"{minutes // 60} h {minutes % 60:02}" if minutes % 60 else f"{minutes // 60} h"


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """The local time of day."""
    return f"{instant.astimezone(zone):%H:%M}"


def long_day(day: date) -> str:
    """`Tuesday 14 October 2025`."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: date) -> str:
    """`Tue 14 Oct`."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day:>2} {MONTHS[day.month - 1][:3]}"


def days_from_to(first: date, last: date) -> str:
    """`6 to 12 October 2025`, with what the two have in common said once."""
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return long_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {end}"
    begin = f"{first.day} {MONTHS[first.month - 1]}"
    return f"{begin} to {end}" if first.year == last.year else f"{begin} {first.year} to {end}"


def days_apart(day: date, other: date) -> str:
    """How far a day lies from another, as a person counts: `3 days before`."""
    days = (day - other).days
    far = counted(abs(days), "day")
    if abs(days) > DAYS_A_PERSON_COUNTS:
        weeks = abs(days) // 7
        far = (
            f"{weeks} weeks"
            if weeks <= WEEKS_A_PERSON_COUNTS
            else f"about {counted(round(weeks / 52), 'year')}"
        )
    return f"{far} {'before' if days < 0 else 'after'}"


def dollars(usd: float | None) -> str:
    """A cost; one that is not known is said to be."""
    if usd is None:
        return "cost unknown"
    return f"${usd:.2f}" if usd == 0 or usd >= 0.01 else f"${usd:.4f}"


def _first_cells(text: str, width: int) -> str:
    return chop_cells(text, width)[0] if text and width > 0 else ""
