"""Two workers share the runs of one home: on a Postgres, a redis and tables on S3, with a kill in between.

Each worker has a home of its own, as on a machine of its own: copies of `home.json` and `config.toml`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from rem_dagster.worker import worker_app
from tests.activity import MONDAY, chat_day, contents, fill, message
from tests.s3 import Bucket, running
from tests.services import Postgres, free_port, postgres_server, redis_server

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]
T = TypeVar("T")
DAYS, TURNS = 90, 30
FIRST = MONDAY.date()
QUIET_DAYS = [FIRST + timedelta(days=n) for n in range(DAYS)]
KILLED_DAYS = [FIRST + timedelta(days=n) for n in range(DAYS, 2 * DAYS)]
ASSETS = ("moments", "mentions", "edges", "summary")
BACKFILL = """mutation ($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) { __typename
    ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
STATUS = """query ($id: String!) {
  partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }"""
RUNS = "{ runsOrError { ... on Runs { results { runId status tags { key value } } } } }"
CANCEL = """mutation ($id: String!) { terminateRun(runId: $id) { __typename } }"""


def eventually(ask: Callable[[], T | None], *, seconds: float = 240) -> T:
    """The first answer that is not None."""
    deadline = time.monotonic() + seconds
    while (found := ask()) is None:
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.5)
    return found


@dataclass
class Team:
    """A served home, and workers with homes of their own over the same tables."""

    home: Home
    store: Store
    port: int
    environment: Mapping[str, str]
    postgres: Postgres
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, *words: str) -> None:
        """Start a `rem` command in a session of its own."""
        command = [sys.executable, "-m", "rem_dagster.interfaces.cli.main", *words]
        log = (self.home.path.parent / f"{name}.log").open("wb")
        self.processes[name] = subprocess.Popen(
            command, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )

    def start_worker(self, name: str) -> None:
        """One more machine."""
        place = self.home.path.parent / name
        if not place.exists():
            place.mkdir(mode=0o700)
            for file in ("home.json", "config.toml"):
                shutil.copy(self.home.path / file, place / file)
        self.start(name, "worker", "--home", str(place))

    def kill(self, worker: str) -> None:
        """End a machine at once, with all that it does.

        Args:
            worker: as the tag of a run names it.
        """
        [name] = [name for name, each in self.processes.items() if worker.startswith(f"rem-{each.pid}@")]
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def log(self, name: str) -> str:
        """What a command has printed so far."""
        return (self.home.path.parent / f"{name}.log").read_text(errors="replace")

    def ask(self, query: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The data that GraphQL answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            data=json.dumps({"query": query, "variables": variables or {}}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            told = json.load(answer)
        assert "errors" not in told, told
        return dict(told["data"])

    def asked(self, query: str, variables: Mapping[str, object] | None = None) -> dict[str, Any] | None:
        """The same; None where it could not be answered just now."""
        try:
            return self.ask(query, variables)
        except (OSError, AssertionError):
            return None

    def is_up(self) -> bool | None:
        """Whether the UI knows the assets."""
        assert self.processes["up"].poll() is None, self.log("up")
        try:
            nodes = self.ask('{ assetNodes(assetKeys: [{path: ["moments"]}]) { id } }')["assetNodes"]
        except OSError:
            return None
        return bool(nodes) or None

    def backfill(self, days: Sequence[date]) -> str:
        """Backfill the dreams of some days; the backfill's id."""
        params = {
            "assetSelection": [{"path": [name]} for name in ASSETS],
            "partitionNames": [day.isoformat() for day in days],
        }
        told = self.ask(BACKFILL, {"params": params})["launchPartitionBackfill"]
        assert told["__typename"] == "LaunchBackfillSuccess", told
        return str(told["backfillId"])

    def ended(self, backfill: str) -> str | None:
        """How a backfill ended; None while it goes on."""
        told = self.asked(STATUS, {"id": backfill})
        if told is None:
            return None
        status = str(told["partitionBackfillOrError"]["status"])
        return status if status not in ("REQUESTED", "CANCELING", "FAILING", "COMPLETING") else None

    def runs(self, backfill: str) -> list[dict[str, Any]]:
        """The runs of a backfill."""
        runs = [
            {**run, "tags": {tag["key"]: tag["value"] for tag in run["tags"]}}
            for run in self.ask(RUNS)["runsOrError"]["results"]
        ]
        return [run for run in runs if run["tags"].get("dagster/backfill") == backfill]

    def working(self, backfill: str) -> list[dict[str, Any]] | None:
        """The runs that a worker does just now, once there are some."""
        runs = [run for run in self.runs(backfill) if run["status"] == "STARTED" and worker_of(run)]
        return runs or None


def worker_of(run: Mapping[str, Any]) -> str | None:
    worker: str | None = run["tags"].get("rem/worker")
    return worker


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """All of it up: Postgres, redis, S3, `rem up` and two workers."""
    place = tmp_path_factory.mktemp("team")
    with ExitStack() as stack:
        bucket = Bucket(stack.enter_context(running())).make()
        bucket.configure(place / "home")
        home = open_home(place / "home", create=True, flags={"timezone": "UTC"})
        store = Store(home.tables_uri, home.settings.storage_options)
        store.create()
        fill(home, store, activity(range(DAYS)))
        postgres, redis = stack.enter_context(postgres_server()), stack.enter_context(redis_server())
        places = {"REM_POSTGRES_URL": postgres.new_database(), "REM_REDIS_URL": redis.url}
        team = Team(open_home(home.path), store, free_port(), {**os.environ, **places}, postgres)
        try:
            team.start("up", "up", "--home", str(home.path), "--port", str(team.port))
            eventually(team.is_up)
            for name in ("one", "two"):
                team.start_worker(name)
            answering = worker_app(redis.url).control
            eventually(lambda: len(answering.ping(timeout=2)) == 2 or None)
            yield team
        finally:
            for name, process in team.processes.items():
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                print(name, team.log(name)[-3000:])  # noqa: T201  # pytest shows it where a test failed


def message_more(day: date) -> Any:
    return message(int(f"{day:%y%m%d}"), datetime(day.year, day.month, day.day, 20, tzinfo=UTC))


def activity(days: Iterable[int]) -> list[Any]:
    return [item for day in days for item in chat_day(day, turns=TURNS)]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, team: Team) -> dict[str, list[dict[str, object]]]:
    """What an undisturbed dream makes of the same, on a disk."""
    place = tmp_path_factory.mktemp("quiet") / "home"
    place.mkdir()
    shutil.copy(team.home.path / "home.json", place / "home.json")
    home = open_home(place)
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, activity(range(2 * DAYS)))
    dream(home, store, OfflineEngine(), DreamPlan())
    return contents(store)


def of_days(
    held: Mapping[str, Sequence[dict[str, object]]], days: Sequence[date]
) -> dict[str, list[dict[str, object]]]:
    """The rows that dreams of some days write; links and rollups are others' work."""
    wanted = {day.isoformat() for day in days}
    slices = {
        "dreams": "",
        "moments": "ines/{}",
        "mentions": "ines/{}",
        "edges": "ines/{}/dream",
        "summaries": "ines/day/{}",
    }
    return {
        table: [
            row
            for row in held[table]
            if row["partition_key"] in wanted
            and row.get("slice_key", "") == pattern.format(row["partition_key"])
        ]
        for table, pattern in slices.items()
    }


def check(team: Team, expected: Mapping[str, list[dict[str, object]]], days: Sequence[date]) -> None:
    wanted, held = of_days(expected, days), of_days(contents(team.store), days)
    for table, rows in wanted.items():
        assert held[table] == rows, f"{table} differs"
        assert len({row["id"] for row in rows}) == len(rows)
    ledger = read_ledger(team.store, first_day=days[0].isoformat(), last_day=days[-1].isoformat())
    assert Counter(row.status for row in ledger) == {"complete": len(days)}


def test_both_workers_do_runs_of_a_backfill_and_make_what_one_process_makes(
    team: Team, expected: dict[str, list[dict[str, object]]]
) -> None:
    began = time.monotonic()
    backfill = team.backfill(QUIET_DAYS)
    assert eventually(lambda: team.ended(backfill)) == "COMPLETED_SUCCESS"
    print(f"{DAYS} days in {time.monotonic() - began:.0f} s")  # noqa: T201  # a figure to note
    runs = team.runs(backfill)
    assert [run["status"] for run in runs] == ["SUCCESS"] * 3
    assert len({worker_of(run) for run in runs} - {None}) == 2
    check(team, expected, QUIET_DAYS)


def test_what_a_killed_worker_began_is_done_by_the_other_once(
    team: Team, expected: dict[str, list[dict[str, object]]]
) -> None:
    fill(team.home, team.store, activity(range(DAYS, 2 * DAYS)))
    backfill = team.backfill(KILLED_DAYS)
    [begun, *_] = eventually(lambda: team.working(backfill))
    team.kill(begun["tags"]["rem/worker"])
    killed_at = time.monotonic()
    assert eventually(lambda: team.ended(backfill), seconds=400) == "COMPLETED_SUCCESS"
    print(f"whole {time.monotonic() - killed_at:.0f} s after the kill")  # noqa: T201  # a figure to note
    runs = team.runs(backfill)
    assert {run["status"] for run in runs} <= {"SUCCESS", "FAILURE"}
    assert sum(run["status"] == "SUCCESS" for run in runs) == 3
    check(team, expected, KILLED_DAYS)


def test_a_run_is_cancelled_within_seconds_and_one_that_waits_never_begins(team: Team) -> None:
    backfill = team.backfill(QUIET_DAYS)
    runs = eventually(lambda: runs if len(runs := team.runs(backfill)) == 3 else None)
    eventually(lambda: team.working(backfill))
    asked_at = time.monotonic()
    for run in runs:
        team.ask(CANCEL, {"id": run["runId"]})
    eventually(lambda: {run["status"] for run in team.runs(backfill)} <= {"CANCELED", "SUCCESS"} or None)
    print(f"cancelled within {time.monotonic() - asked_at:.0f} s")  # noqa: T201  # a figure to note
    assert "CANCELED" in {run["status"] for run in team.runs(backfill)}


def test_a_restart_of_postgres_in_the_middle_loses_nothing(team: Team) -> None:
    fill(team.home, team.store, [message_more(day) for day in KILLED_DAYS])
    backfill = team.backfill(KILLED_DAYS)
    eventually(lambda: team.working(backfill))
    team.postgres.restart()
    restarted_at = time.monotonic()
    ended = eventually(lambda: team.ended(backfill), seconds=400)
    print(f"{ended} {time.monotonic() - restarted_at:.0f} s after the restart")  # noqa: T201  # as above
    assert ended == "COMPLETED_SUCCESS"
    first, last = KILLED_DAYS[0].isoformat(), KILLED_DAYS[-1].isoformat()
    ledger = read_ledger(team.store, first_day=first, last_day=last)
    assert Counter(row.status for row in ledger) == {"complete": DAYS}
