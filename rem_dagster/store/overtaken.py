"""When is a call of Lance made anew, as another process took from under it what it works with?

    read     opens version 7 ─────────────────────── reads a file of it: not found ── anew, of version 8
    dream        ⋮ writes version 8 ── drops version 7

Lance commits against the newest version and tries again by itself where another commit came first. What it
does not survive is a clean-up that removes a manifest or a file which it was about to read, and a compaction
or a new index whose fragments somebody else replaced. Nothing was written then.
"""

import random
import re
import time
from collections.abc import Callable
from typing import TypeVar

from rem_dagster.errors import StoreBusyError

READ_TRIES, WRITE_TRIES, OPTIMIZE_TRIES = 5, 10, 5
"""How often a read, a write or clean-up, or a compaction is made before its error counts: dreams that come
thick drop versions every second, and forgetting does."""
SECONDS_BETWEEN = 0.005, 0.1
"""At random between these, so that two do not go on in step."""
_PREEMPTED = ("commit conflict", "preempted by concurrent transaction")
"""What Lance says of a compaction or an index that a write overtook; never of a write that they overtook."""
Errors = (OSError, RuntimeError, ValueError)
"""What Lance and pyarrow raise; a StoreError is an OSError."""
_Result = TypeVar("_Result")


def unless_overtaken(
    once: Callable[[], _Result],
    table: str | None,
    tries: int = READ_TRIES,
    errors: tuple[type[Exception], ...] = Errors,
) -> _Result:
    """What `once` gives; called anew where a file of the table that it needs was cleaned up under it.

    Args:
        table: None is whichever it reads.
        errors: what `once` raises then.
    """
    for tries_left in reversed(range(tries)):
        try:
            return once()
        except errors as error:
            if not tries_left or not is_overtaken(error, table):
                raise
        pause()
    raise AssertionError("every try returns or raises")


def unless_preempted(
    once: Callable[[], None], table: str, failure: str, *, tries: int = OPTIMIZE_TRIES
) -> None:
    """Compact or index a table by `once`, called anew where others wrote to it meanwhile.

    Raises:
        StoreBusyError: with the text `failure`: they did so at every try.
    """
    for tries_left in reversed(range(tries)):
        try:
            once()
            return
        except Errors as error:
            if not is_preempted(error, table):
                raise
            if not tries_left:
                raise StoreBusyError(failure) from error
        pause()


def pause() -> None:
    """Wait a moment, so that whoever overtook goes on first."""
    time.sleep(random.uniform(*SECONDS_BETWEEN))


def is_preempted(error: Exception, table: str) -> bool:
    """Whether a compaction or index failed only since others wrote to the table, or cleaned it up."""
    said = str(error).lower()
    return any(sign in said for sign in _PREEMPTED) or is_overtaken(error, table)


def is_overtaken(error: Exception, table: str | None) -> bool:
    """Whether a call failed for a file or version of the table that is not there any more.

    A table that is not there at all is told with the folder of its versions, without one of them.
    """
    said, name = str(error), re.escape(table) if table else ""
    return "not found" in said.lower() and bool(re.search(rf"\b{name}\.lance/\w+/", said))
