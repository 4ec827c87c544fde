"""What do a bad connection and kills cost a night with a model? Sixty days, by `rem dream --llm`.

    python benchmarks/model_nights.py --days 60 --kills 10

Prints what the server answered, how many nights it took until every day was dreamt, the calls that were
paid twice, and whether the tables are those of an undisturbed night.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, contents, fill
from tests.model_server import read_log, running

REM = [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]
FAULTS = "429=0.2,malformed=0.1,timeout=0.05,cut_early=0.05"
ANSWERS = ("--answer-tokens", "900")
AT_ONCE = 8


def started(place: Path, url: str, *, timeout_seconds: float = 300) -> subprocess.Popen[bytes]:
    """A `rem dream` that runs."""
    return subprocess.Popen(
        [*REM, "dream", "--json", "--llm", "fake-1", "--home", str(place)],
        env={**os.environ, "REM_LLM_BASE_URL": url, "REM_LLM_TIMEOUT_SECONDS": str(timeout_seconds)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def night(place: Path, url: str, *, timeout_seconds: float = 300) -> tuple[float, int]:
    """Seconds of a whole `rem dream`, and how many days of the ledger failed."""
    began = time.perf_counter()
    process = started(place, url, timeout_seconds=timeout_seconds)
    _, errors = process.communicate()
    if process.returncode not in (0, 1, 3):
        sys.exit(errors.decode())
    status = Counter(Store(str(place / "tables")).read("dreams", ["status"])["status"].to_pylist())
    return time.perf_counter() - began, status["failed"]


def faulty(place: Path, log: Path, seed: int) -> str:
    """Nights with faults until no day is failed."""
    failed, seconds = [], 0.0
    options = ("--faults", FAULTS, "--hang-seconds", "4", "--most-in-a-row", "3", "--seed", str(seed))
    with running(*ANSWERS, *options, "--log", str(log)) as url:
        while not failed or (failed[-1] and len(failed) < 5):
            took, left = night(place, url, timeout_seconds=2)
            failed.append(left)
            seconds += took
    said = Counter(line["said"] for line in read_log(log))
    return f"faults, seed {seed}: {dict(said)}; failed days after each night {failed}; {seconds:.0f} s"


def killed(place: Path, log: Path, kills: int) -> str:
    """A night that is killed again and again, a few calls after it began to ask."""
    pick = random.Random(11)
    with running(*ANSWERS, "--tokens-out-per-second", "9000", "--log", str(log)) as url:
        for _ in range(kills):
            target = len(read_log(log)) + pick.randint(1, 5)
            process = started(place, url)
            while len(read_log(log)) < target and process.poll() is None:
                time.sleep(0.002)
            if process.poll() is not None:
                sys.exit("a night ended before it could be killed")
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        seconds, failed = night(place, url)
    asked = [line["request"] for line in read_log(log)]
    twice = len(asked) - len(set(asked))
    return (
        f"{kills} kills: {len(set(asked))} requests, {twice} paid twice (in flight at most "
        f"{kills * AT_ONCE}), {failed} failed days, last night {seconds:.1f} s"
    )


def difference(place: Path, calm: Path) -> str:
    """Which columns of which tables differ from an undisturbed night's."""
    held, expected = (contents(Store(str(each / "tables"))) for each in (place, calm))
    columns = Counter(
        f"{table}.{name}"
        for table in expected
        for one, other in zip(held[table], expected[table], strict=False)
        for name in one
        if one[name] != other[name]
    )
    lengths = [table for table in expected if len(held[table]) != len(expected[table])]
    return f"differs: {dict(columns)} {lengths}" if columns or lengths else "tables equal"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--n", type=int, default=3, help="nights with faults, each by another seed")
    asked = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("REM_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder:
        undreamt, calm = Path(folder) / "undreamt", Path(folder) / "calm"
        home = open_home(undreamt, create=True, flags={"timezone": "UTC"})
        store = Store(home.tables_uri)
        store.create()
        fill(home, store, [item for day in range(asked.days) for item in chat_day(day, turns=20)])
        shutil.copytree(undreamt, calm)
        log = Path(folder) / "log"
        with running(*ANSWERS, "--log", str(log)) as url:
            seconds, _ = night(calm, url)
            calls = len(read_log(log))
            again, _ = night(calm, url)
            print(
                f"{os.cpu_count()} cores, {asked.days} days; undisturbed {seconds:.1f} s, {calls} calls; ",
                end="",
            )
            print(f"unchanged {again:.1f} s, {len(read_log(log)) - calls} calls")
        for seed in range(1, asked.n + 1):
            place = Path(folder) / f"faulty{seed}"
            shutil.copytree(undreamt, place)
            print(faulty(place, Path(f"{place}.log"), seed), difference(place, calm), sep="; ")
        place = Path(folder) / "killed"
        shutil.copytree(undreamt, place)
        print(killed(place, Path(f"{place}.log"), asked.kills), difference(place, calm), sep="; ")


if __name__ == "__main__":
    main()
