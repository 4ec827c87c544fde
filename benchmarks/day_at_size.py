"""How long do collecting and persisting one day take, and does it depend on the size of the home?"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa

from rem_dagster.dreaming.collect import collect
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, preview
from rem_dagster.dreaming.persist import persist
from rem_dagster.model.ids import content_hash, derive_id
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from rem_dagster.store.digest import day_digests
from rem_dagster.store.tables import MESSAGES

FIRST = date(2015, 1, 1)
WORDS = (
    *(
        "graph",
        "index",
        "build",
        "disk",
        "merge",
        "review",
        "release",
        "Priya",
        "loader",
        "recall",
        "latency",
    ),
    *("fix", "test", "plan", "cache", "I", "we", "moved", "wrote", "found", "measured", "need", "tomorrow"),
    *("slow", "fast", "green", "broken", "Thursday", "the", "a", "of", "to", "in"),
)


def messages(total: int, per_day: int) -> pa.Table:
    """Synthetic chat of one user, `per_day` messages a day from FIRST on."""
    pick = random.Random(7)
    texts = [" ".join(pick.choices(WORDS, k=pick.randint(6, 30))).capitalize() + "." for _ in range(2000)]
    rows = np.arange(total)
    days = [(FIRST + timedelta(days=int(day))).isoformat() for day in range(total // per_day + 1)]
    start = datetime(FIRST.year, FIRST.month, FIRST.day, 9, tzinfo=UTC)
    created = [start + timedelta(days=int(row) // per_day, seconds=30 * (int(row) % per_day)) for row in rows]
    content = [texts[row % 2000] for row in rows]
    columns = {
        "id": [derive_id("bench", int(row)) for row in rows],
        "user_id": ["bench"] * total,
        "source": ["bench"] * total,
        "native_id": [str(row) for row in rows],
        "session_id": [f"s{int(row) // 20}" for row in rows],
        "seq": [0] * total,
        "role": ["user"] * total,
        "trust": ["own"] * total,
        "content": content,
        "created_at": created,
        "partition_key": [days[int(row) // per_day] for row in rows],
        "content_hash": [content_hash("messages", {"id": int(row)}) for row in rows],
        "metadata": ["{}"] * total,
    }
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(total, field.type)
        for field in MESSAGES.schema
    ]
    return pa.table(arrays, schema=MESSAGES.schema)


def median(work: Callable[[], object], n: int) -> float:
    """Median seconds of n calls after one that is not counted."""
    work()
    took = []
    for _ in range(n):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> None:
    """Print a row per size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("-n", type=int, default=7)
    options = parser.parse_args()
    per_day = 250
    print(f"{os.cpu_count()} cores, n = {options.n}, {per_day} messages a day, medians in seconds")
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = open_home(folder, create=True, flags={"timezone": "UTC"})
            store = Store(home.tables_uri)
            store.create()
            store.upsert("messages", messages(size, per_day))
            store.optimize("messages")
            day = FIRST + timedelta(days=size // per_day // 2)
            key = ("bench", day.isoformat())
            digests = day_digests(store, first_day=key[1], last_day=key[1])
            plan = DreamPlan(day, day)
            made = preview(home, store, OfflineEngine(), plan)
            figures = {
                "digest of all days": median(lambda store=store: day_digests(store), options.n),
                "collect": median(
                    lambda store=store, home=home, key=key, digests=digests: collect(
                        store, calendar_of(home), [key], digests
                    ),
                    options.n,
                ),
                "draft to summary": median(
                    lambda home=home, store=store, plan=plan: preview(home, store, OfflineEngine(), plan),
                    options.n,
                ),
                "persist": median(lambda store=store, made=made: persist(store, made), options.n),
            }
            print(
                f"{size:>9,} messages: " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
            )


if __name__ == "__main__":
    main()
