"""How long does a person's month take with a model of a given speed, and how much of that is ours?

    python benchmarks/model_speed.py activity.jsonl conv-26 --n 3

Takes generic JSONL and the user whose days are dreamt. Prints whole seconds with a server of that speed,
and the CPU seconds of a day where the server answers at once, both by the core, without Dagster.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster import Memory
from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, DreamReport, dream
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.model_server import running


def measured(place: Path, url: str, user: str) -> tuple[float, float, DreamReport]:
    """Wall and CPU seconds of a dream of all days of a user, and its report."""
    home = open_home(place, flags={"llm": "fake-1", "llm_base_url": url, "llm_concurrency": 8})
    store = Store(home.tables_uri)
    wall, cpu = time.perf_counter(), time.process_time()
    report = dream(home, store, choose_engine(home), DreamPlan(user_ids=[user]))
    return time.perf_counter() - wall, time.process_time() - cpu, report


def several(undreamt: Path, user: str, n: int, *options: str) -> list[tuple[float, float, DreamReport]]:
    """The same dream n times, each in a copy of the home, after one that is not counted."""
    found = []
    for turn in range(n + 1):
        place = undreamt.with_name(f"home{turn}")
        shutil.copytree(undreamt, place)
        with running(*(options if turn else ())) as url:
            found.append(measured(place, url, user))
        shutil.rmtree(place)
    return found[1:]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("activity", type=Path)
    parser.add_argument("user")
    parser.add_argument("--tokens-in", default="5000", help="prompt tokens a second")
    parser.add_argument("--tokens-out", default="80", help="tokens of answers a second")
    parser.add_argument("--answer", default="900", help="tokens of an answer")
    parser.add_argument("--n", type=int, default=3)
    asked = parser.parse_args()
    speed = ("--tokens-in-per-second", asked.tokens_in, "--tokens-out-per-second", asked.tokens_out)
    with tempfile.TemporaryDirectory() as folder:
        undreamt = Path(folder) / "undreamt"
        memory = Memory.open(undreamt, create=True, flags={"timezone": "UTC"})
        memory.import_path(asked.activity)
        slow = several(undreamt, asked.user, asked.n, *speed, "--answer-tokens", asked.answer)
        fast = several(undreamt, asked.user, asked.n)
    reports = [report for _, _, report in (*slow, *fast)]
    assert not any(report.failed for report in reports)
    days, calls = len(reports[0].dreamt), sum(day.calls for day in reports[0].days)
    print(f"{os.cpu_count()} cores, n = {asked.n}, {asked.user}: {days} days, {calls} calls, 8 at once")
    tokens = sum(day.prompt_tokens for day in reports[0].days)
    print(f"{tokens:,} prompt tokens, {int(asked.answer) * calls:,} of answers")
    print(f"with a model of that speed: {median(wall for wall, _, _ in slow):.1f} s in all")
    cpu = sorted(cpu / days for _, cpu, _ in fast)
    wall = median(wall for wall, _, _ in fast)
    print(f"with one that answers at once: {wall:.2f} s in all, CPU seconds a day {median(cpu):.3f} ", end="")
    print(f"({cpu[0]:.3f} to {cpu[-1]:.3f})")


if __name__ == "__main__":
    main()
