"""How is a folder of Markdown notes read, an Obsidian or Logseq vault among them?"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from rem_dagster.errors import InputError, SourceError
from rem_dagster.model.activity import Activity, ResourceItem
from rem_dagster.model.own_output import LOST_END, has_lost_end, without_managed
from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.front_matter import (
    CREATED,
    UPDATED,
    FrontMatter,
    inline_tags,
    normal_tags,
    split_front_matter,
    split_page_properties,
)
from rem_dagster.sources.git_birth import first_commit_times
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.source import Problem
from rem_dagster.sources.times import EPOCH, SaidTime, parse_time
from rem_dagster.sources.vault import SUFFIXES, daily_format_of, day_of_name, find_notes, vault_sign

UTF_16_SIGNS = (b"\xff\xfe", b"\xfe\xff")
BINARY_SIGN = b"\0"
LOOKED_AT = 8_192
"""Bytes at the start of a file in which a NUL says that it is no text."""
ENTRIES_LOOKED_AT = 20_000
"""Files and folders among which a note is looked for: somebody may name a whole disk."""
PEOPLE = "people"
"""The property of a note's front matter that lists people."""


@dataclass(frozen=True)
class MarkdownSource:
    """Notes below a folder, or one note; a note is known by its path in the folder."""

    path: Path
    account: str
    kind: str = "markdown"

    @property
    def place(self) -> str:
        """The folder or note that is read."""
        return str(self.path)

    def fingerprint(self) -> None:
        """None: only reading the notes shows whether they changed; file times lie after a sync."""

    def read(self) -> Iterator[Activity | Problem]:
        """Every note, by path."""
        if not self.path.exists():
            raise SourceError(
                f"Could not read {str(self.path)!r}: there is no such folder or note. Nothing was changed."
            )
        notes = 0
        for found in [self.path] if self.path.is_file() else find_notes(self.root):
            if isinstance(found, Problem):
                yield found
            else:
                notes += 1
                yield from self._read_note(found)
        if not notes:
            yield Problem(str(self.path), None, "there are no Markdown notes in it", "notice")

    @cached_property
    def root(self) -> Path:
        """The folder whose paths name the notes."""
        return self.path.parent if self.path.is_file() else self.path

    @cached_property
    def daily_format(self) -> str | None:
        """How the vault names its daily notes."""
        return daily_format_of(self.root)

    def born(self, relative: Path) -> SaidTime | None:
        """When a note first entered the repository that keeps the folder, if one does."""
        return self._births.get(relative.as_posix())

    @cached_property
    def _births(self) -> dict[str, SaidTime]:
        return first_commit_times(self.root)

    def _read_note(self, path: Path) -> Iterator[Activity | Problem]:
        try:
            raw = path.read_bytes()
            modified_at = EPOCH.fromtimestamp(path.stat().st_mtime, UTC)
        except (OSError, ValueError, OverflowError) as error:
            yield Problem(
                str(path), None, "cannot be read", got=getattr(error, "strerror", None) or str(error)
            )
            return
        if raw.startswith(UTF_16_SIGNS):
            raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
        if BINARY_SIGN in raw[:LOOKED_AT]:
            yield Problem(str(path), None, "is no text", "skipped")
            return
        text = raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")
        if "\ufffd" in text and "\ufffd".encode() not in raw:
            yield Problem(str(path), None, "is not UTF-8; broken bytes were replaced by U+FFFD", "notice")
        if has_lost_end(text):
            yield Problem(str(path), None, LOST_END, "notice")
        yield from self._note(path, without_managed(text), modified_at)

    def is_there(self, path: str) -> bool:
        """Whether there is a note at a path of the folder."""
        try:
            return bool(path) and (self.root / path).is_file()
        except (OSError, ValueError):
            return False

    def _identity(self, front: FrontMatter, name: str) -> str | None:
        """What a note is known by: the id that it says, else its path; None where another says that id."""
        if front.id is None:
            return name
        native_id = f"id:{front.id}"
        return native_id if self._named.setdefault(native_id, name) == name else None

    @cached_property
    def _named(self) -> dict[str, str]:
        """Id of a note -> path of the first that said it."""
        return {}

    def _note(self, path: Path, text: str, modified_at: datetime) -> Iterator[Activity | Problem]:
        front, body = split_front_matter(text)
        if ":: " in body:
            front, body = split_page_properties(front, body)
        if front.error:
            yield Problem(
                str(path), "front matter", "cannot be read; the text was kept", "notice", front.error
            )
        if not body.strip():
            yield Problem(str(path), None, "holds no text", "skipped")
            return
        relative = path.relative_to(self.root)
        written = _Times(front, relative, modified_at, self)
        for field, problem in written.problems:
            yield Problem(f"{path}", field, problem, "notice")
        name = relative.as_posix().encode("utf-8", "replace").decode("utf-8")
        native_id = self._identity(front, name)
        if native_id is None:
            yield Problem(str(path), "id", "is the id of another note; the path was taken", "notice")
        yield ResourceItem(
            native_id=native_id or name,
            name=front.title or relative.stem.encode("utf-8", "replace").decode("utf-8"),
            content=body.strip("\n") + "\n",
            category="note",
            tags=normal_tags([*front.tags, *inline_tags(body)]),
            created_at=written.created.at,
            utc_offset_minutes=written.created.utc_offset_minutes,
            time_confidence=written.confidence,
            updated_at=written.updated.at,
            metadata={**_metadata(front), "path": name, "vault": self.account},
        )


class _Times:
    """When a note was created and last changed.

    Created: its front matter, else its name, else its first commit or its file's time, whichever is
    earlier: a clone makes all files new. Changed: its front matter, else its file's time.
    """

    def __init__(
        self, front: FrontMatter, relative: Path, modified_at: datetime, source: MarkdownSource
    ) -> None:
        self.problems: list[tuple[str, str]] = []
        told = self._told(front, CREATED, "created")
        if told is None and (day := day_of_name(relative, source.daily_format)):
            told = parse_time(day)
        by_file = SaidTime(modified_at)
        self.created = told or source.born(relative) or by_file
        if told is None and self.created.at > modified_at:
            self.created = by_file
        self.updated = self._told(front, UPDATED, "updated") or by_file
        self.confidence: TimeConfidence = (
            "guessed" if told is None else "assumed_time" if told.is_date_only else "exact"
        )

    def _told(self, front: FrontMatter, names: tuple[str, ...], field: str) -> SaidTime | None:
        try:
            return front.time_among(names)
        except InputError as error:
            self.problems.append((field, str(error)))
            return None


def _metadata(front: FrontMatter) -> dict[str, object]:
    told = {
        "people": _people(front.properties.get(PEOPLE)),
        "aliases": front.aliases,
        "properties": front.properties,
    }
    return {name: value for name, value in told.items() if value}


def _people(told: object) -> list[str]:
    """The people that a note's front matter names, be it by links."""
    names = told if isinstance(told, list) else [told]
    bare = (each.strip().removeprefix("[[").removesuffix("]]") for each in names if isinstance(each, str))
    return [name for each in bare if (name := each.rpartition("|")[2].strip())]


def _recognise(path: Path) -> str | None:
    if path.is_file():
        return f"its name ends in {path.suffix}" if path.suffix.lower() in SUFFIXES else None
    if sign := vault_sign(path):
        return f"it has {sign}"
    entries = 0
    for folder, folders, names in os.walk(path):
        folders[:] = [each for each in folders if not each.startswith(".")]
        if found := next((name for name in names if name.lower().endswith(SUFFIXES)), None):
            return f"it holds {Path(folder, found).relative_to(path)}"
        entries += 1 + len(names)
        if entries > ENTRIES_LOOKED_AT:
            break
    return None


def _make(place: Place, options: SourceOptions) -> MarkdownSource:
    path = place.path
    return MarkdownSource(path, place.account or str(path.parent if path.is_file() else path))


KIND = SourceKind(
    name="markdown",
    about="notes in Markdown: a folder, an Obsidian or Logseq vault, or one note",
    recognise=_recognise,
    make=_make,
    walks=True,
    is_any_path=True,
)
