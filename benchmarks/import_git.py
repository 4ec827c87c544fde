"""How long does the import of a whole repository take, and how long when little is new?

    python benchmarks/import_git.py --commits 20000 -n 3

A repository is made by `git fast-import`: one author, one to four files of two hundred changed by each
commit. Then it is imported into a new home, imported again, and once more after ten new commits: whole, as by
`rem import`, and from where the last read ended, as by `rem sync`. Printed are seconds of clock and of the
processor (children included: git itself).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import make_source
from rem_dagster.settings import open_home
from rem_dagster.sources.git import GitSource
from rem_dagster.store.database import Store

FIRST = 1_500_000_000
SECONDS_APART = 7_000
FILES = 200


def main() -> None:
    """Measure as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--commits", type=int, default=20_000)
    parser.add_argument("-n", type=int, default=3, help="how often")
    asked = parser.parse_args()
    taken: dict[str, list[tuple[float, float]]] = {}
    for _ in range(asked.n):
        with tempfile.TemporaryDirectory() as folder:
            for name, seconds in measure(Path(folder), asked.commits):
                taken.setdefault(name, []).append(seconds)
    for name, seconds in taken.items():
        clock, processor = (median(each) for each in zip(*seconds, strict=True))
        print(f"{name:<32}{clock:>8.1f} s {processor:>8.1f} CPU s   (median of {len(seconds)})")


def measure(folder: Path, commits: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """What is done, with its seconds of clock and processor."""
    repository = folder / "repository"
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", repository], check=True)
    feed(repository, range(commits))
    home = open_home(folder / "home", create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()

    mark: str | None = None

    def read(*, is_sync: bool = False) -> None:
        nonlocal mark
        source = make_source("git", repository, home=home)
        assert isinstance(source, GitSource)
        since = mark if is_sync else None
        report = import_source(home, store, source, user_id="me", now=datetime.now(UTC), mark=since)
        mark = source.mark
        print(f"  read {report.read:,}, new {report.new:,}, unchanged {report.unchanged:,}", file=sys.stderr)

    yield f"{commits:,} commits", seconds_of(read)
    yield "the same again", seconds_of(read)
    yield "its fingerprint", seconds_of(lambda: make_source("git", repository, home=home).fingerprint())
    for commits_then, is_sync, name in ((commits, False, "read whole"), (commits + 10, True, "synced")):
        feed(repository, range(commits_then, commits_then + 10))
        yield f"ten more commits, {name}", seconds_of(partial(read, is_sync=is_sync))


def feed(repository: Path, numbers: range) -> None:
    """Add commits to the main branch."""
    is_first = numbers.start == 0
    parts = [] if is_first else ["from refs/heads/main^0\n"]
    lines: list[str] = []
    for number in numbers:
        message = f"Change {number}: parts of the loader\n\nCloses #{number % 900 + 1}\n"
        lines.append(
            "commit refs/heads/main\n"
            f"author Ines <ines@example.org> {FIRST + number * SECONDS_APART} +0200\n"
            f"committer Ines <ines@example.org> {FIRST + number * SECONDS_APART} +0200\n"
            f"data {len(message.encode())}\n{message}\n" + "".join(parts)
        )
        parts = []
        for place in range(number % 4 + 1):
            text = f"line {number}\n" * 5
            name = f"src/part{(number * 7 + place) % 20}/file{(number * 13 + place) % FILES}.py"
            lines.append(f"M 100644 inline {name}\ndata {len(text)}\n{text}\n")
    subprocess.run(
        ["git", "-C", repository, "fast-import", "--quiet"], input="".join(lines).encode(), check=True
    )


def seconds_of(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of clock and of the processor."""
    before, start = os.times(), time.perf_counter()
    work()
    after = os.times()
    return time.perf_counter() - start, sum(after[:4]) - sum(before[:4])


if __name__ == "__main__":
    main()
