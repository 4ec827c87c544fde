"""Nights with a model in another process: faults of all kinds at once, kills, and nothing paid twice."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, DreamReport, dream
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, contents, fill, message
from tests.model_server import read_log, running

pytestmark = pytest.mark.real
DAYS, KILLS, AT_ONCE = 60, 10, 8
COUNTED = ("--answer-tokens", "100")
A_SECOND = ("--tokens-out-per-second", "100")
CORE = "from rem_dagster import Memory; import sys; Memory.open(sys.argv[1]).dream()"
Tables = Mapping[str, list[dict[str, object]]]


@pytest.fixture(scope="module")
def undreamt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of sixty days that nobody dreamt yet."""
    place = tmp_path_factory.mktemp("nights") / "home"
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, [item for day in range(DAYS) for item in chat_day(day, turns=20)])
    return place


@pytest.fixture(scope="module")
def calm(undreamt: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of an undisturbed night."""
    place = tmp_path_factory.mktemp("calm") / "home"
    shutil.copytree(undreamt, place)
    with running(*COUNTED) as url:
        report = night(place, url)
    assert len(report.dreamt) == DAYS
    return contents(Store(str(place / "tables")))


@pytest.fixture
def place(undreamt: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the home."""
    shutil.copytree(undreamt, tmp_path / "home")
    yield tmp_path / "home"
    shutil.rmtree(tmp_path / "home")


def night(place: Path, url: str, *, timeout_seconds: float = 30) -> DreamReport:
    flags = {"llm": "fake-1", "llm_base_url": url, "llm_timeout_seconds": timeout_seconds}
    home = open_home(place, flags=flags)
    store = Store(home.tables_uri)
    report = dream(home, store, choose_engine(home), DreamPlan())
    refresh_across(home, store)
    return report


def started(place: Path, url: str) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REM_")}
    return subprocess.Popen(
        [sys.executable, "-c", CORE, str(place)],
        env={**environment, "REM_LLM": "fake-1", "REM_LLM_BASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def check_equal(place: Path, expected: Tables) -> None:
    held = contents(Store(str(place / "tables")))
    for table, rows in expected.items():
        assert held[table] == rows, table


def test_faults_of_all_kinds_at_once_lose_no_day_and_change_no_table(
    place: Path, calm: Tables, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    faults = ("--faults", "429=0.2,malformed=0.1,timeout=0.05,cut_early=0.05", "--hang-seconds", "12")
    with running(*COUNTED, *faults, "--most-in-a-row", "1", "--log", str(log), "--seed", "11") as url:
        assert len(night(place, url, timeout_seconds=6).dreamt) == DAYS
    said = Counter(line["said"] for line in read_log(log))
    assert said.keys() == {"answered", "429", "malformed", "timeout", "cut_early"}
    assert said["answered"] == DAYS
    check_equal(place, calm)


def test_kills_pay_twice_for_no_more_than_was_in_flight_and_change_no_table(
    place: Path, calm: Tables, tmp_path: Path
) -> None:
    log, pick = tmp_path / "log", random.Random(11)
    with running(*COUNTED, *A_SECOND, "--log", str(log)) as url:
        for kill in range(KILLS):
            target = len(read_log(log)) + pick.randint(1, 12)
            process = started(place, url)
            while len(read_log(log)) < target and process.poll() is None:
                time.sleep(0.002)
            if process.poll() is not None:
                assert kill, "it ended before it could be killed"
                break  # so busy a machine that each time more was answered than was waited for
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process = started(place, url)
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()
        asked = [line["request"] for line in read_log(log)]
    assert len(set(asked)) == DAYS
    assert len(asked) - len(set(asked)) <= KILLS * AT_ONCE
    check_equal(place, calm)


def test_what_did_not_change_is_not_paid_for_and_a_new_message_costs_one_call(
    place: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with running("--log", str(log)) as url:
        assert len(night(place, url).dreamt) == DAYS
        assert len(read_log(log)) == DAYS
        assert night(place, url).dreamt == []
        assert len(read_log(log)) == DAYS
        home = open_home(place)
        late = message(30 * 100 + 99, MONDAY + timedelta(days=30, hours=4), content="The build is green now.")
        fill(home, Store(home.tables_uri), [late])
        assert [day.day for day in night(place, url).dreamt] == ["2025-11-05"]
        assert len(read_log(log)) == DAYS + 1
