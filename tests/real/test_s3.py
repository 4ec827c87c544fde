"""A home whose tables and cache lie on S3: everything of a local one, and nothing paid twice."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, DreamReport, dream
from rem_dagster.dreaming.restore import restore
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import entries
from rem_dagster.recall.embedding import embed_missing
from rem_dagster.recall.search import search
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import table_size, tables_held
from rem_dagster.store.tables import RAW_TABLES
from rem_dagster.store.vector_upkeep import keep_vectors
from rem_dagster.store.vectors import EMBEDDED_TABLES
from tests.activity import chat_day, contents, fill
from tests.embedders import HashedWords
from tests.interfaces.cli.conftest import Rem, rem  # noqa: F401  # fixture
from tests.model_server import read_log, running
from tests.s3 import Bucket, bucket, s3  # noqa: F401  # fixtures

pytestmark = pytest.mark.real
DAYS, KILLS, AT_ONCE = 6, 3, 8
CORE = "from rem_dagster import Memory; import sys; Memory.open(sys.argv[1]).dream()"
Tables = Mapping[str, list[dict[str, object]]]


@dataclass(frozen=True)
class Dreamt:
    """A home on S3 and its local twin after one night each, and the model that dreams them."""

    away: Path
    model: str
    log: Path
    first: DreamReport
    expected: Tables

    def open(self) -> tuple[Home, Store]:
        """The home on S3 and its tables."""
        home = open_home(self.away)
        return home, store_of(home)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A local home of some days that nobody dreamt yet."""
    place = tmp_path_factory.mktemp("local") / "home"
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, activity())
    return place


@pytest.fixture(scope="module")
def dreamt(local: Path, s3: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dreamt]:  # noqa: F811
    """Both homes, dreamt once."""
    place = tmp_path_factory.mktemp("away")
    twin = place / "twin"
    shutil.copytree(local, twin)
    with running("--log", str(place / "log")) as url:
        night(twin, url)
        asked = len(read_log(place / "log"))
        away = moved(local, Bucket(s3).make(), place / "home", url)
        first = night(away)
        assert len(read_log(place / "log")) == 2 * asked
        yield Dreamt(away, url, place / "log", first, contents(Store(str(twin / "tables"))))


def activity() -> list:  # type: ignore[type-arg]
    return [item for day in range(DAYS) for item in chat_day(day)]


def moved(local: Path, held: Bucket, place: Path, url: str) -> Path:
    """A home as another machine has it: the same home.json, everything else on S3."""
    held.configure(place, more=f'llm = "fake-1"\nllm_base_url = "{url}"')
    shutil.copy(local / "home.json", place)
    home = open_home(place)
    store_of(home).create()
    fill(home, store_of(home), activity())
    return place


def store_of(home: Home) -> Store:
    return Store(home.tables_uri, home.settings.storage_options)


def night(place: Path, url: str | None = None) -> DreamReport:
    home = open_home(place, flags={"llm": "fake-1", "llm_base_url": url} if url else None)
    report = dream(home, store_of(home), choose_engine(home), DreamPlan())
    refresh_across(home, store_of(home))
    return report


def started(place: Path) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REM_")}
    command = [sys.executable, "-c", CORE, str(place)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, start_new_session=True)


def check_equal(place: Path, expected: Tables) -> None:
    held = contents(store_of(open_home(place)))
    for table, rows in expected.items():
        assert held[table] == rows, table


def test_a_dream_on_s3_gives_the_tables_of_a_local_one_and_keeps_its_answers_there(dreamt: Dreamt) -> None:
    home, _ = dreamt.open()
    assert len(dreamt.first.dreamt) == DAYS
    check_equal(dreamt.away, dreamt.expected)
    assert len(entries(answers_of(home))) == DAYS
    assert [each for each in home.cache_path.rglob("*") if each.is_file()] == []


def test_what_was_answered_is_not_asked_again(dreamt: Dreamt) -> None:
    asked = len(read_log(dreamt.log))
    assert night(dreamt.away).dreamt == []
    _, store = dreamt.open()
    store.delete("dreams", "true")
    assert len(night(dreamt.away).dreamt) == DAYS
    assert len(read_log(dreamt.log)) == asked
    check_equal(dreamt.away, dreamt.expected)


def test_an_earlier_version_is_restored_from_answers_on_s3(
    dreamt: Dreamt,
    bucket: Bucket,  # noqa: F811
    local: Path,
    tmp_path: Path,
) -> None:
    place = moved(local, bucket, tmp_path / "home", dreamt.model)
    night(place)
    before = contents(store_of(open_home(place)))
    home = open_home(place, flags={"llm": "offline"})
    offline = dream(home, store_of(home), choose_engine(home), DreamPlan(redo="all"))
    assert len(offline.dreamt) == DAYS
    asked = len(read_log(dreamt.log))
    restore(open_home(place), store_of(home), date(2025, 10, 6), user_id="ines")
    assert len(read_log(dreamt.log)) == asked
    first = [row for row in contents(store_of(home))["moments"] if row["partition_key"] == "2025-10-06"]
    assert first == [row for row in before["moments"] if row["partition_key"] == "2025-10-06"]


def test_commands_that_read_work_on_s3(dreamt: Dreamt, rem: Rem) -> None:  # noqa: F811
    at = ("--home", dreamt.away)
    assert len(rem(*at, "audit", "--json").json["calls"]) == DAYS
    for words in (("status",), ("show", "2025-10-06"), ("types",), ("config", "show")):
        done = rem(*at, *words)
        assert (done.code, done.err) == (0, ""), words
    assert "fsync" in rem(*at, "search", "slow build", "--schema", "messages").out
    counted = rem(*at, "query", "SELECT count(*) AS n FROM moments", "--json")
    assert counted.json == [{"n": len(dreamt.expected["moments"])}]
    examined = rem(*at, "doctor")
    assert "Nothing is broken." in examined.out


def test_tables_on_s3_are_measured_and_put_in_order(dreamt: Dreamt) -> None:
    _, store = dreamt.open()
    assert set(RAW_TABLES) <= set(tables_held(store))
    before = table_size(store, "moments")
    assert before.rows == len(dreamt.expected["moments"])
    assert before.bytes_on_disk > before.live_bytes > 0
    for table in tables_held(store):
        store.optimize(table)
    check_equal(dreamt.away, dreamt.expected)


def test_vectors_on_s3_are_made_kept_and_found(dreamt: Dreamt) -> None:
    _, store = dreamt.open()
    embedder = HashedWords()
    made = embed_missing(store, embedder)
    rows = {table: len(dreamt.expected[table]) for table in EMBEDDED_TABLES}
    facts = {(row["id"], fact["text"]) for row in dreamt.expected["moments"] for fact in row["facts"] or ()}
    assert made.embedded == {**rows, "facts": len(facts)}
    assert embed_missing(store, embedder).total == 0
    found = search(store, "slow build", table="messages", user_id="ines", embedder=lambda: embedder)
    assert "fsync" in found[0].text
    assert keep_vectors(store).removed == 0


def test_two_machines_that_dream_the_same_days_at_once_lose_no_answer_and_no_row(
    dreamt: Dreamt,
    bucket: Bucket,  # noqa: F811
    local: Path,
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    with running("--log", str(log), "--tokens-out-per-second", "500", "--answer-tokens", "200") as url:
        one = moved(local, bucket, tmp_path / "one", url)
        other = tmp_path / "other"
        shutil.copytree(one, other, ignore=shutil.ignore_patterns("*.lock", "cache"))
        workers = [started(place) for place in (one, other)]
        for worker in workers:
            _, errors = worker.communicate(timeout=400)
            assert worker.returncode == 0, errors.decode()
        answered = len(read_log(log))
        assert night(one).dreamt == night(other).dreamt == []
        assert len(read_log(log)) == answered
    kept = entries(answers_of(open_home(one)))
    assert kept == entries(answers_of(open_home(other)))
    assert sum(each.calls_paid for each in kept) == answered
    check_moments(one, dreamt.expected)


def check_moments(place: Path, expected: Tables) -> None:
    """As `check_equal`, but for what an endpoint at another address and its usage change."""
    held = contents(store_of(open_home(place)))
    for table in ("moments", "mentions", "edges"):
        for row, wanted in zip(held[table], expected[table], strict=True):
            assert {**row, "dream_id": None} == {**wanted, "dream_id": None}, table


def test_kills_pay_twice_for_no_more_than_was_in_flight(
    dreamt: Dreamt,
    bucket: Bucket,  # noqa: F811
    local: Path,
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    with running("--log", str(log), "--tokens-out-per-second", "40", "--answer-tokens", "200") as url:
        place = moved(local, bucket, tmp_path / "home", url)
        for _ in range(KILLS):
            target = len(read_log(log)) + 1
            process = started(place)
            while len(read_log(log)) < target and process.poll() is None:
                time.sleep(0.002)
            assert process.poll() is None, "it ended before it could be killed"
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        _, errors = (last := started(place)).communicate(timeout=400)
        assert last.returncode == 0, errors.decode()
        asked = [line["request"] for line in read_log(log)]
    assert len(set(asked)) == DAYS
    assert len(asked) - len(set(asked)) <= KILLS * AT_ONCE
    check_moments(place, dreamt.expected)


def test_what_is_wrong_with_s3_is_said_in_a_sentence(
    s3: str,  # noqa: F811
    rem: Rem,  # noqa: F811
    tmp_path: Path,
) -> None:
    nowhere = Bucket(s3)
    nowhere.configure(tmp_path, 'timezone = "UTC"')
    (tmp_path / "a.jsonl").write_text(
        '{"t": "resource", "id": "r1", "user_id": "ann", "name": "A note", "content": "Hello", '
        f'"category": "note", "created_at": "{datetime.now(UTC).isoformat()}"}}\n'
    )
    imported = rem("--home", tmp_path, "import", "jsonl", tmp_path / "a.jsonl")
    assert imported.code == 1
    for done in (imported, rem("--home", tmp_path, "status"), rem("--home", tmp_path, "audit")):
        assert "there is no such bucket" in done.err
        assert "Traceback" not in done.err
    nowhere.make()
    assert "is empty so far" in rem("--home", tmp_path, "show").out
    assert rem("--home", tmp_path, "import", "jsonl", tmp_path / "a.jsonl").code == 0
    assert rem("--home", tmp_path, "dream").code == 0
    assert "Hello" in rem("--home", tmp_path, "show").out
