"""How does an answer go to a file: whole or not at all, and never over somebody's own by accident?"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rem_dagster.errors import InputError


def check_file(path: Path, *, may_replace: bool) -> None:
    """Refuse a file that could not be written, before the work for it begins.

    Raises:
        InputError: it is there and may not be replaced, or its folder is not there.
    """
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else "lies in a folder that is not there"
        raise InputError(f"{path} {what}. Name a file in a folder that exists. Nothing was written.")
    if path.exists() and not may_replace:
        raise InputError(f"{path} is there already. Nothing was written. --force replaces it.")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A place to write to, which takes the file's name once all is written; its owner's eyes only.

    Raises:
        InputError: it cannot be written; what was there before is unchanged.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        unfinished = Path(name)
        try:
            yield unfinished
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
