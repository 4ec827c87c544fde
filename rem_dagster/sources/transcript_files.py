"""Which transcripts are below a place, and which of them changed since an earlier read?"""

import base64
import hashlib
import json
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rem_dagster.errors import SourceError
from rem_dagster.model.activity import Activity
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.text import clean_value
from rem_dagster.sources.transcript_text import time_of

MARK_VERSION = 1
"""Another number makes every home read its transcripts again."""
STAMP_BYTES = 6
"""Of a file's stamp: at a hundred thousand files, one change in a billion goes unseen until the next."""
MAX_LINE = 64_000_000
"""Bytes of a line; pasted pictures make lines of some megabytes."""
TOO_DEEP = "is nested too deeply"
LOOKED_AT = 16_384
"""Bytes at the start of a file by which its kind is known."""


@dataclass(frozen=True)
class Transcript:
    """One file as it was when the place was looked through."""

    path: Path
    stamp: bytes
    """Changes with the file."""


@dataclass(frozen=True)
class Line:
    """One line that is a JSON object."""

    where: str
    value: dict[str, object]


class TranscriptSource(ABC):
    """Files to whose ends a program appends; one that changed is read again as a whole.

    So lines that belong together are seen together, wherever an earlier read ended.
    """

    kind: str

    def __init__(self, path: Path, account: str) -> None:
        self.path, self.account = path, account
        self._mark: str | None = None

    @property
    def place(self) -> str:
        """The folder or file that is read."""
        return str(self.path)

    @property
    def mark(self) -> str | None:
        """The stamps of the files that the last read has read."""
        return self._mark

    @abstractmethod
    def find(self) -> Iterator[Path | Problem]:
        """The files below the place."""

    @abstractmethod
    def read_file(self, path: Path) -> Iterator[Activity | Problem]:
        """What one file says."""

    @abstractmethod
    def looked_for(self) -> str:
        """What is looked for below the place, as a notice names it."""

    def fingerprint(self) -> str:
        """The mark that a read would leave."""
        return mark_of(each.stamp for each in self._transcripts() if isinstance(each, Transcript))

    def read(self) -> Iterator[Activity | Problem]:
        """Every file, by path."""
        return self.read_since(None)

    def read_since(self, mark: str | None) -> Iterator[Activity | Problem]:
        """The files whose stamps are not in the mark."""
        self._mark = None
        known, stamps = stamps_of(mark), set[bytes]()
        found = 0
        for each in self._transcripts():
            if isinstance(each, Problem):
                yield each
                continue
            found += 1
            if each.stamp not in known:
                try:
                    yield from self.read_file(each.path)
                except OSError as error:
                    yield unreadable(each.path, error)
                    continue
            stamps.add(each.stamp)
        if not found:
            yield Problem(self.place, None, f"there are no transcripts in it: {self.looked_for()}", "notice")
        self._mark = mark_of(stamps)

    def extra_stamp(self, path: Path) -> str:
        """What else, beside the file, decides what reading it gives."""
        return ""

    def _transcripts(self) -> list[Transcript | Problem]:
        """All files, looked at before the first is read: what is appended meanwhile is read next time."""
        if not self.path.exists():
            raise SourceError(
                f"Could not read {self.place!r}: there is no such folder or file. Nothing was changed."
            )
        return [each if isinstance(each, Problem) else self._looked_at(each) for each in self.find()]

    def _looked_at(self, path: Path) -> Transcript | Problem:
        try:
            told = path.stat()
        except OSError as error:
            return unreadable(path, error)
        if not stat.S_ISREG(told.st_mode):
            return Problem(path_text(path), None, "is no file", "skipped")
        name = os.fsencode(os.path.relpath(path, self.path))
        said = f"{told.st_size}:{told.st_mtime_ns}:{self.extra_stamp(path)}"
        raw = b"\0".join((name, said.encode("utf-8", "replace")))
        return Transcript(path, hashlib.blake2b(raw, digest_size=STAMP_BYTES).digest())


def mark_of(stamps: Iterable[bytes]) -> str:
    """Stamps as text: eight characters for each file."""
    text = base64.b64encode(b"".join(sorted(stamps))).decode("ascii")
    return json.dumps({"version": MARK_VERSION, "files": text})


def stamps_of(mark: str | None) -> frozenset[bytes]:
    """The stamps in a mark; none when it is not one of ours."""
    try:
        told = json.loads(mark or "")
        if told["version"] != MARK_VERSION:
            return frozenset()
        raw = base64.b64decode(told["files"], validate=True)
    except (ValueError, TypeError, LookupError):
        return frozenset()
    return frozenset(raw[at : at + STAMP_BYTES] for at in range(0, len(raw), STAMP_BYTES))


def walk_files(root: Path, *, skipped: Iterable[str] = ()) -> Iterator[Path | Problem]:
    """All files below a folder, by path; links to folders are not followed."""
    problems: list[Problem] = []
    leaves_out = frozenset(skipped)

    def failed(error: OSError) -> None:
        problems.append(
            Problem(path_text(error.filename), None, "the folder cannot be read", got=error.strerror)
        )

    for folder, folders, names in os.walk(root, onerror=failed):
        folders[:] = sorted(each for each in folders if each not in leaves_out)
        yield from (Path(folder, name) for name in sorted(names))
    yield from problems


def read_lines(path: Path) -> Iterator[Line | Problem]:
    """Each line that is a JSON object; any other is a problem, and one that is being written a notice.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MAX_LINE):
            number += 1
            where = f"{path_text(path)}:{number}"
            if len(raw) == MAX_LINE and not raw.endswith(b"\n"):
                while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield Problem(where, None, f"is longer than {MAX_LINE // 1_000_000} MB")
            elif raw.strip():
                yield _parsed(raw, where)


def first_bytes(path: Path) -> bytes:
    """The first kilobytes of a file; none when it cannot be read. A first line may be far longer."""
    try:
        with path.open("rb") as file:
            return file.read(LOOKED_AT)
    except OSError:
        return b""


def first_time(path: Path) -> datetime | None:
    """The first time that any line of a file tells.

    Raises:
        OSError: the file cannot be read.
    """
    for line in read_lines(path):
        if isinstance(line, Line) and (at := time_of(line.value.get("timestamp"))):
            return at
    return None


def unreadable(path: Path, error: OSError) -> Problem:
    """The problem of a file that cannot be read."""
    return Problem(path_text(path), None, "cannot be read", got=error.strerror or str(error))


def path_text(path: Path | str) -> str:
    """A path that can be printed, whatever bytes its name has."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def _parsed(raw: bytes, where: str) -> Line | Problem:
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=lambda _: None)
        # in valid UTF-8 only an escape can bring a lone surrogate in
        if b"\\ud" in raw or b"\\uD" in raw:
            value = clean_value(value)
    except RecursionError:
        return Problem(where, None, TOO_DEEP)
    except ValueError as error:
        if not raw.endswith(b"\n"):
            return Problem(where, None, "is still being written; it is read next time", "notice")
        return Problem(where, None, "is not JSON", got=shown(str(error)))
    if not isinstance(value, dict):
        return Problem(where, None, "is not a JSON object", got=shown(value))
    return Line(where, value)
