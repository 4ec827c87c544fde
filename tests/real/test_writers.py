"""Processes that write one table at the same time."""

import subprocess
import sys

import pytest

from rem_dagster.store.database import Store

pytestmark = pytest.mark.real

WRITER = """
import sys
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import MENTIONS
store = Store(sys.argv[1])
sys.stdin.readline()
store.replace_slices("mentions", rows_of(MENTIONS, [
    {"id": f"{number}", "user_id": "u", "partition_key": "2025-01-01", "slice_key": "s", "entity_id": "e",
     "name": f"by {sys.argv[2]}", "kind": "tool", "dream_id": "d"} for number in range(200)]), ["s"])
"""


def test_processes_that_write_one_empty_slice_at_once_leave_no_duplicate(store: Store) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, store.uri, str(number)], stdin=subprocess.PIPE)
        for number in range(4)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0, 0]
    rows = store.read("mentions", ["id", "name"]).to_pylist()
    assert sorted(row["id"] for row in rows) == sorted(str(number) for number in range(200))
    assert len({row["name"] for row in rows}) == 1, "the slice is of one writer, not a mixture"
