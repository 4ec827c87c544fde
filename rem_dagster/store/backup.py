"""How is a copy of a home's tables made before they are changed, and what brings it back?

    home/backups/2026-11-30T030200/tables/   the tables as they are, hard links where the disk allows
                                   home.json, config.toml
    s3://bucket/path/backups/2026-11-30T030200/   the tables, where they lie there

Lance writes every file once and never changes it, so a link to it is a copy of it. A backup that was not
finished has another name and is cleared away by the next one. To bring one back, stop what runs on the
home, put `tables` of the backup (all of it, with no file of today left) in the place of the home's, and
its two files beside.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rem_dagster.errors import DiskFullError, StoreError
from rem_dagster.s3 import S3Folder
from rem_dagster.store.database import Store, translated
from rem_dagster.store.maintain import file_sizes, tables_held

FOLDER = "backups"
UNFINISHED = ".unfinished"
SETTINGS_FILES = ("home.json", "config.toml")
ROOM_TO_SPARE = 100_000_000
"""Bytes that are left free: what is mended afterwards writes, too."""
LINKED = ("data", "_indices", "_deletions", "_transactions")
"""Folders of a table whose files are written once. Manifests are so too, but are small and copied."""


@dataclass(frozen=True)
class Backup:
    """A finished backup."""

    place: Path
    """Where the home's two files are, and its tables if they lie on this machine."""
    tables_uri: str
    bytes_copied: int
    """Room that it took; what is linked takes some only once the original is gone."""


def back_up(home: Path, store: Store, *, now: datetime) -> Backup:
    """Copy a home's tables and its two files.

    Raises:
        DiskFullError: there is no room for it; nothing was changed.
        StoreError: it could not be made, or is not whole; nothing but it was changed.
    """
    name = f"{now:%Y-%m-%dT%H%M%S}"
    folder, place = home / FOLDER, home / FOLDER / f"{name}{UNFINISHED}"
    with translated("make a backup", str(folder)):
        folder.mkdir(mode=0o700, exist_ok=True)
        for left in folder.glob(f"*{UNFINISHED}"):
            _clear_away(store, left)
        place.mkdir(mode=0o700)
        for each in SETTINGS_FILES:
            if (home / each).exists():
                shutil.copy2(home / each, place / each)
        target = str(place / "tables") if store.is_local else f"{store.uri}/{FOLDER}/{name}"
        copied = _copy_tables(store, Path(target)) if store.is_local else _copy_objects(store, target)
        _require_whole(store, Store(target, store.storage_options))
        place.rename(folder / name)
    uri = str(folder / name / "tables") if store.is_local else target
    return Backup(folder / name, uri, copied)


def backups_of(home: Path, store: Store) -> list[str]:
    """Where the tables of each backup lie, the oldest first; one that was not finished is among them."""
    names = sorted(each.name for each in (home / FOLDER).glob("*") if each.is_dir())
    if store.is_local:
        return [str(home / FOLDER / name / "tables") for name in names]
    return [f"{store.uri}/{FOLDER}/{name.removesuffix(UNFINISHED)}" for name in names]


def remove_backups(home: Path, store: Store) -> int:
    """Remove every backup of a home; how many they were."""
    places = [each for each in (home / FOLDER).glob("*") if each.is_dir()]
    for place in places:
        _clear_away(store, place)
    return len(places)


def _clear_away(store: Store, left: Path) -> None:
    if not store.is_local:
        place = S3Folder(f"{store.uri}/{FOLDER}/{left.name.removesuffix(UNFINISHED)}", store.storage_options)
        for each in place.objects():
            place.remove(each.name)
    shutil.rmtree(left)


def _copy_tables(store: Store, target: Path) -> int:
    """Link the tables' files, or copy them where they cannot be linked; return the bytes that were copied."""
    target.mkdir(mode=0o700)
    is_linked = _can_link(Path(store.uri), target)
    tables = tables_held(store)
    if not is_linked:
        _require_room(target, sum(sum(file_sizes(store, table).values()) for table in tables))
    copied = 0
    for table in tables:
        for path, size in _oldest_needed_first(file_sizes(store, table)):
            source, copy = Path(store.uri, f"{table}.lance", path), target / f"{table}.lance" / path
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                if is_linked and path.split("/")[0] in LINKED:
                    os.link(source, copy)
                else:
                    shutil.copy2(source, copy)
                    copied += size
            except FileNotFoundError:
                pass  # of an old version that was cleaned up meanwhile; what is needed is looked at after
    return copied


def _copy_objects(store: Store, target: str) -> int:
    """Copy the tables' objects on S3, where they do not travel; return their bytes."""
    copied = 0
    for table in tables_held(store):
        place = S3Folder(f"{store.uri}/{table}.lance", store.storage_options)
        for path, size in _oldest_needed_first(file_sizes(store, table)):
            if place.copy(path, f"{target}/{table}.lance/{path}"):
                copied += size
    return copied


def _oldest_needed_first(sizes: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Manifests before what they name: a version that is written meanwhile is then no part of the copy."""
    is_manifest = {path: path.startswith("_versions/") for path in sizes}
    for path in sorted(sizes, key=lambda path: (not is_manifest[path], path)):
        if not is_manifest[path] or path.endswith(".manifest"):  # the rest is a hint at the newest version
            yield path, sizes[path]


def _can_link(source: Path, target: Path) -> bool:
    """Whether a file where the tables lie may have another name where the backup is to lie."""
    one, other = source / ".linked", target / ".linked"
    one.touch(mode=0o600)
    try:
        os.link(one, other)
    except OSError:
        return False
    finally:
        one.unlink()
        other.unlink(missing_ok=True)
    return True


def _require_room(target: Path, needed: int) -> None:
    free = shutil.disk_usage(target).free
    if free < needed + ROOM_TO_SPARE:
        raise DiskFullError(
            f"A backup of the tables takes {needed / 1e6:,.0f} MB and {target.parent.parent} has "
            f"{free / 1e6:,.0f} MB left, of which {ROOM_TO_SPARE / 1e6:,.0f} MB are to stay free. Nothing "
            "was changed. Free some space, then run the same command again."
        )


def _require_whole(store: Store, copy: Store) -> None:
    """Raise StoreError where a table of the copy lacks a file of its newest version."""
    for table in tables_held(store):
        dataset, held = copy.dataset(table, is_checked=False), file_sizes(copy, table)
        files = {f"data/{file.path}" for part in dataset.get_fragments() for file in part.data_files()}
        if missing := sorted(files - held.keys()):
            raise StoreError(
                f"The backup of table {table!r} lacks {missing[0]}: somebody wrote meanwhile, or the file is "
                "lost. Nothing was changed. Stop what works on this home, then run the same command again."
            )
