"""Which parts of a text are prose that may be quoted?"""

import re
from collections.abc import Iterator

HEAD, TAIL = 20_000, 5_000
"""Characters of a huge text that are read, from its start and from its end."""

_FENCE = re.compile(r"^\s*(```|~~~)")
_CUE = re.compile(r"^\s*(?:WEBVTT.*|\d+|(?:\d+:)?\d\d?:\d\d[.,]\d+\s*-->.*)\s*$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_BULLET = re.compile(r"^\s*(?:>\s*)*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_QUOTED = re.compile(r"^\s*>+\s?")
_CODE_LINE = re.compile(
    r"^(?:\t| {4,})\S|^\s*(?:[$>%]\s|>>>|\{|\}|\[|</?\w|import \w|from \w+ import|def |class |return\b|#!|\|)"
    r"|^\s*\d{4}-\d\d-\d\d[T ]\d\d:\d\d|^\s*(?:INFO|DEBUG|WARN(?:ING)?|ERROR|TRACE)\b|^\s*File \"|[;{]\s*$"
)
_LUMP = re.compile(r"\S{60,}")


def excerpt_of(text: str) -> str:
    """The text, or the start and end of a huge one."""
    if len(text) <= HEAD + TAIL:
        return text
    return f"{text[:HEAD]}\n\n{text[-TAIL:]}"


def paragraphs_of(text: str) -> Iterator[str]:
    """Paragraphs of prose, white space normalised, each of them letter for letter in the normalised text.

    Code, logs, tables and lumps of bytes headings are left out, list bullets are taken off.
    """
    held: list[str] = []
    for line in _prose_lines(excerpt_of(text)):
        if line is None or _opens(line):
            yield from _joined(held)
            held = []
        if line is not None and not _HEADING.match(line):
            held.append(_QUOTED.sub("", _BULLET.sub("", line)))
    yield from _joined(held)


def _prose_lines(text: str) -> Iterator[str | None]:
    """Lines that may hold prose; None where a paragraph ends."""
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
            yield None
        elif fenced or not line.strip() or "\0" in line or _is_code(line):
            yield None
        elif not _CUE.match(line):
            yield line


def _is_code(line: str) -> bool:
    if _HEADING.match(line):
        return False
    return bool(_CODE_LINE.search(line) or (_LUMP.search(line) and "http" not in line))


def _opens(line: str) -> bool:
    return bool(_BULLET.match(line) or _HEADING.match(line))


def _joined(lines: list[str]) -> Iterator[str]:
    paragraph = " ".join(" ".join(lines).split())
    if paragraph:
        yield paragraph
