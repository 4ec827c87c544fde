"""Which exports lie among the downloads?"""

from collections.abc import Iterator
from pathlib import Path

from rem_dagster.ingest.discovery.found import FoundSource, TimeIsUp, day_of_epoch
from rem_dagster.ingest.recognise import PACKED
from rem_dagster.sources.kinds import recognitions_of

NO_EXPORTS = ("git", "documents", "audio", "transcript")
"""Kinds whose things lie among downloads without being the person's own."""
LOOKED_AT = 300
"""Files and folders, the newest first."""


def find_exports(downloads: Path, time_is_up: TimeIsUp) -> list[FoundSource]:
    """What a service gave for download, packed or unpacked; the newest first."""
    found = []
    for path, modified in _newest(downloads)[:LOOKED_AT]:
        if time_is_up():
            break
        kind = _kind_of(path)
        if kind is not None:
            day = day_of_epoch(modified)
            found.append(FoundSource(kind=kind, path=path, noun="export", last=day, is_once=True))
    return found


def _kind_of(path: Path) -> str | None:
    if not path.is_dir() and path.suffix.lower() not in PACKED:
        return None
    found = next(recognitions_of(path, with_any_path=False), None)
    return found.kind.name if found and found.kind.name not in NO_EXPORTS else None


def _newest(folder: Path) -> list[tuple[Path, float]]:
    return sorted(_entries(folder), key=lambda each: each[1], reverse=True)


def _entries(folder: Path) -> Iterator[tuple[Path, float]]:
    try:
        names = list(folder.iterdir())
    except OSError:
        return
    for each in names:
        try:
            if not each.name.startswith("."):
                yield each, each.stat().st_mtime
        except OSError:
            continue
