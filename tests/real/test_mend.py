"""`rem doctor --mend` after a kill: the dead run is ended, the live one is not, the tables are whole."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.settings import Home, environment_of, open_home
from rem_dagster.store.backup import UNFINISHED, back_up
from rem_dagster.store.database import Store
from rem_dagster.store.migrate import find_gaps, migrate
from tests.activity import chat_day, contents, fill, rows
from tests.interfaces.cli.conftest import Rem, rem
from tests.store.test_migrate import OLDER, filled
from tests.stored import message, put

__all__ = ["filled", "rem"]
pytestmark = pytest.mark.real
KILLED_WHILE_WRITING = """
import os, signal, sys
from rem_dagster.dreaming import persist
from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.settings import open_home
write = persist._replace
def killed(store, spec, rows, keys):
    if spec.name == "edges":
        os.kill(os.getpid(), signal.SIGKILL)
    write(store, spec, rows, keys)
persist._replace = killed
run_dream(open_home(sys.argv[1]))
"""
HELD = """
import sys
from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.settings import open_home
def held(_):
    print("in the middle", flush=True)
    sys.stdin.readline()
run_dream(open_home(sys.argv[1]), on_days=held)
"""


MIGRATES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from rem_dagster.store.backup import back_up
from rem_dagster.store.database import Store
from rem_dagster.store.migrate import find_gaps, migrate
home, store = Path(sys.argv[1]), Store(sys.argv[1] + "/tables")
import lancedb
print("begins", flush=True)
back_up(home, store, now=datetime.now(UTC))
migrate(store, find_gaps(store))
"""


def statuses(home: Home) -> list[str]:
    import dagster as dg

    with environment_of(home), dg.DagsterInstance.get() as instance:
        return sorted(run.status.value for run in instance.get_runs())


@pytest.fixture
def undreamt(home: Home, store: Store) -> Home:
    """A home of a few days that nobody dreamt yet."""
    fill(home, store, [item for day in range(5) for item in chat_day(day, turns=4)])
    return open_home(home.path)


def test_a_dream_killed_while_it_wrote_is_mended(rem: Rem, undreamt: Home, tmp_path: Path) -> None:
    calm = open_home(tmp_path / "calm", create=True, flags={"timezone": "UTC"})
    quiet = Store(calm.tables_uri)
    quiet.create()
    fill(calm, quiet, [item for day in range(5) for item in chat_day(day, turns=4)])
    assert rem("dream", "--home", calm.path).code == 0
    done = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(undreamt.path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert {row.status for row in read_ledger(Store(undreamt.tables_uri))} == {"writing"}
    told = rem("doctor", "--home", undreamt.path, "--json")
    assert told.code == 1
    assert {each["what"] for each in told.json["findings"] if each["level"] == "broken"} == {"Days", "Runs"}
    mended = rem("doctor", "--mend", "--home", undreamt.path, "--json")
    assert mended.code == 0, mended.out
    assert statuses(undreamt) == ["FAILURE", "SUCCESS"]
    assert contents(Store(undreamt.tables_uri)) == contents(quiet)


def test_a_run_that_is_alive_is_left_alone_and_ends_well(rem: Rem, undreamt: Home) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HELD, str(undreamt.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("REM_")},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "in the middle\n"
            done = rem("doctor", "--mend", "--home", undreamt.path, "--json")
            assert done.code == 0, done.out
            told = {each["what"]: each["said"] for each in done.json["findings"]}
            assert told["Runs"] == "1 run in progress, by a process that is alive."
            assert statuses(undreamt) == ["STARTED"]
        finally:
            process.stdin.write("go on\n")
            process.stdin.close()
        assert process.wait(timeout=120) == 0
    assert statuses(undreamt) == ["SUCCESS"]


@pytest.mark.timeout(600)
def test_a_migration_killed_anywhere_leaves_old_or_new_tables_and_is_finished_by_the_next(
    filled: Store, home: Home, tmp_path: Path
) -> None:
    put(filled, "messages", *(message(f"Line {number}.") for number in range(2_000)))
    before = {table: rows(filled, table) for table in ("messages", "moments")}
    for make_older, _ in OLDER.values():
        make_older(filled)
    pick, kills, seconds = random.Random(5), 0, 10.0
    for attempt in range(60):
        place = tmp_path / f"killed-{attempt}"
        shutil.copytree(home.path, place)
        process = subprocess.Popen(
            [sys.executable, "-c", MIGRATES, str(place)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout is not None
        process.stdout.readline()
        began = time.monotonic()
        try:
            process.wait(timeout=seconds * pick.random())
            seconds = time.monotonic() - began  # that is all it takes here
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
        process.stdout.close()
        store = Store(str(place / "tables"))
        migrate(store, find_gaps(store))
        assert find_gaps(store) == []
        after = {table: rows(store, table) for table in before}
        assert after["messages"] == before["messages"]
        assert [row["name"] for row in after["moments"]] == [row["name"] for row in before["moments"]]
        made = back_up(place, store, now=datetime.now(UTC) + timedelta(hours=1))
        assert not list(made.place.parent.glob(f"*{UNFINISHED}"))
        shutil.rmtree(place)
        if kills == 8:
            return
    raise AssertionError(f"killed {kills} times only")
