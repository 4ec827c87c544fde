"""What stands in a block that was written into a note, after somebody may have edited it?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rem_dagster.recall.export.block_text import BETWEEN, digest

_HEADING = re.compile(r"^###(?!#)[ \t]*", re.MULTILINE)
_MARK = re.compile(
    r"^[ \t]*<!--\s*rem:moment\s+(?P<id>\S+)\s+(?P<digests>[0-9a-f.]+)\s*-->[ \t]*$", re.MULTILINE
)
_LAST = re.compile(
    r"^[ \t]*<!--\s*rem:moments\s+(?P<head>[0-9a-f]+)(?P<ids>[^>]*?)\s*-->[ \t]*$", re.MULTILINE
)
_REST = re.compile(r"^(?:- ✓|>)", re.MULTILINE)
FIELDS = 5


@dataclass(frozen=True)
class FoundSection:
    """The lines of a moment as somebody left them, and the digests of those that were written."""

    line: int
    """Of its heading, in the file."""
    moment_id: str
    written: tuple[str, ...]
    """Of name, type, times, summary, and all else."""
    name: str
    kind: str
    times: str
    summary: str
    rest: str
    """What follows the type on its line, and all below the summary."""

    @property
    def edited(self) -> tuple[bool, ...]:
        """Whether name, type, times, summary, and all else differ from what was written."""
        now = map(digest, (self.name, self.kind, self.times, self.summary, self.rest))
        return tuple(one != other for one, other in zip(now, self.written, strict=True))


@dataclass(frozen=True)
class Trouble:
    """A place in a note that is not understood, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class FoundBlock:
    """A block as somebody left it."""

    line: int
    sections: tuple[FoundSection, ...]
    written_ids: tuple[str, ...]
    """The moments whose sections were written."""
    troubles: tuple[Trouble, ...]
    is_empty: bool = False
    """Whether it is but a place for one: nothing was ever written into it."""


def read_block(text: str, line: int) -> FoundBlock:
    """What stands between the two marks of a block.

    Args:
        text: with `\\n` at the ends of lines, without the marks.
        line: that of the first mark.
    """
    if not text.strip():
        return FoundBlock(line, (), (), (), is_empty=True)
    last = _LAST.search(text)
    if last is None:
        reason = "the last line of the block, which says what was written, is gone"
        return FoundBlock(line, (), (), (Trouble(line, reason),))
    body, behind = text[: last.start()], text[last.end() :]
    head, *parts = _sections_of(body)
    troubles = [] if digest(head[1]) == last["head"] else [Trouble(line, "what stands before the moments")]
    if behind.strip():
        troubles.append(Trouble(line + text[: last.end()].count("\n") + 1, "text after the moments"))
    found = [_section(part, line + body[:at].count("\n")) for at, part in parts]
    sections = tuple(each for each in found if isinstance(each, FoundSection))
    troubles += [each for each in found if isinstance(each, Trouble)]
    return FoundBlock(line, sections, tuple(last["ids"].split()), (*troubles, *twice(sections)))


def _sections_of(body: str) -> list[tuple[int, str]]:
    """The text before the first heading of a moment, then each moment's, with where it begins."""
    begins = [0, *(found.start() for found in _HEADING.finditer(body))]
    return [(begin, body[begin:end]) for begin, end in zip(begins, [*begins[1:], len(body)], strict=True)]


def _section(part: str, line: int) -> FoundSection | Trouble:
    heading, _, below = part.partition("\n")
    marks = list(_MARK.finditer(below))
    if len(marks) != 1:
        reason = "a section that rem did not write" if not marks else "two moments under one heading"
        return Trouble(line, reason)
    (mark,) = marks
    written = tuple(mark["digests"].split("."))
    if below[: mark.start()].strip() or len(written) != FIELDS:
        return Trouble(line, "what stands between a heading and the mark below it")
    facts, _, told = below[mark.end() :].lstrip("\n").partition("\n")
    times, kind, felt = [*(each.strip() for each in facts.split(BETWEEN.strip(), 2)), "", ""][:3]
    cut = found.start() if (found := _REST.search(told)) else len(told)
    return FoundSection(
        line=line,
        moment_id=mark["id"],
        written=written,
        name=_HEADING.sub("", heading).strip(),
        kind=kind,
        times=times,
        summary=" ".join(told[:cut].split()),
        rest=felt + told[cut:],
    )


def twice(sections: Sequence[FoundSection]) -> list[Trouble]:
    """The sections whose moment has another one before."""
    seen: set[str] = set()
    found = []
    for each in sections:
        if each.moment_id in seen:
            found.append(Trouble(each.line, "a second section of one moment"))
        seen.add(each.moment_id)
    return found
