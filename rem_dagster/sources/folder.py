"""Which files of a folder does a source read, and which of them are as they were at an earlier read?"""

import hashlib
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rem_dagster.errors import SourceError
from rem_dagster.model.activity import Activity
from rem_dagster.sources.kind import Place
from rem_dagster.sources.source import Problem
from rem_dagster.sources.vault import vault_sign

Unit = tuple[Path, ...]
"""Files that are read together, such as a transcript and its chat."""
LOOKED_AT = 2_000
"""Files of a folder that tell of what kind it is."""
KEY_DIGITS = 12
UNREADABLE = "cannot be read"


class FolderSource(ABC):
    """Files of some kinds below a folder, or one file; a file is known by its path in the folder.

    What was read once and lies there as it was, by size and time of change, is not read again by
    `read_since`, be it broken; what failed for a reason that may pass is.
    """

    kind: str
    looks_for: str
    """What it reads, as people say it: `transcripts (.vtt, .srt)`."""
    suffixes: tuple[str, ...]
    passing: tuple[str, ...] = (UNREADABLE,)
    """Why something fails that may come right though its file stays as it is."""

    def __init__(self, place: Place, *, told: str = "") -> None:
        """Read nothing yet.

        Args:
            told: the options; with others everything is read again.
        """
        path = place.path
        self.path = path
        self.root = path.parent if path.is_file() else path
        self.account = place.account or str(self.root)
        self._told = told
        self._mark: str | None = None

    @abstractmethod
    def read_unit(self, unit: Unit) -> Iterator[Activity | Problem]:
        """What the files of a unit hold, and what is wrong with it."""

    def units(self, files: Sequence[Path]) -> Iterable[Unit | Problem]:
        """The files as they are read together; by default each alone."""
        return ((file,) for file in files)

    @property
    def place(self) -> str:
        """The folder or file that is read."""
        return str(self.path)

    @property
    def mark(self) -> str | None:
        """The files that were read, by path, size and time of change; None before a read."""
        return self._mark

    def fingerprint(self) -> str:
        """What `mark` is when all was read."""
        self._require()
        files = [each for each in self._files() if isinstance(each, Path)]
        units = [each for each in self.units(files) if not isinstance(each, Problem)]
        return _mark({self._key(unit) for unit in units})

    def read(self) -> Iterator[Activity | Problem]:
        """Everything, by path."""
        return self.read_since(None)

    def read_since(self, mark: str | None) -> Iterator[Activity | Problem]:
        """What is not as it was at an earlier read, by path."""
        self._require()
        before, now = _keys(mark), set[str]()
        files: list[Path] = []
        for found in self._files():
            if isinstance(found, Problem):
                yield found
            else:
                files.append(found)
        if not files:
            yield Problem(str(self.path), None, f"there are no {self.looks_for} in it", "notice")
        for unit in self.units(files):
            if isinstance(unit, Problem):
                yield unit
                continue
            key = self._key(unit)
            is_done = True
            for each in () if key in before else self.read_unit(unit):
                is_done &= not (isinstance(each, Problem) and each.reason in self.passing)
                yield each
            if is_done:
                now.add(key)
        self._mark = _mark(now)

    def relative(self, path: Path) -> str:
        """A file's path in the folder, as text that can be stored."""
        return path.relative_to(self.root).as_posix().encode("utf-8", "replace").decode("utf-8")

    def _require(self) -> None:
        if not self.path.exists():
            raise SourceError(
                f"Could not read {str(self.path)!r}: there is no such folder or file. Nothing was changed."
            )

    def _files(self) -> Iterator[Path | Problem]:
        if self.path.is_file():
            return iter((self.path,))
        return find_files(self.root, self.suffixes)

    def _key(self, unit: Unit) -> str:
        parts: list[object] = [self._told]
        for path in unit:
            try:
                held = path.stat()
                parts += [self.relative(path), held.st_size, held.st_mtime_ns]
            except OSError:
                parts.append(self.relative(path))
        return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:KEY_DIGITS]


def find_files(root: Path, suffixes: tuple[str, ...]) -> Iterator[Path | Problem]:
    """The files below a folder whose names end so, by path; what cannot be read is a problem.

    Hidden files and folders are stepped over, and so are links to folders, which may lead in a circle.
    """
    problems: list[Problem] = []

    def unreadable(error: OSError) -> None:
        problems.append(Problem(str(error.filename), None, "the folder cannot be read", got=error.strerror))

    for folder, folders, names in os.walk(root, onerror=unreadable):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(suffixes) and not name.startswith((".", "~$")):
                yield _checked(Path(folder, name), root)
    yield from problems


def names_below(path: Path) -> list[Path]:
    """Some of the files below a folder, or the file itself: enough to tell of what kind it is."""
    if path.is_file():
        return [path]
    found: list[Path] = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        found += [Path(folder, name) for name in sorted(names) if not name.startswith(".")]
        if len(found) >= LOOKED_AT:
            break
    return found[:LOOKED_AT]


def mostly(path: Path, suffixes: tuple[str, ...], what: str) -> str | None:
    """Why a path is of a kind: its name, or the names of more than half of its files; None when it is not."""
    found = names_below(path)
    fitting = [each for each in found if each.name.lower().endswith(suffixes)]
    if not fitting or len(fitting) * 2 <= len(found) or vault_sign(path):
        return None
    if path.is_file():
        return f"its name ends in {path.suffix}"
    return f"{len(fitting)} of its {len(found)} files are {what}"


def _checked(path: Path, root: Path) -> Path | Problem:
    try:
        if path.is_symlink() and path.resolve(strict=True).is_relative_to(root.resolve()):
            return Problem(str(path), None, "is a link to another file of the folder", "skipped")
        mode = path.stat().st_mode
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "a loop of links"
        return Problem(str(path), None, UNREADABLE, got=why)
    return path if stat.S_ISREG(mode) else Problem(str(path), None, "is no file", "skipped")


def _mark(keys: set[str]) -> str:
    return "".join(sorted(keys))


def _keys(mark: str | None) -> set[str]:
    told = mark or ""
    return {told[at : at + KEY_DIGITS] for at in range(0, len(told), KEY_DIGITS)}
