"""What does a day of one user leave behind, and what does a write into a large table cost?

    python benchmarks/scale.py day activity.jsonl          # rows, bytes, events, calls and tokens
    python benchmarks/scale.py merge --rows 1000000 -n 5   # seconds and bytes of one commit

These are the constants of docs/scale.md. `day` dreams a whole file offline, as `rem dream` does, and asks
nobody: calls and tokens are those that `rem dream --estimate` tells. `merge` replaces slices of a table of
edges: 30 days of one user, and one day of 1,000 users.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, days_of_plan
from rem_dagster.dreaming.estimate import estimate
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.dreaming.terms import terms_of
from rem_dagster.ingest.importing import import_source
from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.model.ids import derive_id
from rem_dagster.settings import Home, environment_of, open_home
from rem_dagster.sources.jsonl import JsonlSource
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.maintain import table_size, tables_held
from rem_dagster.store.tables import EDGES

PRICED = "gpt-5-mini"
EDGES_PER_SLICE = 25
ONE_USER, ALL_USERS = 30, 1000
FIRST = date(2015, 1, 1)


def measure_day(folder: Path, asked: argparse.Namespace) -> None:
    """Print what days of real activity leave behind."""
    home = open_home(folder / "home", create=True, flags={"timezone": "UTC", "llm": PRICED})
    store = Store(home.tables_uri)
    store.create()
    source = JsonlSource(asked.activity, "scale")
    import_source(home, store, source, user_id="one", now=datetime.now(UTC))
    _print_estimate(home, store)
    home = open_home(folder / "home")
    run_dream(home)
    days = sum(bool(row.counts.get("items")) for row in read_ledger(store))
    print(f"{asked.activity.parent.name}: {days} active days of users")
    total = 0.0
    for table in tables_held(store):
        store.optimize(table)
        size = table_size(store, table)
        total += size.row_bytes / days
        if size.rows:
            print(
                f"  {table:<12} {size.rows / days:7.1f} rows, {size.row_bytes / days:8.0f} bytes a day; "
                f"{size.row_bytes / size.rows:6.0f} bytes a row, {size.live_bytes / 1e6:.1f} MB with indexes"
            )
    print(f"  all tables   {total:.0f} bytes of rows a day")
    _print_history(home)


def _print_estimate(home: Home, store: Store) -> None:
    os.environ["OPENAI_API_KEY"] = "nobody is asked"
    engine = choose_engine(home)
    states = days_of_plan(home, store, engine, DreamPlan())
    held = [each.forecast for each in estimate(home, store, engine, states, terms=terms_of(home))]
    told = [each for each in held if each.calls]
    calls, into, out = (
        sum(getattr(each, name) for each in told) for name in ("calls", "prompt_tokens", "completion_tokens")
    )
    cost = sum(each.cost_usd or 0 for each in told)
    print(
        f"estimate of {PRICED}: {calls / len(told):.2f} calls, {into / len(told):.0f} tokens in, "
        f"{out / len(told):.0f} out, {cost / len(told):.5f} USD a day"
    )


def _print_history(home: Home) -> None:
    import dagster as dg

    with environment_of(home), dg.DagsterInstance.get() as instance:
        made = {
            key.to_user_string(): len(instance.get_materialized_partitions(key))
            for key in instance.all_asset_keys()
        }
    size = sum(path.stat().st_size for path in home.dagster_path.rglob("*") if path.is_file())
    events = sum(made.values())
    print(f"  Dagster: {events} materialisations {made}; {size / events:.0f} bytes of SQLite for each")


def measure_merge(folder: Path, asked: argparse.Namespace) -> None:
    """Print what one write costs in a table of so many rows."""
    store = Store(str(folder / "tables"))
    store.create()
    slices = asked.rows // EDGES_PER_SLICE
    users = [f"user{number:04}" for number in range(min(ALL_USERS, slices))]
    for first in range(0, slices, 10_000):
        keys = [
            (users[at % len(users)], at // len(users)) for at in range(first, min(first + 10_000, slices))
        ]
        store.upsert("edges", rows_of(EDGES, [row for key in keys for row in _slice(*key)]))
    store.optimize("edges")
    print(f"{store.read('edges', ['id']).num_rows:,} edges; n={asked.n}")
    days = slices // len(users)
    parts = {
        "30 days of one user": [(users[0], day) for day in range(min(ONE_USER, days))],
        f"one day of {len(users):,} users": [(user, days // 2) for user in users],
    }
    for name, keys in parts.items():
        rows = rows_of(EDGES, [row for key in keys for row in _slice(*key)])
        took, spent, grown = [], [], []
        for _ in range(asked.n):
            before, wall, cpu = table_size(store, "edges").bytes_on_disk, time.perf_counter(), _cpu()
            store.replace_slices("edges", rows, [_key(*key) for key in keys])
            took.append(time.perf_counter() - wall)
            spent.append(_cpu() - cpu)
            grown.append(table_size(store, "edges").bytes_on_disk - before)
        print(
            f"  {name}, {rows.num_rows:,} rows a commit: {median(took):.2f} s, {median(spent):.2f} CPU s, "
            f"{median(grown) / 1e6:.2f} MB until it is cleaned up"
        )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _key(user: str, day: int) -> str:
    return f"{user}/{FIRST + timedelta(days=day)}/dream"


def _slice(user: str, day: int) -> list[dict[str, object]]:
    key = _key(user, day)
    return [
        {
            "id": derive_id(key, number),
            "user_id": user,
            "partition_key": (FIRST + timedelta(days=day)).isoformat(),
            "slice_key": key,
            "source_id": derive_id(key, "from", number % 5),
            "target_id": derive_id(key, "to", number),
            "edge_type": "mentioned_in",
            "weight": 1.0,
            "generated_by": "dream",
            "metadata": "{}",
        }
        for number in range(EDGES_PER_SLICE)
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parts = parser.add_subparsers(dest="what", required=True)
    day = parts.add_parser("day")
    day.add_argument("activity", type=Path)
    merge = parts.add_parser("merge")
    merge.add_argument("--rows", type=int, default=1_000_000)
    merge.add_argument("-n", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        {"day": measure_day, "merge": measure_merge}[asked.what](Path(folder), asked)


if __name__ == "__main__":
    main()
