"""Which source does a person mean by a path, or by an entry of the settings?"""

from collections.abc import Mapping
from datetime import time
from pathlib import Path

from rem_dagster.errors import InputError
from rem_dagster.ingest.transcribing import means_of
from rem_dagster.settings import Home, SourceSettings
from rem_dagster.sources.kind import Place
from rem_dagster.sources.kinds import Recognition, kind_named, kinds, make_source_of, recognise_path
from rem_dagster.sources.source import Source

ADDRESS = "://"
"""What stands in a place that is no path."""


def recognise(path: Path) -> Recognition:
    """The kind of source that a file or folder is, and why.

    Raises:
        InputError: there is nothing, or nothing that is known.
    """
    path = path.expanduser()
    if not path.exists():
        raise InputError(f"There is no {str(path)!r} to import. Nothing was changed.")
    found = recognise_path(path.resolve())
    if found is None:
        known = "".join(f"\n  {kind.name}: {kind.about}" for kind in kinds())
        raise InputError(
            f"Could not tell what {str(path)!r} is. Nothing was changed. "
            f"Name the kind: rem import KIND PATH, with one of{known}"
        )
    return found


def make_source(
    kind: str,
    where: str | Path,
    *,
    home: Home | None = None,
    account: str | None = None,
    user_id: str | None = None,
    options: Mapping[str, object] | None = None,
) -> Source:
    """The source of a kind at a path or an address.

    Args:
        home: whose settings say who `me` is, and which models may be asked.
        user_id: for whom; the home's default user when None.
        account: tells two sources of a kind apart, where the same native id means another thing; the kind
            has a default.
        options: the kind's own.

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
        means=means_of(home, user_id or home.settings.user) if home else {},
    )
    return make_source_of(found, place, options)


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


def place_of(entry: SourceSettings, home: Home) -> str:
    """Where an entry of `[[sources]]` is read from."""
    return entry.path if ADDRESS in entry.path else str((home.path / Path(entry.path).expanduser()).resolve())
