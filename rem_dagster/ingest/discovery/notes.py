"""Which vaults and folders of notes lie on this machine?"""

import json
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from rem_dagster.ingest.discovery.found import FoundSource, TimeIsUp, day_of_epoch, subfolders
from rem_dagster.settings import UserPlaces
from rem_dagster.sources.source import Problem
from rem_dagster.sources.vault import daily_format_of, day_of_name, find_notes, vault_sign

NAMED = ("notes", "Notes", "journal", "Journal", "diary", "Diary", "zettelkasten", "wiki")
"""Folders of the person's own that hold notes even where nothing shows a vault."""
SYNCED = (
    "Obsidian",
    "obsidian",
    "Logseq",
    "Vault",
    "vault",
    "Vaults",
    "Dropbox",
    "Sync",
    "Nextcloud",
    "OneDrive",
)
ICLOUD = "Library/Mobile Documents/iCloud~md~obsidian/Documents"
DEEPEST = 3
"""Folders below a place that is looked through."""


def find_note_folders(places: UserPlaces, time_is_up: TimeIsUp) -> list[FoundSource]:
    """Vaults that Obsidian knows, those in the usual places, and folders called notes, in that order."""
    roots: list[Path] = []
    for each in _candidates(places, time_is_up):
        try:
            root = each.resolve()
            is_new = root.is_dir() and not any(root.is_relative_to(held) for held in roots)
        except (OSError, RuntimeError):
            continue
        if is_new:
            roots.append(root)
    found = (_counted(root, time_is_up) for root in roots)
    return [each for each in found if each is not None]


def _candidates(places: UserPlaces, time_is_up: TimeIsUp) -> Iterator[Path]:
    for folder in places.obsidian:
        yield from _vaults_listed(folder / "obsidian.json")
    below = [places.documents, *(places.home / name for name in (*NAMED, *SYNCED)), places.home / ICLOUD]
    yield from _vaults_below(_once(below), time_is_up)
    yield from (each for each in subfolders(places.home) if vault_sign(each))
    yield from (places.home / name for name in NAMED)
    yield from (places.documents / name for name in NAMED)


def _vaults_listed(path: Path) -> Iterator[Path]:
    """The vaults that Obsidian has in its list."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        vaults = list(told["vaults"].values())
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return
    for each in vaults:
        place = each.get("path") if isinstance(each, dict) else None
        if isinstance(place, str) and place and "\0" not in place:
            yield Path(place)


def _vaults_below(roots: Iterable[Path], time_is_up: TimeIsUp) -> Iterator[Path]:
    level = list(roots)
    for _ in range(DEEPEST):
        deeper: list[Path] = []
        for folder in level:
            if time_is_up():
                return
            if vault_sign(folder):
                yield folder
            else:
                deeper += subfolders(folder)
        level = deeper


def _once(paths: Iterable[Path]) -> list[Path]:
    """The paths that are there, each once: some file systems do not tell `Notes` from `notes`."""
    seen: dict[tuple[int, int], Path] = {}
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        seen.setdefault((stat.st_dev, stat.st_ino), path)
    return list(seen.values())


def _counted(root: Path, time_is_up: TimeIsUp) -> FoundSource | None:
    count, is_partial = 0, False
    first: date | None = None
    last: date | None = None
    daily = daily_format_of(root)
    for note in find_notes(root):
        if isinstance(note, Problem):
            continue
        count += 1
        day = day_of_name(note.relative_to(root), daily) or _modified(note)
        if day is not None:
            first, last = min(first or day, day), max(last or day, day)
        if is_partial := time_is_up():
            break
    if not count:
        return None
    return FoundSource(
        kind="markdown",
        path=root,
        noun="note",
        count=count,
        is_partial=is_partial,
        first=first,
        last=last,
    )


def _modified(path: Path) -> date | None:
    try:
        return day_of_epoch(os.stat(path).st_mtime)
    except OSError:
        return None
