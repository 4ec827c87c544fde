"""How is a block put into a note so that no other byte of it changes?

what a person wrote     kept, whatever it is
<!-- rem:begin ... -->  ┐
...                     │ replaced
<!-- rem:end -->        ┘
what a person wrote     kept
"""

import codecs
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rem_dagster.model.own_output import BEGINS

_BEGIN = re.compile(BEGINS.pattern.encode())
_END = re.compile(rb"<!--\s{0,9}rem:end\s{0,9}-->")
_NAMED = re.compile(rb"(\w+)=([\w-]+)")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Block:
    """Where a block stands in a note."""

    begin: int
    end: int
    """Behind its last mark."""
    inner_begin: int
    inner_end: int
    day: str | None
    whose: str | None

    @property
    def is_free(self) -> bool:
        """Whether it names neither a day nor a user: a place for one."""
        return self.day is None and self.whose is None


@dataclass(frozen=True)
class Note:
    """A file as it was read."""

    path: Path
    """Of the file itself, where links lead to it."""
    raw: bytes
    stamp: tuple[int, int] | None
    """By which a change since is known; None where there is no file."""

    @property
    def line_end(self) -> bytes:
        """How its lines end."""
        return b"\r\n" if self.raw.count(b"\r\n") * 2 > self.raw.count(b"\n") else b"\n"

    @property
    def blocks(self) -> list[Block]:
        """Its blocks, whosever they are."""
        found, at = [], 0
        while (begin := _BEGIN.search(self.raw, at)) and (end := _END.search(self.raw, begin.end())):
            named = dict(_NAMED.findall(begin[0]))
            day, whose = (named[key].decode() if key in named else None for key in (b"day", b"user"))
            found.append(Block(begin.start(), end.end(), begin.end(), end.start(), day, whose))
            at = end.end()
        return found

    @property
    def trouble(self) -> str | None:
        """Why nothing may be written into it; None where it may."""
        if self.raw.startswith(_UTF16) or b"\0" in self.raw:
            return "is not UTF-8 text"
        try:
            self.raw.decode("utf-8")
        except UnicodeDecodeError:
            return "is not UTF-8 text"
        if len(_BEGIN.findall(self.raw)) != len(_END.findall(self.raw)) or any(
            _BEGIN.search(self.raw, each.inner_begin, each.inner_end) for each in self.blocks
        ):
            return "has a block that begins and does not end, or the other way round"
        return None

    def line_of(self, at: int) -> int:
        """The number of the line that holds a place, from 1."""
        return self.raw.count(b"\n", 0, at) + 1

    def inner(self, block: Block) -> str:
        """What stands in a block, with `\\n` at the ends of lines."""
        return self.raw[block.inner_begin : block.inner_end].decode("utf-8").replace("\r\n", "\n")

    def with_block(self, text: str, place: Block | None) -> bytes:
        """The note with a block in place of one, or behind all that it holds."""
        made = text.rstrip("\n").encode("utf-8").replace(b"\n", self.line_end)
        if place is not None:
            return self.raw[: place.begin] + made + self.raw[place.end :]
        return self.raw + self._gap + made + self.line_end

    @property
    def _gap(self) -> bytes:
        """What parts a block from the text before it: an empty line."""
        held = self.raw.removeprefix(codecs.BOM_UTF8)
        if not held or held.endswith(self.line_end * 2):
            return b""
        return self.line_end if held.endswith(b"\n") else self.line_end * 2


def read_note(path: Path) -> Note:
    """A note, empty where there is none yet.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            raw, about = file.read(), os.fstat(file.fileno())
    except FileNotFoundError:
        return Note(path, b"", None)
    return Note(path, raw, (about.st_mtime_ns, about.st_size))


def write_note(note: Note, raw: bytes) -> bool:
    """Put other bytes in the place of a note's, all at once; False where somebody changed it meanwhile.

    Raises:
        OSError: it cannot be written; it is as it was.
    """
    note.path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=note.path.parent, prefix=f".{note.path.name}.", suffix=".tmp")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        if read_note(note.path).stamp != note.stamp:
            return False
        if note.stamp is not None:
            unfinished.chmod(note.path.stat().st_mode & 0o777)
        os.replace(unfinished, note.path)
    finally:
        unfinished.unlink(missing_ok=True)
    return True
