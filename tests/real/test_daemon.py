"""Webserver, daemon and code server as `rem up` runs them, driven over GraphQL.

All work is asked for at the start and goes on side by side; each test waits for its own part.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.model.window import days_between
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill, message

pytestmark = pytest.mark.real
T = TypeVar("T")
NOW = datetime.now(UTC)
TODAY = NOW.date()
UP = (
    "import sys; from rem_dagster.interfaces.cli.launch import up; "
    "from rem_dagster.settings import open_home; "
    "sys.exit(up(open_home(sys.argv[1]), port=int(sys.argv[2])))"
)
ASSETS = ("resources", "sessions", "messages", "moments", "mentions", "edges", "summary")
REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": "rem_dagster"}
LAUNCH = """mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) { __typename ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message } ... on RunConfigValidationInvalid { errors { message } } } }"""
BACKFILL = """mutation ($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) { __typename
    ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
BACKFILL_STATUS = """query ($id: String!) {
  partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }"""
RUNS = "{ runsOrError { ... on Runs { results { runId status jobName tags { key value } } } } }"
PARTITIONS = """{ assetNodes(assetKeys: [{path: ["moments"]}]) {
  partitionStats { numMaterialized numPartitions numFailed } } }"""


def day(before_today: int) -> date:
    return TODAY - timedelta(days=before_today)


BY_REM_DREAM = day(120)
BY_HAND = day(100)
BY_BACKFILL = list(days_between(day(60), day(26)))
OLDER = day(150)


def chat_on(wanted: date) -> list[Any]:
    return chat_day((wanted - MONDAY.date()).days, turns=4)


def eventually(ask: Callable[[], T | None], *, seconds: float = 150) -> T:
    """The first answer that is not None."""
    deadline = time.monotonic() + seconds
    while (found := ask()) is None:
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(1)
    return found


@dataclass(frozen=True)
class Served:
    """A home that `rem up` serves."""

    home: Home
    store: Store
    process: "subprocess.Popen[bytes]"
    port: int

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

    def runs(self, **tags: str) -> list[dict[str, Any]]:
        """Runs that have some tags; `a__b` stands for `a/b`."""
        wanted = {name.replace("__", "/"): value for name, value in tags.items()}
        runs = [
            {**run, "tags": {tag["key"]: tag["value"] for tag in run["tags"]}}
            for run in self.ask(RUNS)["runsOrError"]["results"]
        ]
        return [run for run in runs if wanted.items() <= run["tags"].items()]

    def finished(self, **tags: str) -> list[dict[str, Any]] | None:
        """As `runs`, once there are some and all have ended."""
        runs = self.runs(**tags)
        return runs if runs and all(run["status"] in ("SUCCESS", "FAILURE") for run in runs) else None

    def partitions(self) -> dict[str, int]:
        """How many partitions of `moments` there are, and how many are filled."""
        return dict(self.ask(PARTITIONS)["assetNodes"][0]["partitionStats"])

    def launch(self, wanted: date) -> str:
        """Materialise everything for one day, as the button of the UI does; the run's id."""
        params = {
            "selector": {
                **REPOSITORY,
                "pipelineName": "__ASSET_JOB",
                "assetSelection": [{"path": [name]} for name in ASSETS],
            },
            "runConfigData": {},
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": wanted.isoformat()}]},
        }
        told = self.ask(LAUNCH, {"params": params})["launchRun"]
        assert told["__typename"] == "LaunchRunSuccess", told
        return str(told["run"]["runId"])

    def backfill(self, days: Sequence[date]) -> str:
        """Backfill everything over some days; the backfill's id."""
        params = {
            "assetSelection": [{"path": [name]} for name in ASSETS],
            "partitionNames": [each.isoformat() for each in days],
        }
        told = self.ask(BACKFILL, {"params": params})["launchPartitionBackfill"]
        assert told["__typename"] == "LaunchBackfillSuccess", told
        return str(told["backfillId"])


@dataclass(frozen=True)
class Asked:
    """What was asked for when everything was up."""

    served: Served
    run_id: str
    backfill_id: str


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """A served home in which everything has been asked for."""
    home = open_home(tmp_path_factory.mktemp("real") / "home", create=True, flags={"timezone": "UTC"})
    tonight = (datetime.now(UTC) + timedelta(seconds=100)).time().replace(second=0, microsecond=0)
    (home.path / "config.toml").write_text(
        f"[threshold]\nmessages = 5\n[dagster]\nnightly_at = {tonight.isoformat()}\n", encoding="utf-8"
    )
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, chat_on(BY_REM_DREAM))
    assert len(run_dream(open_home(home.path))) == 1
    fill(home, store, [item for each in (BY_HAND, *BY_BACKFILL) for item in chat_on(each)])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (home.path / "up.log").open("wb")
    process = subprocess.Popen([sys.executable, "-c", UP, str(home.path), str(port)], stderr=log, stdout=log)
    served = Served(home, store, process, port)
    try:
        eventually(lambda: is_up(served), seconds=90)
        run_id, backfill_id = served.launch(BY_HAND), served.backfill(BY_BACKFILL)
        fill(home, store, [message(n, datetime.now(UTC), session="talk") for n in range(6)])
        yield Asked(served, run_id, backfill_id)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        log.close()


def is_up(served: Served) -> bool | None:
    assert served.process.poll() is None, (served.home.path / "up.log").read_text()
    try:
        return served.ask("{ version }") and served.partitions() and True
    except OSError:
        return None


def test_what_rem_dream_made_is_there(asked: Asked) -> None:
    [made] = asked.served.runs(rem__trigger="rem dream")
    assert made["status"] == "SUCCESS"
    assert made["tags"]["dagster/partition"] == BY_REM_DREAM.isoformat()
    assert asked.served.partitions()["numMaterialized"] >= 1


def test_the_button_materialises_a_day(asked: Asked) -> None:
    [made] = eventually(lambda: asked.served.finished(dagster__partition=BY_HAND.isoformat()))
    assert (made["runId"], made["status"]) == (asked.run_id, "SUCCESS")
    ledger = asked.served.store.read("dreams", ["partition_key", "run_id"]).to_pylist()
    assert {"partition_key": BY_HAND.isoformat(), "run_id": asked.run_id} in ledger


def test_the_sensor_asks_once_for_many_new_messages(asked: Asked) -> None:
    [made] = eventually(lambda: asked.served.finished(dagster__sensor_name="new_activity"))
    assert made["status"] == "SUCCESS"
    assert made["tags"]["dagster/partition"] == TODAY.isoformat()
    assert made["tags"]["rem/why"] == "6 new messages (threshold 5)"


def test_a_backfill_of_35_days_is_two_runs(asked: Asked) -> None:
    def status() -> str | None:
        told = asked.served.ask(BACKFILL_STATUS, {"id": asked.backfill_id})
        status = str(told["partitionBackfillOrError"]["status"])
        return status if status != "REQUESTED" else None

    assert eventually(status) == "COMPLETED_SUCCESS"
    runs = asked.served.runs(dagster__backfill=asked.backfill_id)
    assert [made["status"] for made in runs] == ["SUCCESS", "SUCCESS"]
    ends = {made["tags"]["dagster/asset_partition_range_end"] for made in runs}
    assert ends == {BY_BACKFILL[29].isoformat(), BY_BACKFILL[-1].isoformat()}
    ledger = asked.served.store.read("dreams", ["partition_key"])["partition_key"].to_pylist()
    assert {each.isoformat() for each in BY_BACKFILL} <= set(ledger)


def test_older_activity_opens_older_partitions_while_it_runs(asked: Asked) -> None:
    before = asked.served.partitions()["numPartitions"]
    fill(asked.served.home, asked.served.store, chat_on(OLDER))
    more = (BY_REM_DREAM - OLDER).days
    eventually(lambda: asked.served.partitions()["numPartitions"] == before + more or None, seconds=60)


def test_the_nightly_schedule_asks_once_for_yesterday(asked: Asked) -> None:
    runs = eventually(lambda: asked.served.finished(dagster__schedule_name="nightly"))
    assert {made["status"] for made in runs} == {"SUCCESS"}
    yesterday = day(1).isoformat()
    covering = [
        made
        for made in runs
        if yesterday
        in (made["tags"].get("dagster/partition"), made["tags"].get("dagster/asset_partition_range_end"))
    ]
    assert len(covering) == 1


def test_no_trigger_asked_twice_and_no_run_failed(asked: Asked) -> None:
    runs = asked.served.runs()
    assert not [made for made in runs if made["status"] == "FAILURE"]
    assert len(asked.served.runs(dagster__sensor_name="new_activity")) == 1
    assert asked.served.runs(dagster__sensor_name="late_activity") == []
    assert asked.served.partitions()["numFailed"] == 0


def test_it_ends_when_asked_and_leaves_no_process(asked: Asked) -> None:
    asked.served.process.send_signal(signal.SIGTERM)
    assert asked.served.process.wait(60) == 0
    assert processes_of(asked.served.home) == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", asked.served.port))


def processes_of(home: Home) -> list[str]:
    """Command lines of processes that were started for a home."""
    mark = f"REM_HOME={home.path}".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if int(place.name) != os.getpid() and mark in (place / "environ").read_bytes():
                found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended meanwhile
    return found
