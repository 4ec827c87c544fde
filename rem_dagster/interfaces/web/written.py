"""How do the journal's files reach a folder whole, and how is it known which of it are the journal's?"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath

from rem_dagster.errors import InputError

MANIFEST = ".rem-journal.json"
UNFINISHED = ".rem-unfinished"
"""A file on its way; a build that was killed leaves one at most, which the next writes over."""
FORMAT = 1
UNKNOWN = ""
"""The digest of a file that may have been written anew since it was noted."""


@dataclass
class Writing:
    """Files that are being written, and those that were before."""

    folder: Path
    before: Mapping[str, str]
    """By address, what was written there."""
    made: dict[str, str] = field(default_factory=dict)
    written: int = 0

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note in the folder what is the journal's: at once, so that a build that was killed can go on."""
        self._note(dict.fromkeys(self.before, UNKNOWN))
        is_whole = False
        try:
            yield
            is_whole = True
        finally:
            self._note(self.made if is_whole else {**self.before, **self.made})

    def write(self, address: str, content: bytes) -> None:
        """Write a file, unless the same is there."""
        digest = sha256(content).hexdigest()
        place = self.folder / address
        if self.before.get(address) != digest or not place.is_file():
            self._put(place, content)
            self.written += 1
        self.made[address] = digest

    def remove_gone(self) -> int:
        """Remove what is no page any more; returns how many pages went."""
        gone = [address for address in self.before if address not in self.made]
        for address in gone:
            with _told(self.folder / address):
                (self.folder / address).unlink(missing_ok=True)
        return sum(address.endswith(".html") for address in gone)

    def _note(self, files: Mapping[str, str]) -> None:
        told = {"format": FORMAT, "files": dict(files)}
        self._put(self.folder / MANIFEST, json.dumps(told, indent=0).encode())

    def _put(self, place: Path, content: bytes) -> None:
        """Put a file in its place whole, or leave what is there."""
        unfinished = self.folder / UNFINISHED
        with _told(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                unfinished.write_bytes(content)
                os.replace(unfinished, place)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise


@contextmanager
def _told(place: Path) -> Iterator[None]:
    """Say which file could not be written, and why.

    Raises:
        InputError: it could not.
    """
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{place} cannot be written: {error.strerror or error}. It was not changed; pages written "
            "before it stay, and the same command goes on."
        ) from error


def manifest_of(folder: Path, *, force: bool) -> Mapping[str, str]:
    """What an earlier build wrote to a folder.

    Raises:
        InputError: the folder holds other things, or is none.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{str(folder)!r} is a file. Nothing was written. Name a folder.")
    place = folder / MANIFEST
    if place.is_file():
        return _read(place)
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise InputError(
            f"The folder {str(folder)!r} holds things that no journal wrote. Nothing was written. Name a new "
            "folder, or give --force to write among them; none of them is removed."
        )
    return {}


def _read(place: Path) -> Mapping[str, str]:
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        files = told["files"]
        if told["format"] != FORMAT or not isinstance(files, dict) or not all(map(_is_ours, files)):
            raise ValueError(files)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InputError(
            f"{str(place)!r} cannot be read, so that it is not known which files are the journal's. Nothing "
            "was written. Name a new folder, or remove that file and give --force."
        ) from error
    return {str(address): str(digest) for address, digest in files.items()}


def _is_ours(address: str) -> bool:
    """Whether a path is one that a build writes: never one that leads out of the folder."""
    parts = PurePosixPath(address).parts
    return ".." not in parts and not PurePosixPath(address).is_absolute() and len(parts) in (1, 2)
