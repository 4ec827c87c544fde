"""Killed anywhere, a dream run again ends as if nothing had happened."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, contents, fill

pytestmark = pytest.mark.real
DAYS, KILLS = 60, 10
CORE = "from rem_dagster import Memory; import sys; Memory.open(sys.argv[1]).dream()"
COMMANDS = {
    "core": [sys.executable, "-c", CORE],
    "rem dream": [sys.executable, "-m", "rem_dagster.interfaces.cli.main", "dream", "--json", "--home"],
}


def started(command: str, home: Path) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REM_")}
    return subprocess.Popen(
        [*COMMANDS[command], str(home)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finished(command: str, home: Path) -> float:
    """Run to the end; seconds taken."""
    began = time.monotonic()
    process = started(command, home)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors.decode()
    return time.monotonic() - began


@pytest.fixture(scope="module")
def undreamt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of sixty busy days that nobody dreamt yet."""
    place = tmp_path_factory.mktemp("kill") / "home"
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, [item for day in range(DAYS) for item in chat_day(day, turns=60)])
    return place


@pytest.mark.timeout(600)
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_dream_killed_ten_times_gives_the_tables_of_an_undisturbed_one(
    command: str, undreamt: Path, tmp_path: Path
) -> None:
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    shutil.copytree(undreamt, calm)
    whole = finished(command, calm)
    expected = contents(Store(str(calm / "tables")))
    assert {row["status"] for row in expected["dreams"]} == {"complete"}
    assert len(expected["dreams"]) == DAYS
    pick = random.Random(11)
    kills = 0
    while kills < KILLS:
        if not killed.exists():
            shutil.copytree(undreamt, killed)
        process = started(command, killed)
        try:
            process.wait(timeout=pick.uniform(0.2, 1) * whole)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
        else:
            check(killed, expected, kills)
            shutil.rmtree(killed)
    if killed.exists():
        finished(command, killed)
        check(killed, expected, kills)


def check(home: Path, expected: dict[str, list[dict[str, object]]], kills: int) -> None:
    held = contents(Store(str(home / "tables")))
    for table, rows in expected.items():
        assert held[table] == rows, f"{table} differs after {kills} kills"


@pytest.mark.timeout(300)
def test_two_dreams_at_once_give_the_tables_of_one(undreamt: Path, tmp_path: Path) -> None:
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    shutil.copytree(undreamt, alone)
    shutil.copytree(undreamt, shared)
    finished("core", alone)
    both = [started("core", shared) for _ in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors.decode()
    assert contents(Store(str(shared / "tables"))) == contents(Store(str(alone / "tables")))
