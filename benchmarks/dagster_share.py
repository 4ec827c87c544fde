"""How much of `rem dream` is Dagster's? The same days by runs of the assets, and by the core alone.

    python benchmarks/dagster_share.py --days 365 --density 0.5 --n 3

Prints one line per repetition and the medians. Both sides dream the same small synthetic days with the
offline engine, each in a home of its own and in a process that has imported everything before.
"""

import argparse
import random
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
from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import fill, message


def filled_home(place: Path, days: int, density: float, turns: int) -> tuple[Home, Store, int]:
    """A home whose last calendar days hold a chat each with a probability; the home, and how many do."""
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    chance = random.Random(7)
    first = datetime.now(UTC).replace(hour=9, minute=0) - timedelta(days=days)
    active = [day for day in range(days) if chance.random() < density]
    fill(
        home,
        store,
        [
            message(1000 * day + turn, first + timedelta(days=day, minutes=turn))
            for day in active
            for turn in range(turns)
        ],
    )
    return open_home(place), store, len(active)


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of a piece of work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--density", type=float, default=1.0)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--n", type=int, default=3)
    asked = parser.parse_args()
    shares = []
    with tempfile.TemporaryDirectory() as folder:
        warm, _, _ = filled_home(Path(folder) / "warm", 3, 1.0, 2)
        run_dream(warm)
        for turn in range(asked.n):
            home, store, active = filled_home(
                Path(folder) / f"core{turn}", asked.days, asked.density, asked.turns
            )
            core = seconds(lambda h=home, s=store: dream(h, s, OfflineEngine(), DreamPlan()))
            home, _, _ = filled_home(Path(folder) / f"runs{turn}", asked.days, asked.density, asked.turns)
            runs = seconds(lambda h=home: run_dream(h))
            shares.append((core, runs))
            print(
                f"{active} active of {asked.days} days: core {core[0]:.2f} s, {core[1]:.2f} CPU s; "
                f"with Dagster {runs[0]:.2f} s, {runs[1]:.2f} CPU s"
            )
    wall = median(runs[0] - core[0] for core, runs in shares)
    cpu = median(runs[1] - core[1] for core, runs in shares)
    print(f"Dagster's share, median of n={asked.n}: {wall:.2f} s, {cpu:.2f} CPU s")


if __name__ == "__main__":
    main()
