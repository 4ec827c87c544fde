"""Memory that was let go of goes back to the system, where that can be asked for."""

import subprocess
import sys

import pytest

from rem_dagster.store import room


def test_asking_for_it_does_no_harm_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform in (sys.platform, "darwin"):
        monkeypatch.setattr(sys, "platform", platform)
        room._glibc.cache_clear()
        room.keep_little()
        room.give_back()
    assert room._glibc() is None
    room._glibc.cache_clear()


@pytest.mark.skipif(room._glibc() is None or not hasattr(room._glibc(), "mallinfo2"), reason="needs glibc")
def test_what_is_large_goes_back_at_once_however_often_it_is_asked_for() -> None:
    told = subprocess.run([sys.executable, "-c", LARGE_TWICE], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "True", "True"]


LARGE_TWICE = """
import ctypes
from rem_dagster.store import room

class Room(ctypes.Structure):
    _fields_ = [(f"n{place}", ctypes.c_size_t) for place in range(10)]

library = ctypes.CDLL(None)
library.malloc.restype, library.malloc.argtypes, library.free.argtypes = (
    ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
)
library.mallinfo2.restype = Room
room.keep_little()
for _ in range(3):
    before = library.mallinfo2().n4  # bytes in pieces that the system maps one by one
    piece = library.malloc(8 << 20)
    print(library.mallinfo2().n4 - before >= 8 << 20)
    library.free(piece)
"""
