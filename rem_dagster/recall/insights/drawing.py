"""Of what are the pictures of patterns made?

A picture is one SVG with its own paper, light or dark as its reader's system is. It is as narrow as a
phone, so that its letters stay readable there, and needs no font, script or picture from elsewhere. All
text in it is escaped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rem_dagster.recall.kinds import (
    DARK_INK,
    DARK_INK_OF_OWN_TYPES,
    DARK_INKS,
    DARK_PAPER,
    DARK_RULE,
    DARK_SOFT,
    INK,
    INK_OF_OWN_TYPES,
    INKS,
    PAPER,
    RULE,
    SOFT,
)

WIDTH, EDGE = 440, 16
INSIDE = WIDTH - 2 * EDGE
RIGHT = WIDTH - EDGE
CHARACTER = 6.9
"""Pixels of a character of 13 px sans serif, on average and rather too many."""
LINE = 18
HEAD = 62
"""Pixels from the top to where a picture's figures begin."""
WARM, COOL = ("#a4471d", "#f0a07a"), ("#1f6f78", "#6fc7cf")
"""Inks of unpleasant and of pleasant, light and dark: apart for colour-blind eyes, too."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Picture:
    """The parts of a picture and how far down they reach."""

    title: str
    figures: str
    """One line below the title."""
    told: str
    """The picture in words, for those who do not see it."""
    parts: Sequence[str]
    height: float


Drawn = tuple[str, list[str], float]
"""Title, parts, and how far down they reach."""


def svg(picture: Picture) -> str:
    """The whole picture as SVG."""
    height = round(picture.height + EDGE)
    head = [
        text(fitting(picture.title, INSIDE, size=15), EDGE, 30, size=15, bold=True),
        text(fitting(picture.figures, INSIDE), EDGE, 49, kind="soft"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" class="rem-insight" role="img" aria-labelledby="title told">'
        f'<title id="title">{_escaped(picture.title)}</title><desc id="told">{_escaped(picture.told)}</desc>'
        f"<style>{_STYLE}</style>"
        f'<rect width="{WIDTH}" height="{height}" rx="8" class="paper"/>'
        f"{''.join((*head, *picture.parts))}</svg>\n"
    )


def text(
    words: str,
    left: float,
    base: float,
    *,
    kind: str = "ink",
    size: int = 13,
    anchor: str = "start",
    bold: bool = False,
) -> str:
    """A line of text that begins, ends or stands in the middle at a place."""
    more = "".join(
        (
            f' text-anchor="{anchor}"' if anchor != "start" else "",
            f' font-size="{size}"' if size != 13 else "",
            ' font-weight="600"' if bold else "",
        )
    )
    return f'<text x="{left:.1f}" y="{base:.1f}" class="{kind}"{more}>{_escaped(words)}</text>'


def bar(
    left: float, top: float, width: float, height: float, kind: str, *, told: str = "", radius: float = 1.5
) -> str:
    """A rectangle; with words that a pointer shows."""
    shape = f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:g}"'
    if not told:
        return f'{shape} class="{kind}"/>'
    return f'{shape} class="{kind}"><title>{_escaped(told)}</title></rect>'


def rule(path: str) -> str:
    """A fine line."""
    return f'<path d="{path}" class="rule"/>'


def kind_of(moment_type: str) -> str:
    """The class by which a type has its ink."""
    return f"k-{moment_type}" if moment_type in INKS else "k-own"


def fitting(words: str, width: float, *, size: int = 13) -> str:
    """Words cut to a width, with an ellipsis where something is missing; wide letters count twice."""
    room = width / (CHARACTER * size / 13)
    used = 0.0
    for place, letter in enumerate(words):
        used += 2 if ord(letter) > 0x1100 else 1
        if used > room:
            return words[: max(place - 1, 0)].rstrip() + "…"
    return words


def wrapped(words: str, width: float = INSIDE) -> list[str]:
    """Words in lines that fit into a width."""
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width / CHARACTER:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _escaped(words: str) -> str:
    return escape(_NOT_XML.sub(" ", words))


def _rules(inks: dict[str, str]) -> str:
    return "".join(f".rem-insight .{name}{{fill:{ink}}}" for name, ink in inks.items())


def _inks(dark: bool) -> dict[str, str]:
    of_types = {f"k-{name}": ink for name, ink in (DARK_INKS if dark else INKS).items()}
    return {
        "paper": DARK_PAPER if dark else PAPER,
        "ink": DARK_INK if dark else INK,
        "soft": DARK_SOFT if dark else SOFT,
        "on": DARK_PAPER if dark else PAPER,
        "empty": DARK_RULE if dark else RULE,
        "warm": WARM[dark],
        "cool": COOL[dark],
        **of_types,
        "k-own": DARK_INK_OF_OWN_TYPES if dark else INK_OF_OWN_TYPES,
    }


_STYLE = (
    ".rem-insight{font:13px ui-sans-serif,system-ui,-apple-system,'Segoe UI',sans-serif;"
    "max-width:100%;height:auto}"
    + _rules(_inks(dark=False))
    + f".rem-insight .rule{{stroke:{RULE};fill:none}}"
    + "@media (prefers-color-scheme:dark){"
    + _rules(_inks(dark=True))
    + f".rem-insight .rule{{stroke:{DARK_RULE}}}}}"
)
