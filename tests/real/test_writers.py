"""Processes that write one table, or clean it up, at the same time."""

import subprocess
import sys
from pathlib import Path

import pytest

from rem_dagster.store.database import Store
from tests.stored import mention, moment, put

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
CLEANER = """
import sys
from datetime import timedelta
from rem_dagster.store.database import Store
store = Store(sys.argv[1])
sys.stdin.readline()
for _ in range(60):
    store.clean_up("mentions", keep=timedelta(0))
"""
AT_WORK = """
import sys
from rem_dagster.store.database import Store
from rem_dagster.store.erase import cleanse, strings_of_files, strings_of_versions
from rem_dagster.store.maintain import table_size, tidy
from rem_dagster.store.migrate import find_gaps
from rem_dagster.store.text.months import months_of
from tests.stored import moment, put
store, role = Store(sys.argv[1]), sys.argv[2]
sys.stdin.readline()
for number in range(30):
    if role == "writes":
        put(store, "moments", *(moment(f"{number % 5}/{each}") for each in range(10)))
    elif role == "cleanses":
        cleanse(store, "moments")
    elif role == "looks through":
        list(strings_of_versions(store, "moments"))
        list(strings_of_files(store, "moments"))
    elif role == "tidies":
        tidy(store, ["moments"])
        table_size(store, "moments")
    else:
        months_of(store, ["moments"])
        find_gaps(store)
"""
ROLES = ("writes", "cleanses", "looks through", "tidies", "compares")


def start(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()


def test_processes_that_write_one_empty_slice_at_once_leave_no_duplicate(store: Store) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, store.uri, str(number)], stdin=subprocess.PIPE)
        for number in range(4)
    ]
    start(writers)
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0, 0]
    rows = store.read("mentions", ["id", "name"]).to_pylist()
    assert sorted(row["id"] for row in rows) == sorted(str(number) for number in range(200))
    assert len({row["name"] for row in rows}) == 1, "the slice is of one writer, not a mixture"


def test_processes_that_clean_up_one_table_at_once_do_not_fail_for_what_the_other_took(store: Store) -> None:
    cleaners = [
        subprocess.Popen([sys.executable, "-c", CLEANER, store.uri], stdin=subprocess.PIPE) for _ in range(4)
    ]
    start(cleaners)
    written = 0
    while any(cleaner.poll() is None for cleaner in cleaners):
        put(store, "mentions", mention(f"n{written}"))
        written += 1
    assert [cleaner.returncode for cleaner in cleaners] == [0, 0, 0, 0]
    assert store.count("mentions") == written


def test_who_cleanses_a_table_disturbs_nobody_who_writes_measures_or_looks_through_it(store: Store) -> None:
    put(store, "moments", moment("first"))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", AT_WORK, store.uri, role],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for role in ROLES
    ]
    start(processes)
    ends = {
        role: (process.communicate(timeout=240)[1].decode()[-2000:], process.returncode)
        for role, process in zip(ROLES, processes, strict=True)
    }
    assert {role: code for role, (_, code) in ends.items()} == dict.fromkeys(ROLES, 0), ends
    ids = store.read("moments", ["id"])["id"].to_pylist()
    assert len(ids) == len(set(ids)) == 51
