"""What do the exports of chat services have in common: a zip, its folder, or the JSON file in it?"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rem_dagster.errors import SourceError
from rem_dagster.sources.archive import Archive
from rem_dagster.sources.fields import Fields
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.text import replace_surrogates

CONVERSATIONS = re.compile(r"conversations(?:[-_]*\d+)?\.json")
"""The files of conversations, in exports that are one file and in those that are several."""
OFF_BRANCH = "is on a branch that was left: an answer asked for again, or a question that was changed"

LOOKED_AT = 65_536
"""Bytes at the start of a file of conversations in which the names of its fields are looked for."""
READ_AS = "1"
"""Part of fingerprints: another number makes exports be read again that were read by older code."""
HALVES = "half characters or bytes that are no UTF-8 were replaced by U+FFFD"


def members(archive: Archive, matches: Callable[[str], object]) -> list[str]:
    """The files of an export whose names match, of the uppermost folder that has some."""
    found = [name for name in archive.names if matches(name.rpartition("/")[2])]
    top = min((name.count("/") for name in found), default=0)
    return [name for name in found if name.count("/") == top]


@dataclass
class UnderWay:
    """The zips or folders of an export that is being read, each as far as it has come."""

    parts: int = 1
    opened: list[Archive] = field(default_factory=list)

    def begin(self, parts: int = 1) -> None:
        """A read of so many parts begins."""
        self.parts, self.opened = parts, []

    @property
    def share(self) -> float | None:
        """How much of them was read, from 0 to 1; all parts count alike, and those before are done."""
        if not self.opened:
            return None
        last = self.opened[-1].share
        return None if last is None else (len(self.opened) - 1 + last) / max(self.parts, len(self.opened))


def entries(archive: Archive, name: str) -> Iterator[Fields | Problem]:
    """The objects of the array in a file; what is wrong with one, or with the file, is a problem."""
    number, shown_name = 0, replace_surrogates(name)
    try:
        for number, element in enumerate(archive.stream_array(name), start=1):
            where = f"{shown_name}, entry {number}"
            if element.was_cleaned:
                yield Problem(where, None, HALVES, "notice")
            if isinstance(element.value, dict):
                yield element.value
            else:
                yield Problem(where, None, "is not a JSON object", got=shown(element.value))
    except SourceError as error:
        reason = "could not be read to its end; what came before was taken"
        yield Problem(f"{shown_name}, after entry {number}", None, reason, got=_cause(error, archive))


def _cause(error: SourceError, archive: Archive) -> str:
    """What is wrong with a file of an export, without its path, of which the place of the problem tells."""
    said = str(error)
    return replace_surrogates(said.partition(repr(str(archive.path)))[2].lstrip(": ") or said)


def looks_like(path: Path, matches: Callable[[str], object], signs: Sequence[bytes]) -> bool:
    """Whether the first file of an export with such a name has some names of fields near its beginning."""
    try:
        with Archive(path, is_deep=False) as archive:
            heads = [archive.head(name, LOOKED_AT) for name in members(archive, matches)[:1]]
    except SourceError:
        return False
    return any(sign in head for head in heads for sign in signs)


def names_in(path: Path) -> set[str]:
    """The names, without folders, of the files in a zip or right in a folder; none in what is neither."""
    try:
        with Archive(path, is_deep=False) as archive:
            return {name.rpartition("/")[2] for name in archive.names}
    except SourceError:
        return set()


def is_export_shaped(path: Path) -> bool:
    """Whether a path can be an export: a folder, a zip, or a JSON file."""
    return path.is_dir() or path.suffix.lower() in (".zip", ".json")


def fingerprint_of(path: Path, *told: object) -> str | None:
    """Equal while the zip is, and what a source is told beside it; None for what must be read to know."""
    with Archive(path) as archive:
        held = archive.fingerprint()
    return held and hashlib.sha256(repr((READ_AS, held, told)).encode()).hexdigest()
