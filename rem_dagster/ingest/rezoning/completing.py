"""How do tables that were made for another zone take the place of a home's, whatever happens meanwhile?

    backups/zone.unfinished/   tables and home.json are being made; nothing of the home is touched
    zone.ready/                they are whole: renamed in one step, and from here on it only goes forward

What a killed change left is cleared away as a backup is that was not finished. While `zone.ready` is there
the home cannot be opened. What was before is in a backup.
"""

import shutil
from datetime import datetime
from pathlib import Path

from rem_dagster.settings import ZONE_READY
from rem_dagster.store.backup import FOLDER, SETTINGS_FILES, UNFINISHED
from rem_dagster.store.database import translated

STAGED = f"{FOLDER}/zone{UNFINISHED}"
BACKUP_NAME = "backup-name"
"""The file in which the staged tables say what the backup is called."""
SET_ASIDE = ("tables", "dagster")
"""What a home had of its old days: the tables, and Dagster's history, whose days were others."""


def begin(home: Path) -> Path:
    """An empty place for the new tables; what a killed change left there is gone."""
    staged = home / STAGED
    with translated("make room for a change of zone", str(home)):
        shutil.rmtree(staged, ignore_errors=True)
        staged.parent.mkdir(mode=0o700, exist_ok=True)
        staged.mkdir(mode=0o700)
    return staged


def commit(home: Path, *, now: datetime) -> None:
    """Say that the staged tables are whole. They take their place by `complete`, now or at the next try.

    Args:
        now: names the backup of what was before.
    """
    staged, name = home / STAGED, f"{now:%Y-%m-%dT%H%M%S}"
    with translated("finish the new tables", str(home)):
        while (home / FOLDER / name).exists():
            name += "-zone"
        (staged / BACKUP_NAME).write_text(name, encoding="utf-8")
        staged.rename(home / ZONE_READY)


def is_committed(home: Path) -> bool:
    """Whether a change was interrupted between its commit and its end."""
    return (home / ZONE_READY).is_dir()


def complete(home: Path) -> Path:
    """Put committed tables in their place; begun again after a kill it goes on where it was.

    Returns:
        The backup that holds what was before.

    Raises:
        StoreError: the disk refuses; the next try goes on.
    """
    ready = home / ZONE_READY
    with translated("put the new tables in their place", str(home)):
        backup = home / FOLDER / (ready / BACKUP_NAME).read_text(encoding="utf-8")
        backup.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in SETTINGS_FILES:
            if (home / name).exists() and not (backup / name).exists():
                shutil.copy2(home / name, backup / name)
        if (ready / "tables").exists():
            for name in SET_ASIDE:
                if (home / name).exists() and not (backup / name).exists():
                    (home / name).rename(backup / name)
            (ready / "tables").rename(home / "tables")
        if (ready / "home.json").exists():
            (ready / "home.json").replace(home / "home.json")
        shutil.rmtree(ready)
    return backup
