"""Everything at once for minutes: nothing doubled, no day lost, and tables as a quiet home has them.

    two backfills over overlapping days, again when they ended ──┐
    messages of today and late ones, imported all the time ──────┼──► settle ──► compare
    a worker killed -9 every 20 s, Postgres restarted once ──────┘

`REM_SOAK_SECONDS` (300) is how long it is disturbed, `REM_SOAK_TABLES` (`local`, or `s3`) where the tables
lie; on S3 each worker has a home of its own, as on a machine of its own.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import make_source
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from rem_dagster.store.digest import day_digests
from rem_dagster.store.tables import TABLES
from tests.activity import LINES, MONDAY, chat_day, contents, fill
from tests.real.served import ASSETS, ENDED, Served, days_of, serving
from tests.s3 import Bucket, running
from tests.services import Postgres, postgres_server, redis_server

SECONDS = float(os.environ.get("REM_SOAK_SECONDS", "300"))
PLACE = os.environ.get("REM_SOAK_TABLES", "local")
SECONDS_BETWEEN_KILLS = 20.0
SECONDS_WITHOUT_PROGRESS = 300.0
"""A run of a month takes a minute where three workers share two processors with S3 itself."""
SECONDS_TO_SETTLE = 3600.0
"""At most, though something goes on: then the same is asked for again and again."""
pytestmark = [pytest.mark.soak, pytest.mark.timeout(SECONDS + SECONDS_TO_SETTLE + 900)]
T = TypeVar("T")
REM = [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]
USERS = ("ines", "ana")
DAYS, WORKERS = 120, 3
FIRST = MONDAY.date()
BACKFILLED = ((range(80), (*ASSETS, "links")), (range(40, DAYS), ASSETS))
"""Days after the first, and assets, of the two backfills: forty days are of both."""
SETTINGS = "[threshold]\nmessages = 5\ncooldown_minutes = 1\n"


@dataclass
class Diary:
    """A file that grows, and is imported again and again as a whole."""

    home: Path
    path: Path
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    lines: int = 0
    exits: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    """The last line of each import that failed, as one does whose lock breaks while Postgres is restarted."""
    process: "subprocess.Popen[bytes] | None" = None

    def grow(self) -> None:
        """A few messages of just now, and one that comes late: for a day that a backfill dreams."""
        now = datetime.now(UTC)
        late = MONDAY + timedelta(days=self.chance.randrange(DAYS), minutes=self.chance.randrange(600))
        with self.path.open("a", encoding="utf-8") as file:
            for at in (now, now, late):
                self.lines += 1
                item = {
                    "t": "message",
                    "id": f"grown-{self.lines}",
                    "session_id": f"talk-{at:%Y-%m-%d}",
                    "user_id": self.chance.choice(USERS),
                    "role": "user",
                    "author": "Inês",
                    "content": f"{self.chance.choice(LINES)} Item {self.lines}.",
                    "created_at": str(at),
                }
                file.write(json.dumps(item) + "\n")

    def bring_in(self) -> None:
        """Import what is there, unless an import goes on."""
        if self.process is None or self.process.poll() is not None:
            self.wait()
            command = [*REM, "import", "jsonl", str(self.path), "--home", str(self.home)]
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)

    @property
    def log(self) -> Path:
        """What imports said on stderr."""
        return self.path.with_suffix(".log")

    def wait(self) -> None:
        """See that no import goes on."""
        if self.process is not None:
            code = self.process.wait()
            self.exits[code] += 1
            if code:
                self.failures += self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
            self.process = None

    def finish(self) -> None:
        """Import all of it, and see that it was."""
        self.wait()
        self.bring_in()
        assert self.process is not None
        assert self.process.wait() == 0
        self.wait()


@dataclass
class Workers:
    """Processes that do runs, each in a session of its own; one that is killed is started anew."""

    homes: Sequence[Path]
    log: Path
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    kills: int = 0
    kills_at_work: int = 0

    def start(self) -> None:
        """All of them."""
        self.processes = [self._started(home) for home in self.homes]

    def kill_one(self, busy: Collection[str]) -> None:
        """One that does a run, where there is one, with all that it does; else the next in turn.

        Args:
            busy: those that do a run, as the tags of runs name them.
        """
        told = [f"rem-{each.pid}@" for each in self.processes]
        at_work = [number for number, name in enumerate(told) if any(each.startswith(name) for each in busy)]
        number = at_work[0] if at_work else self.kills % len(self.homes)
        self.kills_at_work += bool(at_work)
        os.killpg(self.processes[number].pid, signal.SIGKILL)
        self.processes[number].wait()
        self.processes[number] = self._started(self.homes[number])
        self.kills += 1

    def end(self) -> None:
        """Leave none behind."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _started(self, home: Path) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*REM, "worker", "--home", str(home)], stdout=log, stderr=log, start_new_session=True
            )


@dataclass
class Backfills:
    """Two over overlapping days, asked for again whenever both have ended."""

    served: Served
    asked: dict[str, str | None] = field(default_factory=dict)
    """Their ids, and how each ended."""

    def keep_going(self) -> None:
        """Ask again, if none goes on."""
        if self.have_ended():
            for numbers, assets in BACKFILLED:
                days = [FIRST + timedelta(days=number) for number in numbers]
                ask = partial(self.served.backfill, days, assets=assets)
                if made := patiently(ask):
                    self.asked[made] = None

    def have_ended(self) -> bool:
        """Whether none goes on, as far as can be told just now."""
        for each in (each for each, ended in self.asked.items() if ended is None):
            self.asked[each] = patiently(partial(self.served.backfill_ended, each))
        return None not in self.asked.values()


def patiently(ask: Callable[[], T]) -> T | None:
    """The answer; None where there is none just now, as while Postgres is away."""
    try:
        return ask()
    except (OSError, AssertionError):
        return None


@dataclass(frozen=True)
class Stage:
    """A home of days that nobody dreamt yet, and the servers that its processes need."""

    place: Path
    home: Home
    store: Store
    postgres: Postgres

    @contextmanager
    def up(self) -> Iterator[tuple[Served, Workers]]:
        """`rem up` and workers over the home, until the block ends."""
        homes = [self.home.path] * WORKERS
        if PLACE == "s3":
            homes = [copied(self.home.path, self.place / f"machine{number}") for number in range(WORKERS)]
        workers = Workers(homes, self.place / "workers.log")
        with serving(open_home(self.home.path)) as served:
            try:
                workers.start()
                yield served, workers
            finally:
                workers.end()


@contextmanager
def stage(place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A Postgres, a redis, tables on the disk or on an S3, and a home in them."""
    with ExitStack() as stack:
        postgres = stack.enter_context(postgres_server())
        monkeypatch.setenv("REM_POSTGRES_URL", postgres.new_database())
        monkeypatch.setenv("REM_REDIS_URL", stack.enter_context(redis_server()).url)
        if PLACE == "s3":
            Bucket(stack.enter_context(running())).make().configure(place / "home")
        home = open_home(place / "home", create=True, flags={"timezone": "UTC"})
        with (home.path / "config.toml").open("a", encoding="utf-8") as file:
            file.write(SETTINGS)
        store = Store(home.tables_uri, home.settings.storage_options)
        store.create()
        fill(home, store, base())
        yield Stage(place, home, store, postgres)


def base() -> list[object]:
    """The days as they are at first."""
    return [item for user in USERS for day in range(DAYS) for item in chat_day(day, turns=12, user=user)]


def copied(home: Path, place: Path) -> Path:
    """The home of another machine over the same tables."""
    place.mkdir(mode=0o700)
    for name in ("home.json", "config.toml"):
        shutil.copy(home / name, place / name)
    return place


def test_under_disturbance_nothing_is_doubled_or_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage(tmp_path, monkeypatch) as on:
        diary = Diary(on.home.path, tmp_path / "diary.jsonl")
        with on.up() as (served, workers):
            backfills = Backfills(served)
            disturb(on.postgres, served, workers, diary, backfills)
            diary.finish()
            seconds = settle(served, backfills)
            runs = served.runs()
        left = left_for_rem_dream(on.home)
        triggers = Counter(run["tags"].get("rem/trigger", "backfill") for run in runs)
        tell(
            f"{workers.kills} workers killed, {workers.kills_at_work} of them at work",
            f"{diary.lines} late and new messages, imports by exit code {dict(diary.exits)}",
            *diary.failures,
            f"backfills {dict(Counter(backfills.asked.values()))}",
            f"runs {dict(Counter(run['status'] for run in runs))}, asked for by {dict(triggers)}",
            f"settled in {seconds:.0f} s; dreams left for `rem dream`: {left}",
        )
        assert triggers["threshold"] > 0
        check_ids(on.store)
        check_ledger(on.store)
        check_tables(on, diary, tmp_path / "quiet")


def disturb(postgres: Postgres, served: Served, workers: Workers, diary: Diary, backfills: Backfills) -> None:
    """All at once, until the time is up."""
    began, is_restarted = time.monotonic(), False
    while (spent := time.monotonic() - began) < SECONDS:
        diary.grow()
        diary.bring_in()
        backfills.keep_going()
        if spent > (workers.kills + 1) * SECONDS_BETWEEN_KILLS:
            begun = (run for run in patiently(served.runs) or () if run["status"] == "STARTED")
            workers.kill_one({run["tags"].get("rem/worker", "") for run in begun})
        if spent > SECONDS / 2 and not is_restarted:
            postgres.restart()
            is_restarted = True
        time.sleep(1)  # one round; nothing is waited for


def left_for_rem_dream(home: Home) -> int:
    """How many dreams the triggers left to be made, all of which are made now."""
    command = [*REM, "dream", "--json", "--home", str(home.path)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return sum(day["status"] == "dreamt" for day in json.loads(done.stdout)["days"])


def settle(served: Served, backfills: Backfills) -> float:
    """Wait until no backfill and no run goes on, as long as something moves; seconds waited."""
    began = moved = time.monotonic()
    seen: dict[str, str] = {}
    while time.monotonic() - began < SECONDS_TO_SETTLE:
        runs = patiently(served.runs) or ()
        now = {run["runId"]: run["status"] for run in runs}
        if backfills.have_ended() and now and set(now.values()) <= {*ENDED}:
            return time.monotonic() - began
        if now and now != seen:
            seen, moved = now, time.monotonic()
        stands_still = time.monotonic() - moved > SECONDS_WITHOUT_PROGRESS
        assert not stands_still, f"nothing moves: {unfinished(runs, backfills)}"
        time.sleep(1)  # one look; nothing is waited for
    raise AssertionError(f"it does not come to rest: {unfinished(served.runs(), backfills)}")


def unfinished(runs: Iterable[Mapping[str, Any]], backfills: Backfills) -> str:
    """What goes on, and how often the same was asked for, the oftenest first."""
    asked = Counter((run["jobName"], run["tags"].get("rem/trigger"), days_of(run)) for run in runs)
    going_on = [
        (run["runId"], run["status"], days_of(run), run["tags"].get("rem/worker"))
        for run in runs
        if run["status"] not in ENDED
    ]
    return f"{going_on}; backfills {backfills.asked}; most often {asked.most_common(5)}"


def check_ids(store: Store) -> None:
    """No id is there twice, in any table."""
    for table in (*TABLES, "replaced"):
        ids = store.read(table, ["id"])["id"].to_pylist()
        assert len(ids) == len(set(ids)), f"{table} holds {len(ids) - len(set(ids))} ids twice"


def check_ledger(store: Store) -> None:
    """Every day that holds something was dreamt, to the end."""
    active = {key for key, held in day_digests(store).items() if held.items}
    whole = {(row.user_id, row.partition_key) for row in read_ledger(store) if row.status == "complete"}
    assert active - whole == set()
    assert len(active) >= len(USERS) * DAYS


def check_tables(on: Stage, diary: Diary, place: Path) -> None:
    """They hold what a quiet home has of the same activity."""
    place.mkdir(mode=0o700)
    shutil.copy(on.home.path / "home.json", place / "home.json")
    quiet = open_home(place)
    store = Store(quiet.tables_uri)
    store.create()
    fill(quiet, store, base())
    import_source(
        quiet, store, make_source("jsonl", diary.path), user_id=quiet.settings.user, now=datetime.now(UTC)
    )
    dream(quiet, store, OfflineEngine(), DreamPlan())
    refresh_across(quiet, store)
    expected, held = contents(store), contents(on.store)
    differing = [table for table, rows in expected.items() if held[table] != rows]
    assert differing == [], "\n".join(differences(expected[name], held[name]) for name in differing)
    assert {row["period"] for row in expected["summaries"]} == {"day", "week", "month"}
    assert "link" in {row["generated_by"] for row in expected["edges"]}


def differences(expected: Sequence[dict[str, object]], held: Sequence[dict[str, object]]) -> str:
    """How many rows are missing, too many or other than they should be, and the first of the last."""
    wanted, there = {row["id"]: row for row in expected}, {row["id"]: row for row in held}
    other = [row for key, row in there.items() if key in wanted and wanted[key] != row]
    told = {
        column: (wanted[row["id"]][column], row[column])
        for row in other[:1]
        for column in row
        if wanted[row["id"]][column] != row[column]
    }
    return (
        f"{len(wanted.keys() - there.keys())} missing, {len(there.keys() - wanted.keys())} too many, "
        f"{len(other)} other: {told}"
    )


def tell(*lines: str) -> None:
    """Figures to note; pytest shows them where a test failed, or with -s."""
    for line in lines:
        print(line)  # noqa: T201
