"""Which source does a person mean by a path, or by an entry of the settings?"""

import os
import shlex
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from pathlib import Path

from rem_dagster.errors import InputError
from rem_dagster.ingest.foreign import as_source_error
from rem_dagster.ingest.own_names import own_names
from rem_dagster.ingest.transcribing import means_of
from rem_dagster.settings import Home, SourceSettings
from rem_dagster.sources.kind import Place
from rem_dagster.sources.kinds import (
    Recognition,
    kind_named,
    kinds,
    make_source_of,
    recognise_path,
    recognitions_of,
)
from rem_dagster.sources.source import Source
from rem_dagster.sources.sql_connection import is_database, without_password
from rem_dagster.sources.vault import vault_sign

ADDRESS = "://"
"""What stands in a place that is no path."""
PACKED = (".zip",)
"""Files that exports come in."""
ENTRIES_LOOKED_AT = 500
"""Of a folder that is none itself."""
SOURCES_NAMED = 12


def recognise(path: Path) -> Recognition:
    """The kind of source that a file or folder is, and why.

    Raises:
        InputError: there is nothing, nothing that is known, or several sources lie in the folder.
    """
    path = path.expanduser()
    if not is_there(path):
        raise InputError(f"There is no {str(path)!r} to import. Nothing was changed.")
    found = recognise_path(path.resolve())
    if within := sources_within(path.resolve(), found):
        raise InputError(_several(path, found, within))
    if found is None and (reason := _why_not(path)):
        raise InputError(f"{str(path)!r} {reason}. Nothing was changed.")
    if found is None:
        known = "".join(f"\n  {kind.name}: {kind.about}" for kind in kinds())
        raise InputError(
            f"Could not tell what {str(path)!r} is. Nothing was changed. "
            f"Name the kind: rem import KIND PATH, with one of{known}"
        )
    return found


def kind_at(where: str | Path) -> str:
    """The kind of what is at a path or an address.

    Raises:
        InputError: as `recognise`, or an address is not one of a database.
    """
    if ADDRESS not in str(where):
        return recognise(Path(where)).kind.name
    if is_database(str(where)):
        return "sql"
    shown = without_password(str(where))
    raise InputError(
        f"What is {shown!r}? Nothing was changed. Name the kind of an address: rem import KIND {shown}"
    )


def _why_not(path: Path) -> str | None:
    """What is wrong with a path that no kind knows; None where it may be of a kind that was not told."""
    try:
        if path.is_dir():
            return None if any(path.iterdir()) else "is empty: there is nothing to import in it"
        if path.is_file() and not path.stat().st_size:
            return "is empty: there is nothing to import in it"
        if path.suffix.lower() in PACKED and not zipfile.is_zipfile(path):
            return "is no whole zip: its end, which lists its files, is missing. Download it again"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None


def is_there(path: Path) -> bool:
    """Whether there is something at a path.

    Raises:
        InputError: that cannot be found out: a folder above may not be looked into, or no name is so long.
    """
    try:
        return path.expanduser().exists()
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"Could not look at {str(path)!r}: {reason}. Nothing was changed.") from error


def recognitions(path: Path) -> list[Recognition]:
    """All that a file or folder may be, the likeliest first; empty for what is not there."""
    return list(recognitions_of(path.expanduser().resolve())) if is_there(path) else []


def sources_within(folder: Path, found: Recognition | None) -> list[tuple[Path, Recognition]]:
    """The sources in a folder of several: exports, and where it is none itself repositories and vaults too.

    Args:
        found: what the folder was taken for. Notes that any folder may hold do not make it a source; an
            export of another kind shows that even one which is surer is not all that lies in it.
    """
    is_whole = vault_sign(folder) or (found is not None and found.kind.name == "git")
    if not folder.is_dir() or is_whole:
        return []
    is_source = found is not None and not found.kind.is_any_path
    within = [
        (each, inner)
        for each in _entries_of(folder)
        if (each.suffix.lower() in PACKED or (each.is_dir() and not is_source))
        and (inner := _source_at(each)) is not None
    ]
    are_its_own = found is not None and all(inner.kind.name == found.kind.name for _, inner in within)
    return [] if is_source and are_its_own else within


def _source_at(path: Path) -> Recognition | None:
    """What a path is when it is a source by itself, not just a folder that holds some note."""
    if vault_sign(path):
        return recognise_path(path)
    return next(recognitions_of(path, with_any_path=False), None)


def _entries_of(folder: Path) -> list[Path]:
    try:
        names = sorted(each for each in os.listdir(folder) if not each.startswith("."))
    except OSError:
        return []
    return [folder / name for name in names[:ENTRIES_LOOKED_AT]]


def _several(path: Path, found: Recognition | None, within: Sequence[tuple[Path, Recognition]]) -> str:
    """That a folder holds sources, and how each is imported."""
    shown = [
        f"\n  {_command(path / inner.name)}   {each.kind.name}: {each.reason}"
        for inner, each in within[:SOURCES_NAMED]
    ]
    more = len(within) - SOURCES_NAMED
    rest = f"\n  and {more} more" if more > 0 else ""
    whole = f"\nAll of it as {found.kind.name}: {_command(path, found.kind.name)}" if found else ""
    things = "one source" if len(within) == 1 else f"{len(within)} sources"
    return (
        f"{str(path)!r} holds {things} and more. Nothing was changed. Name what is meant:"
        f"{''.join(shown)}{rest}{whole}"
    )


def _command(path: Path, *kind: str) -> str:
    return shlex.join(["rem", "import", *kind, str(path)])


def make_source(
    kind: str,
    where: str | Path,
    *,
    home: Home | None = None,
    account: str | None = None,
    user_id: str | None = None,
    options: Mapping[str, object] | None = None,
    max_cost_usd: float | None = None,
) -> Source:
    """The source of a kind at a path or an address.

    Args:
        home: whose settings say who `me` is, and which models may be asked.
        user_id: for whom; the home's default user when None.
        account: tells two sources of a kind apart, where the same native id means another thing; the kind
            has a default.
        options: the kind's own.
        max_cost_usd: what models may cost that are asked while it is read; None is no limit of its own.

    Raises:
        InputError: the kind or an option is unknown, or an option cannot be used.
        SourceError: the place cannot be read at all.
    """
    text = str(where)
    found = kind_named(kind)
    place = Place(
        text if ADDRESS in text else str(Path(text).expanduser().resolve()),
        account=account,
        me=home.settings.me if home else (),
        day_starts_at=home.file.day_starts_at if home else time(),
        means=_means(home, found.name, user_id or home.settings.user, max_cost_usd) if home else {},
    )
    with as_source_error(f"{found.name} {place.where}"):
        return make_source_of(found, place, options)


def _means(
    home: Home, kind: str, user_id: str, max_cost_usd: float | None
) -> Mapping[str, Callable[..., object]]:
    """What a source is given that it may not look up itself; nothing is opened before it asks."""
    return {
        **means_of(home, user_id, max_cost_usd=max_cost_usd),
        "own_names": lambda: own_names(home, kind, user_id),
    }


def source_of(entry: SourceSettings, home: Home) -> Source:
    """The source that an entry of `[[sources]]` means; relative paths are taken from the home.

    Raises:
        InputError, SourceError: as `make_source`.
    """
    return make_source(
        entry.kind,
        place_of(entry, home),
        home=home,
        account=entry.account,
        user_id=entry.user,
        options=entry.options,
    )


def shown_place(entry: SourceSettings, home: Home) -> str:
    """Where an entry of `[[sources]]` is read from, without a password: what is remembered of it."""
    return without_password(place_of(entry, home))


def place_of(entry: SourceSettings, home: Home) -> str:
    """Where an entry of `[[sources]]` is read from."""
    return entry.path if ADDRESS in entry.path else str((home.path / Path(entry.path).expanduser()).resolve())
