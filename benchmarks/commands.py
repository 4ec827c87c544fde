"""How long do the commands of every day take, as whole processes?"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

REM = [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]
LINES = (
    "I moved the release to Thursday.",
    "The slow build was fsync, not the graph.",
    "Recall is 95.4% now.",
)


def run(home: str, *words: str) -> float:
    """Seconds of one command; it must succeed."""
    began = time.perf_counter()
    done = subprocess.run(
        [*REM, *words], env={**os.environ, "REM_HOME": home}, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"rem {' '.join(words)} exited {done.returncode}: {done.stderr.decode()[-800:]}")
    return time.perf_counter() - began


def synthetic_year(place: Path) -> Path:
    """Generic JSONL: 365 days of a chat of 20 messages each."""
    start = date(2025, 1, 1)
    with place.open("w", encoding="utf-8") as file:
        for number in range(365 * 20):
            day = start + timedelta(days=number // 20)
            line = {
                "t": "message",
                "id": f"m{number}",
                "session_id": f"{day}",
                "role": "user",
                "author": "Inês",
                "content": f"{LINES[number % 3]} Item {number}.",
                "created_at": f"{day}T{9 + number % 10:02}:{number % 60:02}:00Z",
            }
            file.write(json.dumps(line) + "\n")
    return place


def main() -> None:
    """Print a median per command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", help="a dreamt home; a synthetic year is made without it")
    parser.add_argument("-n", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = options.home
        if not home:
            os.environ["REM_TIMEZONE"] = "UTC"
            home = f"{folder}/home"
            activity = synthetic_year(Path(folder) / "year.jsonl")
            print(f"import of 7,300 messages: {run(home, 'import', 'jsonl', str(activity)):.2f} s")
            print(f"first dream of 365 days: {run(home, 'dream', '--json'):.2f} s")
        print(f"{os.cpu_count()} cores, n = {options.n}, medians of whole processes")
        for words in (
            ["--help"],
            ["status"],
            ["show"],
            ["search", "slow build"],
            ["query", "SELECT count(*) FROM moments"],
            ["dream"],
        ):
            seconds = statistics.median(run(home, *words) for _ in range(options.n))
            print(f"rem {' '.join(words):<45} {seconds:.2f} s")


if __name__ == "__main__":
    main()
