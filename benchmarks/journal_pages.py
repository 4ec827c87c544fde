"""How long do the journal's pages take at the server in a home of ten years, and how long are they?

    python benchmarks/journal_pages.py FOLDER [-n 40] [--build]

The home is made once below the folder (`journal_home.py`). Pages are asked of the application in this
process, in turn, so that no kind has the caches to itself; each time another day, topic or query.
Milliseconds of the clock and, as the machine may be busy, of the processors, by which a page is judged;
kilobytes of the longest page. With `--build` also the seconds of a static journal of all ten years.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from starlette.testclient import TestClient

from benchmarks.journal_home import LAST, USER, Size, make_home
from rem_dagster.interfaces.web.app import make_app
from rem_dagster.interfaces.web.safety import Safety
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.database import Store

REM = [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]
BUDGET_MS, TYPING_MS, BUDGET_KB = 150, 120, 300


def addresses(store: Store, size: Size, n: int) -> Iterator[tuple[str, str]]:
    """(kind, path) of n pages of every kind, the kinds in turn."""
    pick = np.random.default_rng(3)
    days = sorted(set(store.read("moments", ["partition_key"])["partition_key"].to_pylist()))
    entities = store.read("mentions", ["entity_id"])["entity_id"].unique().to_pylist()
    items = [("messages", each) for each in store.read("messages", ["id"])["id"].to_pylist()]
    items += [("resources", each) for each in store.read("resources", ["id"])["id"].to_pylist()]
    texts = store.read("messages", ["content"])["content"].to_pylist()
    for _ in range(n):
        day = date.fromisoformat(str(pick.choice(days)))
        words = texts[int(pick.integers(len(texts)))].split()
        asked = " ".join(words[:3] if len(words) < 8 else words[4:7])
        table, item = items[int(pick.integers(len(items)))]
        year, week, _ = day.isocalendar()
        yield "/", "/"
        yield "day", f"/day/{day}"
        yield "week", f"/week/{year}-W{week:02}"
        yield "month", f"/month/{day:%Y-%m}"
        yield "year", f"/year/{int(pick.integers(LAST.year - size.years + 1, LAST.year + 1))}"
        yield "standup", f"/standup/{day + timedelta(days=1)}"
        yield "topics", "/topics"
        yield "topic", f"/topic/{pick.choice(entities)}"
        yield "people", "/people"
        yield "item", f"/item/{table}/{item}"
        yield "search", f"/search?q={asked}"
        yield "search, narrowed", f"/search?q={asked}&type=work_session&from={day}"
        yield "ask", f"/ask?q=what did I do on {day}"
        yield "corrections", "/corrections"


def typed(store: Store, n: int) -> Iterator[str]:
    """What n people have typed so far: a word, begun or whole, then two."""
    pick = np.random.default_rng(4)
    texts = store.read("messages", ["content"])["content"].to_pylist()
    for _ in range(n):
        words = texts[int(pick.integers(len(texts)))].split()[:2]
        yield words[0][:3]
        yield words[0]
        yield " ".join(words)


def measure(client: TestClient, store: Store, size: Size, n: int) -> bool:
    """Print a row for every kind of page; whether all are within what was asked for."""
    wall: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    length: dict[str, int] = defaultdict(int)
    asked = [*addresses(store, size, n), *(("as you type", text) for text in typed(store, n))]
    warm = len({kind for kind, _ in asked})
    for place, (kind, path) in enumerate([*asked[:warm], *asked]):
        headers = {"HX-Request": "true"} if kind == "as you type" else {}
        began, used = time.perf_counter(), time.process_time()
        url = f"/search?q={path}" if kind == "as you type" else path
        answer = client.get(url, headers=headers, follow_redirects=True)
        if answer.status_code != 200:
            print(f"  {url} answered {answer.status_code}")
            continue
        if place >= warm:
            wall[kind].append((time.perf_counter() - began) * 1e3)
            cpu[kind].append((time.process_time() - used) * 1e3)
            length[kind] = max(length[kind], len(answer.content))
    is_within = True
    for kind, taken in wall.items():
        p50, p95 = np.percentile(taken, [50, 95])
        most = TYPING_MS if kind == "as you type" else BUDGET_MS
        is_over = np.percentile(cpu[kind], 95) > most or length[kind] > BUDGET_KB * 1000
        is_within &= not is_over
        print(
            f"  {kind:<18} p50 {p50:6.1f}  p95 {p95:6.1f}  CPU p50 {np.percentile(cpu[kind], 50):6.1f}  "
            f"p95 {np.percentile(cpu[kind], 95):6.1f} ms  {length[kind] / 1000:6.1f} kB  n={len(taken)}"
            f"{'  OVER' if is_over else ''}"
        )
    return is_within


def build(home: Home) -> None:
    """Print what a static journal of everything takes, as a whole process."""
    with tempfile.TemporaryDirectory(dir=home.path.parent) as folder:
        place = Path(folder) / "journal"
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([*REM, "--home", str(home.path), "journal", "build", str(place)], check=True)
        took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        pages = [each.stat().st_size for each in place.rglob("*.html")]
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        held = f"{len(pages)} pages, {sum(pages) / 1e6:.0f} MB"
        print(f"  static journal: {took:.1f} s ({cpu:.1f} s of CPU), {held}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="where homes are kept")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--moments", type=int, default=15_000)
    parser.add_argument("-n", type=int, default=40, help="pages of each kind")
    parser.add_argument("--build", action="store_true", help="a static journal too")
    options = parser.parse_args()
    size = Size(options.years, options.messages, options.moments)
    home, store = make_home(options.folder, size)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {store.count('moments'):,} moments")
    client = TestClient(make_app(Memory(home, USER), Safety()), base_url="http://127.0.0.1:8000")
    is_within = measure(client, store, size, options.n)
    print(f"  peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if options.build:
        build(home)
    sys.exit(not is_within)


if __name__ == "__main__":
    main()
