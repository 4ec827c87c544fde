"""Forgetting that is killed, that others disturb, and that works on S3 and with a shared Postgres."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import read_log
from rem_dagster.memory import Memory
from rem_dagster.s3 import S3Folder
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from tests.activity import MONDAY, chat_day, contents, fill, message
from tests.model_server import running
from tests.s3 import Bucket, bucket, s3  # noqa: F401  # fixtures
from tests.services import postgres_server

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]
SECRET = "Doctor Okafor says the biopsy of my left knee is next Wednesday."
DAYS = 5
ALONE = MONDAY + timedelta(days=DAYS)
"""A day of which nothing else is known, so that its title and summary tell of the secret."""
NOT_OF_ITEMS = ("syncs", "forgotten")
FORGET = """
import os, signal, sys
from rem_dagster import Memory
from rem_dagster.ingest.forgetting import erase, scope
from rem_dagster.store.database import Store
left = int(sys.argv[2])

def counted(owner, name):
    real = getattr(owner, name)
    def call(*given, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)
    setattr(owner, name, call)

for name in ("delete", "upsert", "replace_slices"):
    counted(Store, name)
for name in ("cleanse", "forget_answers", "refresh_text"):
    counted(erase, name)
done = Memory.open(sys.argv[1]).forget("m5900", "chat-2025-10-07", yes=True)
print(left)
sys.exit(0 if done.is_done else 1)
"""
DREAM = "from rem_dagster import Memory; import sys; Memory.open(sys.argv[1]).dream(redo='all')"


def run(script: str, home: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", script, str(home), *words]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False
    )


def activity() -> list:  # type: ignore[type-arg]
    secret = message(5900, ALONE, content=SECRET)
    return [*(each for day in range(DAYS) for each in chat_day(day)), secret]


def dreamt(home: Home) -> Store:
    store = Store(home.tables_uri, home.settings.storage_options)
    dream(home, store, choose_engine(home), DreamPlan())
    refresh_across(home, store)
    return store


def held(home: Home) -> Mapping[str, list[dict[str, object]]]:
    return contents(dreamt(home), without=NOT_OF_ITEMS)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dreamt home; to be copied."""
    home = open_home(tmp_path_factory.mktemp("lived") / "home", create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, activity())
    dreamt(home)
    return home.path


def test_killed_at_any_write_the_same_command_again_completes_it(lived: Path, tmp_path: Path) -> None:
    calm = tmp_path / "calm"
    shutil.copytree(lived, calm)
    whole = run(FORGET, calm, "1000")
    assert whole.returncode == 0, whole.stderr
    writes = 1000 - int(whole.stdout)
    expected = held(open_home(calm))
    assert writes > 20
    for write in range(1, writes + 1, 5):
        killed = tmp_path / f"killed-{write}"
        shutil.copytree(lived, killed)
        assert run(FORGET, killed, str(write)).returncode == -signal.SIGKILL, write
        store = Store(str(killed / "tables"))
        whole_days = {row["partition_key"] for row in contents(store)["dreams"]}
        assert {
            row["partition_key"] for row in contents(store)["summaries"] if row["period"] == "day"
        } >= whole_days
        again = run(FORGET, killed, "1000")
        assert again.returncode == 0, again.stderr
        assert held(open_home(killed)) == expected, write
        shutil.rmtree(killed)


def test_dreams_meanwhile_are_waited_for_and_bring_nothing_back(lived: Path, tmp_path: Path) -> None:
    place = tmp_path / "busy"
    shutil.copytree(lived, place)
    home = open_home(place)
    command = [sys.executable, "-c", DREAM, str(place)]
    dreams = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    done = Memory(home).forget("m5900", yes=True)
    assert done.is_done, done.proof
    for each in dreams:
        _, errors = each.communicate(timeout=300)
        assert each.returncode == 0, errors.decode()
    store = Store(home.tables_uri)
    assert fill(home, store, activity()).new == 0
    assert "kafor" not in str(held(home))


def test_on_s3_rows_answers_and_old_objects_go(
    bucket: Bucket,  # noqa: F811
    tmp_path: Path,
) -> None:
    with running() as url:
        bucket.configure(tmp_path / "home", more=f'llm = "fake-1"\nllm_base_url = "{url}"')
        home = open_home(tmp_path / "home", create=True, flags={"timezone": "UTC"})
        store = Store(home.tables_uri, home.settings.storage_options)
        store.create()
        fill(home, store, activity())
        dreamt(home)
        [gone] = [row["id"] for row in contents(store)["messages"] if row["native_id"] == "m5900"]
        spent = sum(each.cost_usd or 0 for each in read_log(answers_of(home)).entries)
        done = Memory(home).forget("m5900", yes=True)
        assert done.is_done, done.proof
        assert done.plan.answers > 0
        assert done.plan.model_days == 1
        assert sum(each.cost_usd or 0 for each in read_log(answers_of(home)).entries) == spent
        folder = S3Folder(home.tables_uri, home.settings.storage_options)
        assert not [
            each.name for each in folder.objects() if str(gone).encode() in (folder.read(each.name) or b"")
        ]
        assert fill(home, store, activity()).new == 0
        assert "kafor" not in str(held(home))


def test_with_a_shared_postgres_its_history_loses_the_words(lived: Path, tmp_path: Path) -> None:
    place = tmp_path / "shared"
    shutil.copytree(lived, place)
    (place / "config.toml").write_text("[dagster]\nshow_text = true\n", encoding="utf-8")
    command = [sys.executable, "-m", "rem_dagster.interfaces.cli.main", "--home", str(place)]
    with postgres_server() as postgres:
        url = postgres.new_database()
        environment = {**os.environ, "REM_POSTGRES_URL": url}
        store = Store(str(place / "tables"))
        store.delete("dreams", equals("partition_key", ALONE.date().isoformat()))

        def rem(*words: str) -> "subprocess.CompletedProcess[str]":
            return subprocess.run(
                [*command, *words], env=environment, capture_output=True, text=True, timeout=300, check=False
            )

        assert rem("dream", "--no-sync").returncode == 0
        database = url.rpartition("/")[2]
        words = "SELECT count(*) FROM event_logs WHERE event LIKE '%biopsy%'"
        [(before,)] = postgres.run_sql(words, database=database)
        assert before
        done = rem("forget", "m5900", "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        assert postgres.run_sql(words, database=database) == [(0,)]
        query = "SELECT count(*) FROM asset_keys WHERE last_materialization LIKE '%biopsy%'"
        assert postgres.run_sql(query, database=database) == [(0,)]
