"""How is a process kept from taking all memory or all time, and how does a command run so?"""

import os
import signal
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

from rem_dagster.errors import QueryError

MEMORY_BYTES = 3 * 1024**3
"""What may be taken beyond what the process has at its start: DuckDB's own 2 GB, and the result."""
GRACE_SECONDS = 10
"""For starting and for sending the result, beyond the time of the work itself."""
_CORES = 2


def in_child(timeout_seconds: float) -> int | None:
    """Go on in a limited child: None there, and in the parent, which waits, the child's exit code.

        rem query ──┬── child: None, reads and prints
                    └── parent: waits ── exit code

    A process that has threads cannot be forked safely, and only Linux keeps such limits: elsewhere all
    goes on where it is.

    Raises:
        QueryError: in the parent: the child needed more memory or time than it may have.
    """
    if sys.platform != "linux" or len(os.listdir("/proc/self/task")) > 1:
        return None
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        confine(timeout_seconds)
        sys.meta_path.insert(0, _WithoutPandas())
        return None
    code = os.waitstatus_to_exitcode(_awaited(child))
    if code >= 0:
        return code
    raise QueryError(took_too_long(timeout_seconds) if code == -signal.SIGXCPU else took_too_much())


def confine(timeout_seconds: float) -> None:
    """Bound this process for good: the memory that it may still take, and its processors' seconds.

    Waiting for whoever reads the output costs no such seconds.
    """
    if sys.platform == "win32":
        return  # no such limits there; the time limit of the query still holds
    import resource

    seconds = int(_CORES * (timeout_seconds + GRACE_SECONDS)) + 1
    for kind, most in ((resource.RLIMIT_DATA, _held() + MEMORY_BYTES), (resource.RLIMIT_CPU, seconds)):
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(kind, (most, hard))


def took_too_long(seconds: float) -> str:
    """What is said of a query that was stopped for its time."""
    return (
        f"The query took longer than {seconds:g} s and was stopped. Nothing was changed. Narrow it by a "
        "WHERE on created_at or start_time, or allow it more time by --timeout."
    )


def took_too_much() -> str:
    """What is said of a query that was stopped for its memory."""
    return (
        "The query needed more memory than it may have and was stopped. Nothing was changed. Select fewer "
        "columns, narrow it by a WHERE, or count instead of listing."
    )


class _WithoutPandas(MetaPathFinder):
    """Has no pandas to offer: pyarrow would import it for nothing, a third of what a query takes to start."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("a query is answered without pandas", name=fullname)


def _awaited(child: int) -> int:
    """The status of a child at its end; a Ctrl-C reaches the child by itself."""
    while True:
        try:
            return os.waitpid(child, 0)[1]
        except KeyboardInterrupt:
            continue


def _held() -> int:
    """Bytes of memory of its own that this process has."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    except (OSError, ValueError, IndexError):
        return 1024**3
    return pages * os.sysconf("SC_PAGESIZE")
