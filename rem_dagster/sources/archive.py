"""What is in an export, be it a zip or the folder that it was unpacked to?

Nothing is unpacked to disk, and no file is held in memory whole: exports of some gigabytes are common.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rem_dagster.errors import SourceError

MAX_JSON_BYTES = 64_000_000
"""A member that is read as a whole may have at most these; longer ones are streamed."""
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    NotImplementedError,
    OSError,
)
"""What the library raises for a zip that is cut, locked with a password or packed in an unknown way."""


class Archive:
    """The files of an export, by their names in it; as a context manager it is closed at its end."""

    def __init__(self, path: Path) -> None:
        """Open a zip or a folder.

        Raises:
            SourceError: it is neither, or cannot be read.
        """
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        if path.is_dir():
            self.names = tuple(
                sorted(each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file())
            )
            return
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as error:
            raise SourceError(
                f"Could not read {str(path)!r}: {_why(error)}. Nothing was changed. "
                "Name the export as it was downloaded, or the folder that it was unpacked to."
            ) from error
        self.names = tuple(sorted(name for name in self._zip.namelist() if not name.endswith("/")))

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
            with self._zip.open(name) if self._zip else (self.path / name).open("rb") as file:
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

    def stream_array(self, name: str, prefix: str = "item") -> Iterator[object]:
        """The elements of a JSON array in a file of it, one at a time, whatever its size.

        Args:
            prefix: where the array is, in the words of ijson: `item` is the file itself, `a.item` below `a`.

        Raises:
            SourceError: it is missing, broken, or no JSON from some place on; the elements before it came.
        """
        import ijson

        with self.open(name) as file:
            try:
                yield from ijson.items(file, prefix, use_float=True)
            except ijson.JSONError as error:
                raise SourceError(f"{name!r} in {str(self.path)!r} is not whole JSON: {error}.") from error


def _why(error: Exception) -> str:
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "it is locked with a password"
    if isinstance(error, KeyError):
        return "there is no such file in it"
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
