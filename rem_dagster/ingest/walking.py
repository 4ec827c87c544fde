"""May somebody not have meant to walk through all that lies below a folder?

rem import ~              all of one's files for the notes among them: asked first
rem import ~/notes        goes on, unless it holds very many files
rem import ~/vault        a vault says by its own sign that all of it is meant
"""

import os
import time
from pathlib import Path

from rem_dagster.sources.kinds import kind_named
from rem_dagster.sources.vault import vault_sign

MANY_FILES = 20_000
LOOKED_SECONDS = 5.0
"""Counting takes no longer; what is not counted by then is many."""


def doubt_about(kind: str, path: Path) -> str | None:
    """Why all that lies below a folder may not be meant; None where nothing speaks against it.

    Args:
        kind: what it is going to be read as; kinds that look at certain places of a folder alone raise none.
    """
    path = path.expanduser().resolve()
    if not kind_named(kind).walks or not path.is_dir() or vault_sign(path):
        return None
    own = Path.home().resolve()
    if path == path.parent:
        return "it is the root of the file system"
    if path == own:
        return "it is your home folder"
    if own.is_relative_to(path):
        return "your home folder lies in it"
    return _many_files(path)


def _many_files(path: Path) -> str | None:
    files, until = 0, time.monotonic() + LOOKED_SECONDS
    for _, folders, names in os.walk(path):
        folders[:] = [each for each in folders if not each.startswith(".")]
        files += len(names)
        if files > MANY_FILES:
            return f"it holds more than {MANY_FILES:,} files"
        if time.monotonic() > until:
            return f"it is slow to look through: {files:,} files were found in {LOOKED_SECONDS:.0f} s"
    return None
