"""How does memory go back to the system that was let go of?

Threads of LanceDB free their pieces of memory between those of others. The C library keeps all of them, and
after some dozens of writes they are a hundred megabytes.
"""

import ctypes
import sys
from functools import cache


def give_back() -> None:
    """Let the C library and Arrow return what nobody uses; some milliseconds, and nothing where it cannot."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> "ctypes._NamedFuncPointer | None":
    """glibc's own function; other C libraries have none."""
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
