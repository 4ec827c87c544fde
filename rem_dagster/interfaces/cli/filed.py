"""How does an answer go to a file: whole or not at all, and never over somebody's own by accident?

out/                  what is there
.out.rem-writing      a lock, held while one process writes it
.out.rem-new-ab12cd   what is being written; that of a process that was killed goes with the next writing
.out.rem-old-ab12cd   what was there, for the moment in which they change places
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rem_dagster.errors import InputError, RemError

NEW, OLD = "new", "old"


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
        with _alone(path):
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path, NEW))
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
    try:
        with _alone(path):
            unfinished = Path(tempfile.mkdtemp(dir=path.parent, prefix=_prefix(path, NEW)))
            try:
                yield unfinished
                _change_places(unfinished, path)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        if isinstance(error, RemError):
            raise
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def _change_places(unfinished: Path, path: Path) -> None:
    """Put a folder where another one may be, which comes back where that fails."""
    if not path.exists():
        os.replace(unfinished, path)
        return
    old = Path(tempfile.mkdtemp(dir=path.parent, prefix=_prefix(path, OLD)))
    try:
        os.replace(path, old)
        os.replace(unfinished, path)
    except OSError:
        if not path.exists():
            os.replace(old, path)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While nobody else writes there; what killed processes left is cleared away first.

    Raises:
        InputError: another process writes there.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path.parent / f".{path.name}.rem-writing", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InputError(
            f"Another process writes {path} now. Nothing was written. Let it end, then run this again."
        ) from error
    try:
        _clear(path)
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _clear(path: Path) -> None:
    """Remove what was being written, after what was there is back in its place."""
    names = sorted(os.listdir(path.parent))
    for old in (path.parent / each for each in names if each.startswith(_prefix(path, OLD))):
        if path.exists() or not any(old.iterdir()):
            shutil.rmtree(old)
        else:
            os.replace(old, path)
    for new in (path.parent / each for each in names if each.startswith(_prefix(path, NEW))):
        shutil.rmtree(new) if new.is_dir() else new.unlink()


def _prefix(path: Path, what: str) -> str:
    return f".{path.name}.rem-{what}-"
