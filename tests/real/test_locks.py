"""Locks of a Postgres that several machines share; a machine is a home of its own over the same tables."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import TRIES_OF_A_CHUNK, DreamPlan, dream
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.errors import HomeBusyError, HomeError, LockLostError, SettingsError
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, contents, fill
from tests.services import Postgres, postgres_server

pytestmark = pytest.mark.real
DAY = "2025-10-06"
HOLD = """
import sys; from rem_dagster.settings import open_home
with open_home(sys.argv[1]).hold_days(sys.argv[2:], wait_seconds=30):
    print("held", flush=True); sys.stdin.read()
"""
BREAK = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'rem,%'"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def machines(
    postgres: Postgres, tmp_path: Path, empty_tables: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Home, Home]:
    """Two homes that differ in nothing but where they lie."""
    monkeypatch.setenv("REM_POSTGRES_URL", postgres.new_database())
    monkeypatch.setenv("REM_TABLES", str(tmp_path / "tables"))
    shutil.copytree(empty_tables, tmp_path / "tables")
    first = open_home(tmp_path / "first", create=True, flags={"timezone": "UTC"})
    shutil.copytree(first.path, tmp_path / "second")
    return first, open_home(tmp_path / "second")


def another_machine_holding(home: Home, *days: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", HOLD, str(home.path), *days]
    process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_day_is_written_by_one_machine_at_a_time(machines: tuple[Home, Home]) -> None:
    here, there = machines
    other = another_machine_holding(there, DAY)
    told = rf"at work in .*tables \(dream-{DAY}; rem, process {other.pid} on .* at 127.0.0.1"
    with pytest.raises(HomeBusyError, match=told), here.hold_days([DAY], wait_seconds=0.5):
        pass
    with here.hold_days(["2025-10-05", "2025-10-07"], wait_seconds=0):
        pass
    other.kill()
    with here.hold_days([DAY], wait_seconds=10) as held:
        held.check()
    other.wait()


def test_a_dream_whose_lock_broke_is_made_again_and_is_whole(
    machines: tuple[Home, Home], postgres: Postgres
) -> None:
    home, _ = machines
    store = Store(home.tables_uri)
    fill(home, store, [item for day in range(3) for item in chat_day(day)])
    broken: list[object] = []

    def breaks_once() -> None:
        if not broken:
            broken.extend(postgres.run_sql(BREAK))

    report = dream(home, store, OfflineEngine(), DreamPlan(on_made=breaks_once))
    assert broken
    assert [day.status for day in report.days] == ["dreamt"] * 3
    assert {row.status for row in read_ledger(store)} == {"complete"}
    whole = contents(store)
    dream(home, store, OfflineEngine(), DreamPlan(redo="all"))
    assert contents(store) == whole


def test_a_dream_whose_lock_breaks_each_time_completes_nothing_and_says_so(
    machines: tuple[Home, Home], postgres: Postgres
) -> None:
    home, _ = machines
    store = Store(home.tables_uri)
    fill(home, store, chat_day(0))
    broken: list[int] = []

    def breaks() -> None:
        postgres.run_sql(BREAK)
        broken.append(1)

    with pytest.raises(LockLostError, match=rf"held dream-{DAY} broke: .*nothing was marked as complete"):
        dream(home, store, OfflineEngine(), DreamPlan(on_made=breaks))
    assert len(broken) == TRIES_OF_A_CHUNK
    assert not [row for row in read_ledger(store) if row.status == "complete"]


def test_a_restart_of_postgres_is_waited_for(machines: tuple[Home, Home], postgres: Postgres) -> None:
    home, _ = machines
    store = Store(home.tables_uri)
    fill(home, store, chat_day(0))
    restarted: list[int] = []

    def restarts_once() -> None:
        if not restarted:
            postgres.restart()
            restarted.append(1)

    report = dream(home, store, OfflineEngine(), DreamPlan(on_made=restarts_once))
    assert [day.status for day in report.days] == ["dreamt"]


def test_a_postgres_that_lets_nobody_in_is_an_error_at_once(
    machines: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    monkeypatch.setenv("REM_POSTGRES_URL", f"postgresql+psycopg2://rem@127.0.0.1:{postgres.port}/nowhere")
    told = r'REM_POSTGRES_URL names cannot be used: .*"nowhere" does not exist'
    with pytest.raises(HomeError, match=told), machines[0].hold_days([DAY], wait_seconds=60):
        pass


def test_a_machine_with_another_home_file_is_refused(
    machines: tuple[Home, Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = machines
    monkeypatch.setenv("REM_TABLES", "s3://team/tables")
    with open_home(here.path).hold_days([DAY], wait_seconds=5):
        pass
    with open_home(there.path).hold_days([DAY], wait_seconds=5):
        pass
    text = (there.path / "home.json").read_text()
    (there.path / "home.json").write_text(text.replace(there.file.hmac_key, "0" * 64))
    told = r"home.json on this machine .* differs .*s3://team/tables.*Copy home.json"
    with pytest.raises(SettingsError, match=told), open_home(there.path).hold_days([DAY], wait_seconds=5):
        pass
