"""Does a home stay small and quick over a thousand dreams, and Dagster's history over a year of nights?

    python benchmarks/maintenance.py dreams --dreams 1000
    python benchmarks/maintenance.py runs --runs 365 --keep 90

`dreams`: one small day after the other, each dreamt for itself by the core, with the sizes of the tables
taken after every one; then search and query against a home with the same rows that was dreamt at once.
`runs`: one run of Dagster per night; all but the last `--keep` are old. Bytes of `dagster/` and events in the
log before and after, and whether the same days are materialised.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.memory import Memory
from rem_dagster.settings import Home, environment_of, open_home
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import table_size, tables_held
from tests.activity import MONDAY, chat_day, contents, fill

QUERIES = {
    "search moments": lambda memory: memory.search("release loader"),
    "search messages": lambda memory: memory.search("slow build fsync", table="messages"),
    "query moments": lambda memory: memory.query(
        "SELECT moment_type, count(*) FROM moments WHERE start_time >= '2026-01-01' GROUP BY 1"
    ),
    "query edges": lambda memory: memory.query(
        "SELECT m.name, count(*) FROM edges e JOIN moments m ON e.target_id = m.id GROUP BY 1 LIMIT 9"
    ),
}


def filled(place: Path, days: int) -> tuple[Home, Store]:
    """A home of so many small days, undreamt."""
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, [item for day in range(days) for item in chat_day(day)])
    return open_home(place), store


def sizes(store: Store) -> tuple[int, int, int]:
    """Bytes on disk, live bytes and bytes of rows, over all tables."""
    held = [table_size(store, table) for table in tables_held(store)]
    return (
        sum(size.bytes_on_disk for size in held),
        sum(size.live_bytes for size in held),
        sum(size.row_bytes for size in held),
    )


def seconds(work: Callable[[Memory], object], home: Home) -> float:
    """Seconds of one call by a memory that has read nothing yet."""
    memory = Memory.open(home.path)
    began = time.perf_counter()
    work(memory)
    return time.perf_counter() - began


def measure_dreams(folder: Path, asked: argparse.Namespace) -> None:
    """A thousand dreams, one day each."""
    home, store = filled(folder / "piecemeal", asked.dreams)
    worst: dict[str, tuple[float, int, int]] = {
        "live": (0, 0, 0),
        "rows": (0, 0, 0),
        "rows, from 2 MB": (0, 0, 0),
    }
    began = time.perf_counter()
    for number in range(asked.dreams):
        day = (MONDAY + timedelta(days=number)).date()
        dream(home, store, OfflineEngine(), DreamPlan(day, day))
        disk, live, rows = sizes(store)
        ratios = {"live": disk / live, "rows": disk / rows}
        if rows >= 2_000_000:
            ratios["rows, from 2 MB"] = disk / rows
        for name, ratio in ratios.items():
            worst[name] = max(worst[name], (ratio, number + 1, disk))
        if (number + 1) % 100 == 0 or number < 3:
            print(
                f"{number + 1:>5} dreams, {time.perf_counter() - began:6.0f} s: {disk / 1e6:5.1f} MB, "
                f"{disk / live:.1f} times live, {disk / rows:.1f} times rows",
                flush=True,
            )
    for name, (ratio, at, disk) in worst.items():
        print(f"worst by {name}: {ratio:.2f} times after dream {at}, {disk / 1e6:.1f} MB on disk")
    fresh, other = filled(folder / "fresh", asked.dreams)
    dream(fresh, other, OfflineEngine(), DreamPlan())
    without = ("syncs", "links_state")
    print(
        "same rows as a home dreamt at once:",
        contents(store, without=without) == contents(other, without=without),
    )
    for name, work in QUERIES.items():
        pairs = [(seconds(work, home), seconds(work, fresh)) for _ in range(asked.n)]
        old, new = (median(each) for each in zip(*pairs, strict=True))
        print(f"{name}: {old * 1e3:.1f} ms, fresh {new * 1e3:.1f} ms, {old / new:.2f} times (n={asked.n})")


def measure_runs(folder: Path, asked: argparse.Namespace) -> None:
    """A year of nights through Dagster."""
    import dagster as dg
    import sqlalchemy as sql
    from dagster._core.events import DagsterEventType
    from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
    from dagster._core.storage.runs.schema import RunsTable

    from rem_dagster.defs.retention import drop_old_runs
    from rem_dagster.interfaces.cli.launch import run_dream

    home, _ = filled(folder / "home", asked.runs)
    began = time.perf_counter()
    now = datetime.now(UTC)
    for number in range(asked.runs):
        day = (MONDAY + timedelta(days=number)).date()
        run_dream(home, first_day=day, last_day=day)
    print(f"{asked.runs} runs: {time.perf_counter() - began:.0f} s")

    with environment_of(home), dg.DagsterInstance.get() as instance:
        with instance.run_storage.connect() as connection:
            rows = connection.execute(sql.select(RunsTable.c.run_id).order_by(RunsTable.c.id)).all()
            for place, (run_id,) in enumerate(rows):
                at = (now - timedelta(days=len(rows) - place)).replace(tzinfo=None)
                connection.execute(
                    sql.update(RunsTable).where(RunsTable.c.run_id == run_id).values(create_timestamp=at)
                )

        def state() -> tuple[int, int, int, dict[str, object]]:
            with instance.event_log_storage.index_connection() as connection:
                events = connection.execute(sql.select(sql.func.count(SqlEventLogStorageTable.c.id))).scalar()
            files = [path for path in home.dagster_path.rglob("*") if path.is_file()]
            kind = DagsterEventType.ASSET_MATERIALIZATION
            latest = {
                key.to_user_string(): instance.event_log_storage.get_latest_storage_id_by_partition(key, kind)
                for key in instance.all_asset_keys()
            }
            return sum(path.stat().st_size for path in files), len(files), events or 0, latest

        before = state()
        for turn in ("first", "again"):
            began = time.perf_counter()
            dropped = drop_old_runs(instance, keep=timedelta(days=asked.keep), now=now)
            after = state()
            print(f"{turn}: {dropped}, {time.perf_counter() - began:.1f} s")
            print(
                f"  dagster/: {before[0] / 1e6:.1f} MB in {before[1]} files -> {after[0] / 1e6:.1f} MB in "
                f"{after[1]}; events: {before[2]:,} -> {after[2]:,}; same days: {before[3] == after[3]}"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["dreams", "runs"])
    parser.add_argument("--dreams", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=365)
    parser.add_argument("--keep", type=int, default=90)
    parser.add_argument("-n", type=int, default=21)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        {"dreams": measure_dreams, "runs": measure_runs}[asked.what](Path(folder), asked)


if __name__ == "__main__":
    main()
