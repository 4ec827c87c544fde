"""How does memory go back to the system that was let go of?

Threads of LanceDB free their pieces of memory between those of others. The C library keeps all of them, and
after some dozens of writes they are a hundred megabytes.
"""

import ctypes
import sys
from functools import cache

ARENAS, FEW = -8, 2
"""glibc's M_ARENA_MAX, and how many arenas are enough: each keeps what its threads freed."""
MAPPED_FROM, LARGE = -3, 256 << 10
"""glibc's M_MMAP_THRESHOLD, and bytes: larger pieces go back to the system as soon as they are freed.
By itself glibc raises it to 32 MB, and buffers of megabytes leave holes among small pieces that live on."""


def keep_little() -> None:
    """Have threads that are yet to come share their memory, and Arrow take it from the same place: for large
    writes, not for searches."""
    import pyarrow as pa

    if (library := _glibc()) is not None:
        library.mallopt(ARENAS, FEW)
        library.mallopt(MAPPED_FROM, LARGE)
        pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """Let the C library and Arrow return what nobody uses; some milliseconds, and nothing where it cannot."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    """The C library, where it is glibc."""
    if sys.platform != "linux":
        return None
    try:
        library = ctypes.CDLL(None)
        return library if library.malloc_trim and library.mallopt else None
    except (OSError, AttributeError):
        return None
