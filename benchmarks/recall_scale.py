"""How quick are search and SQL in homes of 10,000, 100,000 and 1,000,000 messages of one user?

    python benchmarks/recall_scale.py --folder /tmp/scale --sizes 10000 100000 1000000

Homes are made once below the folder (`synthetic.py`; a million takes some minutes). In process: p50 and p95,
the median of the processors' time, and the ratio to the rawest way over the same data: numpy over the
postings as two flat arrays, DuckDB over a Parquet file and over Arrow in memory. Then whole processes.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
import numpy as np
import pyarrow.parquet

from benchmarks.synthetic import LAST, USER, make_home
from rem_dagster.model.window import Window
from rem_dagster.recall.search import search
from rem_dagster.recall.sql import query
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.text.tokens import tokens

REM = [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]
WEEK_START = datetime.combine(LAST - timedelta(days=13), clock_time(), UTC)
WEEK = Window(WEEK_START, WEEK_START + timedelta(days=7))
BETWEEN = f"created_at >= '{WEEK.start:%Y-%m-%d}' AND created_at < '{WEEK.end:%Y-%m-%d}'"
STATEMENTS = {
    "week filter": f"SELECT created_at, role, content FROM messages WHERE {BETWEEN} ORDER BY created_at",
    "group by role": "SELECT role, count(*) FROM messages GROUP BY role",
    "group by day": "SELECT DATE(created_at) AS day, count(*) FROM messages GROUP BY 1",
    "group by author, all text": "SELECT author, avg(length(content)) FROM messages GROUP BY 1",
    "tag, moments": "SELECT name, start_time FROM moments WHERE 'graph' = ANY(tags)",
    "tag, resources": "SELECT count(*) FROM resources WHERE 'graph' = ANY(tags)",
}
Timed = tuple[list[float], list[float]]


def timed(works: Sequence[Callable[[], object]], *, warm: int = 3) -> Timed:
    """Milliseconds of the clock and of the processors for each piece of work."""
    for work in works[:warm]:
        work()
    wall, cpu = [], []
    for work in works:
        began, used = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - began) * 1e3)
        cpu.append((time.process_time() - used) * 1e3)
    return wall, cpu


def told(name: str, figures: Timed) -> float:
    """Print a row; the median of the processors' milliseconds."""
    wall, cpu = figures
    p50, p95 = np.percentile(wall, [50, 95])
    used = statistics.median(cpu)
    print(f"  {name:<44} p50 {p50:7.1f}  p95 {p95:7.1f}  CPU {used:7.1f} ms  n={len(wall)}")
    return used


def measure_machine() -> None:
    """Print what this machine takes for work that is always the same, so that other figures can be judged."""
    numbers = np.random.default_rng(1).random(2_000_000)
    told("numpy sorts 2,000,000 numbers", timed([lambda: np.sort(numbers)] * 9))


def questions(store: Store, count: int) -> list[str]:
    """Four words each, of messages that are there."""
    pick = np.random.default_rng(11)
    texts = store.dataset("messages").take(
        sorted(pick.choice(store.count("messages"), count, replace=False).tolist()), columns=["content"]
    )
    return [" ".join(text.split()[:40][-12:][:6]) for text in texts["content"].to_pylist()]


def measure_search(home: Home, asked: list[str], rounds: int) -> float:
    """Print what searches take; the processors' milliseconds of one over messages.

    Of each question the least of some rounds, each with a store that kept nothing: what else runs on the
    machine is in the others.
    """
    parts = {
        "search messages": {"table": "messages"},
        "search messages, the same questions again": {"table": "messages"},
        "search messages of a week": {"table": "messages", "window": WEEK},
        "search resources": {"table": "resources"},
        "search moments": {"table": "moments"},
        "search moments of a week": {"table": "moments", "window": WEEK},
    }
    taken: dict[str, list[Timed]] = {name: [] for name in parts}
    for _ in range(rounds):
        store = Store(home.tables_uri)
        for name, options in parts.items():
            works = [
                lambda text=text, options=options, store=store: search(
                    store, text, user_id=USER, limit=10, embedder=lambda: None, **options
                )
                for text in asked
            ]
            taken[name].append(timed(works))
    used = {name: told(name, least(figures)) for name, figures in taken.items()}
    return used["search messages"]


def least(figures: Sequence[Timed]) -> Timed:
    """The least of each piece of work over some rounds."""
    wall, cpu = (np.array([each[place] for each in figures]).min(axis=0).tolist() for place in (0, 1))
    return wall, cpu


def measure_sql(home: Home, store: Store, n: int) -> dict[str, float]:
    """Print what queries take; the processors' milliseconds of each."""
    return {
        name: told(
            f"SQL {name}", timed([lambda sql=sql: query(home, store, sql, user_id=USER) for _ in range(n)])
        )
        for name, sql in STATEMENTS.items()
    }


def raw_search(store: Store, asked: list[str]) -> float:
    """Print what numpy takes to count a question's terms by message over flat arrays."""
    rows = store.read("postings", ["term", "docs", "shard"], "`table` = 'messages'")
    names = {term: code for code, term in enumerate(rows["term"].unique().to_pylist())}
    codes = np.array([names[term] for term in rows["term"].to_pylist()], np.int32)
    lists = rows["docs"].combine_chunks()
    terms, docs = np.repeat(codes, lists.value_lengths().to_numpy()), lists.flatten().to_numpy()
    works = [
        lambda text=text: np.argpartition(
            -np.bincount(docs[np.isin(terms, [names[each] for each in tokens(text) if each in names])]), 10
        )
        for text in asked
    ]
    return told(f"numpy, {len(terms):,} postings in two arrays", timed(works))


def raw_sql(store: Store, name: str, folder: Path, n: int) -> tuple[float, float]:
    """Print what DuckDB takes for a statement over Parquet and over Arrow; the processors' milliseconds."""
    table = next(each for each in ("messages", "moments", "resources") if f"FROM {each}" in STATEMENTS[name])
    columns = [each for each in store.dataset(table).schema.names if each in STATEMENTS[name]]
    rows = store.read(table, columns)
    place = folder / f"{table}.parquet"
    pyarrow.parquet.write_table(rows, place)
    with duckdb.connect(":memory:", config={"threads": "2"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("held", rows)
        found = []
        for kind, source in (("Parquet", f"'{place}'"), ("Arrow", "held")):
            sql = STATEMENTS[name].replace(f"FROM {table}", f"FROM {source}")
            works = [lambda sql=sql: connection.sql(sql).to_arrow_table() for _ in range(n)]
            found.append(told(f"DuckDB over {kind}, {name}", timed(works)))
    return found[0], found[1]


def measure_processes(home: Home, n: int) -> None:
    """Print what commands take as whole processes."""
    day = (LAST - timedelta(days=3)).isoformat()
    for words in (
        ["--help"],
        ["search", "graph release Ana", "--schema", "messages"],
        ["search", "graph release Ana"],
        ["show", day],
        ["query", f"SELECT role, count(*) FROM messages WHERE {BETWEEN} GROUP BY role"],
        ["query", "SELECT role, count(*) FROM messages GROUP BY role"],
    ):
        told(f"rem {' '.join(words)}"[:44], whole_processes(home, words, n))


def whole_processes(home: Home, words: list[str], n: int) -> Timed:
    """Milliseconds of n whole processes, after one that is not counted."""
    wall, cpu = [], []
    for number in range(n + 1):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            [*REM, "--home", str(home.path), *words], capture_output=True, check=False, env=dict(os.environ)
        )
        if done.returncode:
            sys.exit(f"rem {' '.join(words)} exited {done.returncode}: {done.stderr.decode()[-800:]}")
        took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        if number:
            wall.append(took * 1e3)
            cpu.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3)
    return wall, cpu


def measure(folder: Path, size: int, options: argparse.Namespace) -> None:
    """Print the figures of one size."""
    home, store = make_home(folder, size)
    print(f"{size:,} messages, {store.count('resources'):,} resources, {store.count('moments'):,} moments")
    measure_machine()
    asked = questions(store, options.n)
    searched = measure_search(home, asked, options.rounds)
    queried = {} if options.search_only else measure_sql(home, store, options.n // 2)
    print(f"  peak memory of all that: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if options.raw:
        print(f"  search messages over numpy, CPU: {searched / raw_search(store, asked[:20]):.2f} times")
        with tempfile.TemporaryDirectory() as place:
            for name in [each for each in queried if not each.startswith("tag")]:
                parquet, arrow = raw_sql(store, name, Path(place), 15)
                ratios = f"{queried[name] / parquet:.1f} / {queried[name] / arrow:.1f} times"
                print(f"  SQL {name} over DuckDB on Parquet / Arrow, CPU: {ratios}")
    if not options.search_only:
        measure_processes(home, options.processes)


def sizes_apart(options: argparse.Namespace) -> Iterator[list[str]]:
    """The command of each size: each is measured in a process of its own, for its peak of memory."""
    for size in options.sizes:
        yield [
            *(sys.executable, __file__, "--folder", str(options.folder), "--sizes", str(size)),
            *("-n", str(options.n), "--processes", str(options.processes), "--rounds", str(options.rounds)),
            *([] if options.raw else ["--no-raw"]),
            *(["--search-only"] if options.search_only else []),
        ]


def main() -> None:
    """Measure each size and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where homes are kept")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("-n", type=int, default=100, help="questions of each kind")
    parser.add_argument("--rounds", type=int, default=1, help="times that each search is measured anew")
    parser.add_argument("--processes", type=int, default=7, help="whole processes of each command")
    parser.add_argument("--search-only", action="store_true", help="no SQL and no whole processes")
    parser.add_argument("--no-raw", dest="raw", action="store_false", help="no comparison with raw scans")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if len(options.sizes) == 1:
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        measure(options.folder, options.sizes[0], options)
        return
    for command in sizes_apart(options):
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
