"""How does an answer go to a file: whole or not at all, and never over somebody's own by accident?"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rem_dagster.errors import InputError, RemError


def check_file(path: Path, *, may_replace: bool) -> None:
    """Refuse a file that could not be written, before the work for it begins.

    Raises:
        InputError: it is there and may not be replaced, its folder is not there, or it is called `-`.
    """
    _check_name(path)
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else "lies in a folder that is not there"
        raise InputError(f"{path} {what}. Name a file in a folder that exists. Nothing was written.")
    if path.exists() and not may_replace:
        raise InputError(f"{path} is there already. Nothing was written. --force replaces it.")


def _check_name(path: Path) -> None:
    if str(path) == "-":
        raise InputError(
            "'-' often means the standard output, and this does not go there whole. Nothing was written. "
            "Name a file or a folder."
        )


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
        if isinstance(error, RemError):  # of what was being written, not of the file
            raise
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def check_folder(path: Path, *, is_ours: Callable[[Path], bool]) -> None:
    """Refuse a folder that holds anything but an earlier export, before the work for it begins.

    Raises:
        InputError: it holds something else, is a file, or its own folder is not there.
    """
    _check_name(path)
    if not path.parent.is_dir() or (path.exists() and not path.is_dir()):
        what = "is a file" if path.exists() else "lies in a folder that is not there"
        raise InputError(f"{path} {what}. Name a new folder in one that exists. Nothing was written.")
    if path.is_dir() and any(path.iterdir()) and not is_ours(path):
        raise InputError(
            f"{path} holds something else than an export of rem. Nothing was written. Name a new folder, or "
            "an empty one."
        )


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """An empty folder to write to, which takes the other one's name once all is written; its owner's alone.

    Raises:
        InputError: it cannot be written; what was there before is unchanged.
    """
    unfinished = old = None
    try:
        unfinished = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        yield unfinished
        if path.exists():
            old = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.old."))
            os.replace(path, old)
        os.replace(unfinished, path)
    except OSError as error:
        if isinstance(error, RemError):
            raise
        if old is not None and not path.exists():
            os.replace(old, path)
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        for each in (unfinished, old):
            if each is not None:
                shutil.rmtree(each, ignore_errors=True)
