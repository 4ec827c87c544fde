"""Backfills with a model that is slow and has bad hours: failed, killed, cancelled, and done again."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.events import DagsterEventType

from rem_dagster.defs.event_log import open_instance
from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.interfaces.cli.instance import prepare_instance
from rem_dagster.model.window import days_between
from rem_dagster.settings import Home, child_environment, open_home
from rem_dagster.store.database import Store
from tests.activity import contents, fill
from tests.model_server import read_log, running
from tests.real.served import ENDED, Served, chat_on, days_of, eventually, serving
from tests.services import free_port

pytestmark = [pytest.mark.real, pytest.mark.timeout(1800)]
TODAY = datetime.now(UTC).date()
SLOW = ("--answer-tokens", "100", "--tokens-out-per-second", "3")
"""More than half a minute for an answer."""
AT_ONCE = 8
SOON = 20.0
"""Seconds within which what is cancelled has ended: it waits for no answer. An idle machine needs five."""
SECONDS_TO_NOTICE = 90.0
"""Within which the daemon has looked at a run twice, however busy the machine is."""


def day(before_today: int) -> date:
    return TODAY - timedelta(days=before_today)


BAD, LONG = list(days_between(day(100), day(81))), list(days_between(day(60), day(26)))
KILLED = day(70)


class Model:
    """A model at one address, whose speed and bad hours change."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.log = log
        self._running = ExitStack()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def become(self, *options: str) -> None:
        """End, and serve in another way."""
        self.end()
        told = running("--port", str(self.port), "--log", str(self.log), *options)
        assert self._running.enter_context(told) == self.url

    def end(self) -> None:
        self._running.close()

    def asked(self) -> Counter[str]:
        """How often each request was made."""
        return Counter(line["request"] for line in read_log(self.log))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    served = Model(tmp_path_factory.mktemp("model") / "log")
    yield served
    served.end()


def home_of(place: Path, model: Model, days: Sequence[date]) -> Home:
    """A home that asks the model, with short days that nobody dreamt yet."""
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    (place / "config.toml").write_text(f'llm = "fake-1"\nllm_base_url = "{model.url}"\n', encoding="utf-8")
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, [item for each in days for item in chat_on(each)])
    return open_home(place)


@pytest.fixture(scope="module")
def undreamt(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Path:
    place = tmp_path_factory.mktemp("undreamt") / "home"
    home_of(place, model, [*BAD, KILLED, *LONG])
    return place


@pytest.fixture(scope="module")
def calm(undreamt: Path, tmp_path_factory: pytest.TempPathFactory, model: Model) -> Mapping[str, list[Any]]:
    """The tables of a home in which nothing went wrong."""
    place = tmp_path_factory.mktemp("calm") / "home"
    shutil.copytree(undreamt, place)
    model.become("--answer-tokens", "100")
    home = open_home(place)
    store = Store(home.tables_uri)
    dream(home, store, choose_engine(home), DreamPlan(first_day=LONG[0], last_day=LONG[-1]))
    model.end()
    model.log.unlink()
    return contents(store)


@pytest.fixture(scope="module")
def served(
    undreamt: Path, calm: Mapping[str, list[Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(undreamt, place)
    with serving(open_home(place)) as up:
        yield up


def record(**seconds: float) -> None:
    """Tell figures where they are asked for (`pytest -s`)."""
    sys.stdout.write("".join(f"{name} {value:.1f} s\n" for name, value in seconds.items()))


def ledger(served: Served, days: Sequence[date]) -> dict[str, dict[str, Any]]:
    """Day -> its row, of the days that have one."""
    rows = served.store.read("dreams", ["partition_key", "status", "run_id"]).to_pylist()
    wanted = {each.isoformat() for each in days}
    return {row["partition_key"]: row for row in rows if row["partition_key"] in wanted}


def pid_of(served: Served, run_id: str) -> int | None:
    """The process of a run; None while it has not begun."""
    with open_instance(served.home.dagster_path) as instance:
        logs = instance.all_logs(run_id, of_type={DagsterEventType.PIPELINE_START})
    return next((entry.dagster_event.pid for entry in logs if entry.dagster_event), None)


def materialised(served: Served) -> set[str]:
    with open_instance(served.home.dagster_path) as instance:
        return set(instance.get_materialized_partitions(dg.AssetKey("moments")))


@dataclass(frozen=True)
class Bad:
    """A backfill while the model refused four answers of ten."""

    backfill_id: str
    ended: str
    failed: frozenset[str]
    """ISO days."""


@pytest.fixture(scope="module")
def bad(served: Served, model: Model) -> Bad:
    model.become("--answer-tokens", "100", "--faults", "refusal=0.4", "--most-in-a-row", "99")
    backfill_id = served.backfill(BAD)
    ended = eventually(lambda: served.backfill_ended(backfill_id))
    rows = ledger(served, BAD)
    return Bad(backfill_id, ended, frozenset(key for key, row in rows.items() if row["status"] == "failed"))


def test_a_day_that_fails_leaves_the_others_recorded(served: Served, bad: Bad) -> None:
    assert bad.ended == "COMPLETED_FAILED"
    [made] = served.runs(dagster__backfill=bad.backfill_id)
    assert made["status"] == "FAILURE"
    assert 0 < len(bad.failed) < len(BAD)
    whole = {key for key, row in ledger(served, BAD).items() if row["status"] == "complete"}
    assert len(whole) + len(bad.failed) == len(BAD)
    assert materialised(served) == whole


def test_a_run_whose_process_is_killed_is_done_again(served: Served, model: Model) -> None:
    model.become(*SLOW)
    before = len(read_log(model.log))
    run_id = served.launch(KILLED)
    pid = eventually(lambda: pid_of(served, run_id))
    eventually(lambda: len(read_log(model.log)) > before or None)
    os.kill(pid, signal.SIGKILL)
    killed = time.time()
    [again] = eventually(
        lambda: [r for r in served.runs(dagster__parent_run_id=run_id) if r["startTime"]] or None
    )
    noticed = next(run for run in served.runs() if run["runId"] == run_id)
    record(killed_to_noticed=noticed["endTime"] - killed, killed_to_begun_again=again["startTime"] - killed)
    assert noticed["status"] == "FAILURE"
    assert noticed["endTime"] - killed < SECONDS_TO_NOTICE
    assert eventually(lambda: served.finished(dagster__parent_run_id=run_id))[0]["status"] == "SUCCESS"
    assert ledger(served, [KILLED])[KILLED.isoformat()]["status"] == "complete"


@pytest.fixture(scope="module")
def cancelled(served: Served, model: Model) -> str:
    """A backfill of 35 days of which the last five were done and thirty were being dreamt."""
    model.become(*SLOW)
    backfill_id = served.backfill(LONG)

    def is_half_done() -> bool | None:
        status = {days_of(run)[0]: run["status"] for run in served.runs(dagster__backfill=backfill_id)}
        assert status.get(LONG[0].isoformat()) not in ENDED, "it was too fast"
        return status.get(LONG[30].isoformat()) == "SUCCESS" or None

    eventually(is_half_done)
    return backfill_id


def test_a_backfill_that_is_cancelled_ends_within_seconds(served: Served, cancelled: str) -> None:
    asked_at = time.time()
    served.cancel_backfill(cancelled)
    for run in served.runs(dagster__backfill=cancelled):
        if run["status"] == "STARTED":
            served.terminate(run["runId"])
    runs = eventually(lambda: served.finished(dagster__backfill=cancelled))
    status = {days_of(run)[0]: run for run in runs}
    first = status[LONG[0].isoformat()]
    ended = eventually(lambda: served.backfill_ended(cancelled))
    record(cancel_to_run_ended=first["endTime"] - asked_at, cancel_to_backfill_ended=time.time() - asked_at)
    assert (first["status"], ended) == ("CANCELED", "CANCELED")
    assert first["endTime"] - asked_at < SOON
    found = ledger(served, LONG)
    assert set(found) == {each.isoformat() for each in LONG[30:]}
    assert {row["status"] for row in found.values()} == {"complete"}
    assert set(found) <= materialised(served)


def test_a_backfill_after_one_that_was_cancelled_or_failed_does_what_is_missing(
    served: Served, model: Model, bad: Bad, cancelled: str, calm: Mapping[str, list[Any]]
) -> None:
    model.become("--answer-tokens", "100")
    ids = [served.backfill(LONG), served.backfill(BAD[:10])]
    tonight = (datetime.now(UTC) + timedelta(seconds=180)).time().replace(second=0, microsecond=0)
    with (served.home.path / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f"[dagster]\nnightly_at = {tonight.isoformat()}\n")
    served.reload()  # the night will leave alone what is left of the backfills
    for each in ids:
        assert eventually(lambda wanted=each: served.backfill_ended(wanted)) == "COMPLETED_SUCCESS"  # type: ignore[misc]  # a default
    [made] = served.runs(dagster__backfill=ids[1])
    again = {key for key, row in ledger(served, BAD).items() if row["run_id"] == made["runId"]}
    assert again == bad.failed & {each.isoformat() for each in BAD[:10]}
    check_equal(served, calm)


def test_a_failed_day_is_dreamt_by_the_next_trigger(served: Served, bad: Bad) -> None:
    runs = eventually(lambda: served.finished(dagster__schedule_name="nightly"))
    assert {made["status"] for made in runs} == {"SUCCESS"}
    rows = ledger(served, BAD)
    assert {row["status"] for row in rows.values()} == {"complete"}
    nights = {made["runId"] for made in runs}
    of_the_night = {key for key, row in rows.items() if row["run_id"] in nights}
    assert of_the_night == bad.failed & {each.isoformat() for each in BAD[10:]}
    assert set(rows) <= materialised(served)


def check_equal(served: Served, calm: Mapping[str, list[Any]]) -> None:
    """All derived rows of the long backfill's days are those of a home in which nothing went wrong."""
    keys = {each.isoformat() for each in LONG}
    for table, rows in contents(served.store).items():
        if table in ("moments", "mentions", "edges", "dreams"):
            mine = [row for row in rows if row["partition_key"] in keys and row.get("generated_by") != "link"]
            assert mine == [row for row in calm[table] if row["partition_key"] in keys], table


def started(home: Home, *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=home.dagster_path,
        env={**child_environment(home), "DAGSTER_HOME": str(home.dagster_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.fixture
def few(tmp_path: Path, model: Model) -> Home:
    """A home of twelve days within forty."""
    home = home_of(tmp_path / "home", model, [*LONG[:11], LONG[-1]])
    prepare_instance(home)
    return home


def test_ctrl_c_ends_a_dream_within_seconds_and_keeps_what_was_answered(few: Home, model: Model) -> None:
    model.become(*SLOW)
    model.log.unlink(missing_ok=True)
    process = started(few, "rem_dagster.interfaces.cli.main", "dream", "--home", str(few.path))
    eventually(lambda: len(read_log(model.log)) == 12 or None)  # eight were answered, four are asked
    time.sleep(1)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    record(ctrl_c_to_ended=time.monotonic() - began)
    assert time.monotonic() - began < SOON, errors.decode()
    assert b"Traceback" not in errors, errors.decode()
    assert set(ledger_of(few)) <= {"complete"}
    model.become("--answer-tokens", "100")
    process = started(few, "rem_dagster.interfaces.cli.main", "dream", "--home", str(few.path))
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()
    assert ledger_of(few) == ["complete"] * 12
    asked = model.asked()
    assert len(asked) == 12
    assert asked.total() - 12 <= AT_ONCE  # of the first eight some may not have been read yet


def ledger_of(home: Home) -> list[str]:
    return list(Store(home.tables_uri).read("dreams", ["status"])["status"].to_pylist())


def test_dagsters_own_command_materialises_a_range_in_one_run(few: Home, model: Model) -> None:
    model.become("--answer-tokens", "100")
    process = started(
        few,
        *("dagster", "asset", "materialize", "-m", "rem_dagster.definitions"),
        *("--select", "group:activity,group:dreams"),
        *("--partition-range", f"{LONG[0]}...{LONG[-1]}"),
    )
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors.decode()
    with open_instance(few.dagster_path) as instance:
        [made] = instance.get_runs()
        told = instance.fetch_materializations(dg.AssetKey("moments"), limit=100).records
    assert made.status == dg.DagsterRunStatus.SUCCESS
    items = {
        each.partition_key: each.asset_materialization.metadata["items"].value
        for each in told
        if each.asset_materialization
    }
    assert set(items) == {each.isoformat() for each in LONG}
    assert sum(count != 0 for count in items.values()) == 12
