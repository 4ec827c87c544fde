"""What is in an export, be it a zip or the folder that it was unpacked to?

Nothing is unpacked to disk, and no file is held in memory whole: exports of some gigabytes are common.
"""

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rem_dagster.errors import SourceError
from rem_dagster.sources.json_array import Element, JsonArrayError, read_array

MAX_JSON_BYTES = 64_000_000
"""A member that is read as a whole may have at most these; longer ones are streamed."""
JUNK = "._"
"""How the names begin that macOS adds to a zip beside each file."""
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    UnicodeDecodeError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    OSError,
)
"""What the library raises for a zip that is cut, locked with a password or packed in an unknown way."""


class Archive:
    """The files of an export, by their names in it; as a context manager it is closed at its end."""

    def __init__(self, path: Path, *, is_deep: bool = True) -> None:
        """Open a zip, a folder, or one JSON file that was taken out of them.

        Args:
            is_deep: False knows of a folder only the files right in it, however many are below.

        Raises:
            SourceError: it is none of them, or cannot be read.
        """
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        self._read, self._streamed = 0, 0
        if path.is_dir():
            self._folder, self.names = path, _files_below(path) if is_deep else _files_in(path)
        elif path.suffix.lower() == ".json" and path.is_file():
            self._folder, self.names = path.parent, (path.name,)
        else:
            self._zip = _opened(path)
            named = (name for name in self._zip.namelist() if not name.endswith("/"))
            self.names = tuple(sorted(name for name in named if not _is_junk(name)))

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A file of it, to be read forwards.

        Raises:
            SourceError: it is missing, broken or locked.
        """
        try:
            with self._zip.open(name) if self._zip else (self._folder / name).open("rb") as file:
                yield file
        except (*BROKEN, KeyError) as error:
            raise SourceError(f"Could not read {name!r} in {str(self.path)!r}: {_why(error)}.") from error

    def read_json(self, name: str) -> object:
        """A small file of it as JSON.

        Raises:
            SourceError: it is missing, broken, no JSON, or too large to be read as a whole.
        """
        with self.open(name) as file:
            raw = file.read(MAX_JSON_BYTES + 1)
        if len(raw) > MAX_JSON_BYTES:
            raise SourceError(
                f"{name!r} in {str(self.path)!r} has more than {MAX_JSON_BYTES:,} bytes: it is not what it "
                "looks like."
            )
        try:
            return json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{name!r} in {str(self.path)!r} is not JSON: {error}.") from error

    def stream_array(self, name: str) -> Iterator[Element]:
        """The elements of the JSON array that a file of it is, one at a time, whatever its size.

        Raises:
            SourceError: it is missing, broken, or no JSON from some place on; the elements before it came.
        """
        before = self._read
        try:
            with self.open(name) as file:
                for element in read_array(file):
                    self._read = before + file.tell()
                    yield element
                self._read = before + file.tell()
        except JsonArrayError as error:
            raise SourceError(f"{name!r} in {str(self.path)!r} is not whole JSON: {error}.") from error

    def expect(self, names: Iterable[str]) -> None:
        """Take these files for all that will be streamed: what `share` is a share of."""
        self._read, self._streamed = 0, sum(map(self._size, names))

    @property
    def share(self) -> float | None:
        """How much of what is expected was streamed so far, from 0 to 1; None where nothing is."""
        return min(1.0, self._read / self._streamed) if self._streamed else None

    def _size(self, name: str) -> int:
        if self._zip is not None:
            return self._zip.getinfo(name).file_size
        try:
            return (self._folder / name).stat().st_size
        except OSError:
            return 0

    def head(self, name: str, size: int) -> bytes:
        """The first bytes of a file of it.

        Raises:
            SourceError: it is missing, broken or locked.
        """
        with self.open(name) as file:
            return file.read(size)

    def fingerprint(self) -> str | None:
        """Equal while a zip holds the same files, by the checksums in it; None for a folder."""
        if self._zip is None:
            return None
        held = sorted((each.filename, each.CRC, each.file_size) for each in self._zip.infolist())
        return hashlib.sha256(repr(held).encode("utf-8", "surrogatepass")).hexdigest()


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (*BROKEN, ValueError) as error:
        raise SourceError(
            f"Could not read {str(path)!r}: {_why(error)}. Nothing was changed. "
            "Name the export as it was downloaded, or the folder that it was unpacked to."
        ) from error


def _files_below(folder: Path) -> tuple[str, ...]:
    """The files below a folder; links to folders are not followed, so that there are no loops."""
    return tuple(
        sorted(
            Path(place, name).relative_to(folder).as_posix()
            for place, _, names in os.walk(folder)
            for name in names
            if not name.startswith(JUNK)
        )
    )


def _files_in(folder: Path) -> tuple[str, ...]:
    try:
        held = [each.name for each in os.scandir(folder) if each.is_file()]
    except OSError:
        return ()
    return tuple(sorted(name for name in held if not name.startswith(JUNK)))


def _is_junk(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(JUNK)


def _why(error: Exception) -> str:
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "it is locked with a password"
    if isinstance(error, KeyError):
        return "there is no such file in it"
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
