"""Who may ask a model one request, when several processes want its answer?"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from rem_dagster.llm.answers_on_disk import make_private, unwritable

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.005, 0.25


@asynccontextmanager
async def one_asker(directory: Path, key: str) -> AsyncIterator[None]:
    """Be the only one, of all processes of this machine, that asks this request now.

    Another machine may ask it at the same time: then both answers are kept, and both are in the spend.
    """
    try:
        lock = _lock_of(directory, key)
        wait = FIRST_WAIT_SECONDS
        while not _taken(lock):
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, LONGEST_WAIT_SECONDS)
    except OSError as error:
        raise unwritable(directory, error) from error
    try:
        yield
    finally:
        _give_back(lock)


@contextmanager
def nobody_asks(directory: Path, key: str) -> Iterator[bool]:
    """Whether nobody asks this request now; if so, nobody will before this is left."""
    lock = _lock_of(directory, key)
    if not _taken(lock):
        yield False
        return
    try:
        yield True
    finally:
        _give_back(lock)


def _lock_of(directory: Path, key: str) -> FileLock:
    make_private(directory, directory / "locks")
    return FileLock(directory / "locks" / f"{key}.lock", mode=0o600, thread_local=False)


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


def _give_back(lock: FileLock) -> None:
    """Release a lock and remove its file: one that waits on the removed file sees that and opens anew."""
    with suppress(OSError):  # a system that keeps open files from being removed
        os.unlink(lock.lock_file)
    lock.release()
