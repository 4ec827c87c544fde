"""Memory that was let go of goes back to the system, where that can be asked for."""

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
