"""How are answers kept below an `s3://` address, where several machines may write at once?

s3://BUCKET/PATH/cache/3/f/3f9c…e1.0.2.1759838400000-50000000-5b0e91d2.json
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rem_dagster.s3 import S3Folder, S3Object

DIGITS = "0123456789abcdef"


class S3Place:
    """Objects in the same two levels of folders as on a machine. See `AnswerPlace`.

    An object appears when it is whole, so nothing is ever unfinished. Its time of change is that of the
    PUT, which follows the call.
    """

    is_shared = True

    def __init__(self, uri: str, storage_options: Mapping[str, str], *, machine: Path) -> None:
        self.machine = machine
        self._folder = S3Folder(uri, storage_options)

    def where(self, name: str) -> str:
        """The address of an object."""
        return f"{self._folder.uri}/{_key(name)}"

    def of_request(self, request: str) -> Sequence[str]:
        """One list of the folder that the request shares with one in 256 others."""
        found = map(_name, self._folder.objects(f"{request[0]}/{request[1]}"))
        return [name for name in found if name.startswith(f"{request}.")]

    def all(self, *, changed_since: float | None = None) -> Iterator[str]:
        """Lists of a thousand names each; no object is read."""
        for found in self._folder.objects_of(DIGITS):
            for each in found:
                if changed_since is None or each.changed_at >= changed_since:
                    yield _name(each)

    def read(self, name: str) -> bytes | None:
        """One GET."""
        return self._folder.read(_key(name))

    def read_each(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Some at a time."""
        wanted = list(names)
        yield from zip(wanted, self._folder.read_each(map(_key, wanted)), strict=True)

    def write(self, name: str, content: bytes, *, at: datetime) -> None:
        """One PUT; S3 says itself when that was."""
        self._folder.write(_key(name), content)

    def remove(self, name: str) -> None:
        """One DELETE."""
        self._folder.remove(_key(name))

    def unfinished(self) -> Iterator[tuple[str, Path]]:
        """None: an object is there whole or not at all."""
        return iter(())

    def remove_unfinished(self, request: str) -> None:
        """Nothing to do."""


def _key(name: str) -> str:
    return f"{name[0]}/{name[1]}/{name}"


def _name(found: S3Object) -> str:
    return found.name.rpartition("/")[2]
