"""A home that `rem up` serves, asked over GraphQL as the UI asks."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day
from tests.services import free_port

T = TypeVar("T")
UP = (
    "import sys; from rem_dagster.interfaces.cli.launch import up; "
    "from rem_dagster.settings import open_home; "
    "sys.exit(up(open_home(sys.argv[1]), port=int(sys.argv[2])))"
)
ASSETS = ("resources", "sessions", "messages", "moments", "mentions", "edges", "summary")
SECONDS_TO_END = 180.0
ENDED = ("SUCCESS", "FAILURE", "CANCELED")
REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": "rem_dagster"}
LAUNCH = """mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) { __typename ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message } ... on RunConfigValidationInvalid { errors { message } } } }"""
TERMINATE = """mutation ($id: String!) { terminateRun(runId: $id) { __typename
    ... on TerminateRunFailure { message } ... on PythonError { message } } }"""
BACKFILL = """mutation ($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) { __typename
    ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
CANCEL = """mutation ($id: String!) { cancelPartitionBackfill(backfillId: $id) { __typename
    ... on PythonError { message } } }"""
BACKFILL_STATUS = """query ($id: String!) {
  partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }"""
RELOAD = """mutation { reloadRepositoryLocation(repositoryLocationName: "rem_dagster") { __typename } }"""
RUNS = """{ runsOrError { ... on Runs { results {
  runId status jobName creationTime startTime endTime tags { key value } } } } }"""
PARTITIONS = """{ assetNodes(assetKeys: [{path: ["moments"]}]) {
  partitionStats { numMaterialized numPartitions numFailed } } }"""
PARTITIONS_BY_STATUS = """{ assetNodes(assetKeys: [{path: ["moments"]}]) { assetPartitionStatuses {
  ... on TimePartitionStatuses { ranges { status startKey endKey } } } } }"""


def chat_on(wanted: date, *, user: str | None = None) -> list[Any]:
    """A short day of activity."""
    return chat_day((wanted - MONDAY.date()).days, turns=4, user=user)


def eventually(ask: Callable[[], T | None], *, seconds: float = 400) -> T:
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
        with urllib.request.urlopen(request, timeout=180) as answer:
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
        return runs if runs and all(run["status"] in ENDED for run in runs) else None

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

    def terminate(self, run_id: str) -> None:
        """End a run, as the UI does."""
        told = self.ask(TERMINATE, {"id": run_id})["terminateRun"]
        assert told["__typename"] == "TerminateRunSuccess", told

    def backfill(self, days: Sequence[date], *, assets: Sequence[str] = ASSETS) -> str:
        """Backfill everything over some days; the backfill's id."""
        params = {
            "assetSelection": [{"path": [name]} for name in assets],
            "partitionNames": [each.isoformat() for each in days],
        }
        told = self.ask(BACKFILL, {"params": params})["launchPartitionBackfill"]
        assert told["__typename"] == "LaunchBackfillSuccess", told
        return str(told["backfillId"])

    def cancel_backfill(self, backfill_id: str) -> None:
        """Cancel a backfill, as the UI does."""
        told = self.ask(CANCEL, {"id": backfill_id})["cancelPartitionBackfill"]
        assert told["__typename"] == "CancelBackfillSuccess", told

    def backfill_ended(self, backfill_id: str) -> str | None:
        """How a backfill ended; None while it has not."""
        told = self.ask(BACKFILL_STATUS, {"id": backfill_id})["partitionBackfillOrError"]
        status = str(told["status"])
        return None if status in ("REQUESTED", "CANCELING", "FAILING") else status

    def reload(self) -> None:
        """Load definitions again."""
        self.ask(RELOAD)


def days_of(run: Mapping[str, Any]) -> tuple[str, str]:
    """First and last ISO day of a run."""
    tags = run["tags"]
    one = tags.get("dagster/partition", "")
    return (
        tags.get("dagster/asset_partition_range_start", one),
        tags.get("dagster/asset_partition_range_end", one),
    )


@contextmanager
def serving(home: Home) -> Iterator[Served]:
    """Serve a home until the block ends."""
    port = free_port()
    with (home.path / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", UP, str(home.path), str(port)], stderr=log, stdout=log
        )
        served = Served(home, Store(home.tables_uri), process, port)
        try:
            eventually(lambda: _is_up(served), seconds=180)
            yield served
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(SECONDS_TO_END)


def _is_up(served: Served) -> bool | None:
    assert served.process.poll() is None, (served.home.path / "up.log").read_text()
    try:
        return served.ask("{ version }") and served.partitions() and True
    except OSError:
        return None


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
