"""How long does the page of an asset wait for the state of ten years of days?

    python benchmarks/partition_status.py --days 3650 -n 5

A home is made whose first day lies so far back, and every day of `moments` is recorded as made. A Dagster
webserver is started over it, and asked what the UI asks: the state of each partition (the page of `moments`)
and their numbers (the lineage). `first` is the server's first answer, `cold` is without what Dagster keeps of
earlier answers, `warm` is with it. Prints medians, in seconds.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import dagster as dg
from dagster._core.events import DagsterEvent, DagsterEventType, StepMaterializationData
from dagster._core.events.log import EventLogEntry
from dagster._core.utils import make_new_run_id

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.defs.event_log import open_instance
from rem_dagster.interfaces.cli.instance import prepare_instance
from rem_dagster.settings import Home, child_environment, lower_first_day, open_home

MOMENTS = dg.AssetKey("moments")
QUERIES = {
    "page": """
        { assetNodeOrError(assetKey: {path: ["moments"]}) { ... on AssetNode {
            partitionKeysByDimension { name partitionKeys }
            assetPartitionStatuses { ... on TimePartitionStatuses {
                ranges { status startTime endTime startKey endKey } } } } } }""",
    "lineage": """
        { assetNodes(assetKeys: [{path: ["moments"]}]) {
            assetKey { path }
            partitionStats { numMaterialized numMaterializing numPartitions numFailed } } }""",
}
YEAR = 365


def filled_home(place: Path, days: int) -> Home:
    """A home of so many days, all of them recorded as materialised."""
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    first = yesterday - timedelta(days=days - 1)
    home = lower_first_day(home, first)
    with open_instance(prepare_instance(home)) as instance:
        for offset in range(0, days, YEAR):
            run = make_new_run_id()
            entries = [_entry(first + timedelta(days=place), run) for place in range(offset, offset + YEAR)]
            instance.event_log_storage.store_event_batch(entries[: days - offset])
    return home


def _entry(day: date, run_id: str) -> EventLogEntry:
    """What Dagster writes when a day of `moments` is made."""
    metadata = {"hours": dg.MetadataValue.md("x" * 900), "items": day.day, "coverage": 0.9}
    made = dg.AssetMaterialization(MOMENTS, partition=day.isoformat(), metadata=metadata)
    event = DagsterEvent(
        event_type_value=DagsterEventType.ASSET_MATERIALIZATION.value,
        job_name="dream_job",
        event_specific_data=StepMaterializationData(made, []),
    )
    return EventLogEntry(
        error_info=None,
        level="debug",
        user_message="",
        run_id=run_id,
        timestamp=time.time(),
        job_name="dream_job",
        dagster_event=event,
    )


@contextmanager
def served(home: Home) -> Iterator[str]:
    """The address of a Dagster webserver over a home, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "dagster_webserver", "-w", "workspace.yaml"]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"],
        cwd=home.dagster_path,
        env={**child_environment(home), "DAGSTER_HOME": str(home.dagster_path)},
    )
    try:
        url = f"http://127.0.0.1:{port}"
        while process.poll() is None:
            try:
                with urllib.request.urlopen(f"{url}/server_info", timeout=5):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


def seconds(url: str, name: str) -> float:
    """How long one answer takes; it must know all days."""
    request = urllib.request.Request(
        f"{url}/graphql",
        data=json.dumps({"query": QUERIES[name]}).encode(),
        headers={"Content-Type": "application/json"},
    )
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=300) as answer:
        told = json.load(answer)
    spent = time.perf_counter() - began
    assert "errors" not in told, told
    assert '"MATERIALIZED"' in json.dumps(told) or '"numMaterialized": 0' not in json.dumps(told), told
    return spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=3650)
    parser.add_argument("-n", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = filled_home(Path(folder) / "home", asked.days)
        with served(home) as url, open_instance(home.dagster_path) as instance:
            print(f"{asked.days} days, {os.cpu_count()} cores, n={asked.n}")
            for name in QUERIES:
                instance.event_log_storage.wipe_asset_cached_status(MOMENTS)
                first, cold, warm = seconds(url, name), [], []
                for _ in range(asked.n):
                    instance.event_log_storage.wipe_asset_cached_status(MOMENTS)
                    cold.append(seconds(url, name))
                    warm.append(seconds(url, name))
                print(f"{name}: first {first:.2f}, cold {median(cold):.2f}, warm {median(warm):.2f}")


if __name__ == "__main__":
    main()
