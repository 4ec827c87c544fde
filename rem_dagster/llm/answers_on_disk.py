"""How are answers kept in a directory of this machine, whole or not at all, for their owner alone?"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from rem_dagster.errors import DiskFullError, HomeError, StoreError

NO_ROOM = frozenset(("ENOSPC", "EDQUOT"))
_UNFINISHED = re.compile(r"\.(?P<request>[0-9a-f]{64})\.[0-9a-f]+\.part")


class LocalPlace:
    """A directory: `3/f/3f9c…`, two levels of one digit each. See `AnswerPlace`."""

    is_shared = False

    def __init__(self, directory: Path) -> None:
        self.machine = directory

    def where(self, name: str) -> str:
        """The path of a file."""
        return str(self._path(name))

    def of_request(self, request: str) -> Sequence[str]:
        """What lies in the folder of a request and begins with it."""
        return [path.name for path in self._folder(request).glob(f"{request}.*.json")]

    def all(self, *, changed_since: float | None = None) -> Iterator[str]:
        """Every file in a folder of a folder; what is none of ours too."""
        for entry in self._entries():
            if changed_since is None or _changed_at(entry) >= changed_since:
                yield entry.name

    def read(self, name: str) -> bytes | None:
        """The bytes of a file."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self.where(name)} cannot be read: {error.strerror or error}.") from error

    def read_each(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """One after the other."""
        for name in names:
            try:
                yield name, self.read(name)
            except StoreError:
                yield name, None

    def write(self, name: str, content: bytes, *, at: datetime) -> None:
        """Under another name until it is whole, dated, then renamed."""
        folder = self._folder(name)
        unfinished = folder / f".{name[:64]}.{secrets.token_hex(4)}.part"
        try:
            make_private(self.machine, folder.parent, folder)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.utime(unfinished, (at.timestamp(), at.timestamp()))
            os.replace(unfinished, folder / name)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise unwritable(self.machine, error) from error

    def remove(self, name: str) -> None:
        """Unlink a file."""
        self._path(name).unlink(missing_ok=True)

    def unfinished(self) -> Iterator[tuple[str, Path]]:
        """Files that were not renamed yet."""
        for entry in self._entries():
            if match := _UNFINISHED.fullmatch(entry.name):
                yield match["request"], Path(entry.path)

    def remove_unfinished(self, request: str) -> None:
        """Unlink those of a request."""
        for path in self._folder(request).glob(f".{request}.*.part"):
            path.unlink(missing_ok=True)

    def _folder(self, name: str) -> Path:
        return self.machine / name[0] / name[1]

    def _path(self, name: str) -> Path:
        return self._folder(name) / name

    def _entries(self) -> Iterator["os.DirEntry[str]"]:
        for outer in _folders(self.machine):
            for inner in _folders(outer.path):
                with os.scandir(inner.path) as entries:
                    yield from entries


def make_private(*folders: Path) -> None:
    """Make folders, outermost first, that only their owner may enter."""
    for folder in folders:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def unwritable(directory: Path, error: OSError) -> HomeError | DiskFullError:
    """What is said where an answer cannot be kept."""
    import errno

    is_full = errno.errorcode.get(error.errno or 0) in NO_ROOM
    kind = DiskFullError if is_full else HomeError
    return kind(
        f"Could not keep an answer in {directory}: {error.strerror or error}. "
        f"{'Free some space' if is_full else 'See to it that it can be written'}, then run the same command "
        "again: answers kept before are not paid for again."
    )


def _changed_at(entry: "os.DirEntry[str]") -> float:
    """Seconds since 1970; 0 when it was renamed or removed meanwhile."""
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return 0.0


def _folders(directory: "Path | str") -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(directory) as entries:
            return [each for each in entries if len(each.name) == 1 and each.is_dir()]
    except FileNotFoundError:
        return []
