"""Somebody's tables in a real Postgres: read, read on, and read again after the server went away."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rem_dagster.errors import SourceError
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import make_source
from rem_dagster.ingest.sync import sync
from rem_dagster.settings import Home, open_home
from rem_dagster.sources.source import IncrementalSource
from rem_dagster.store.database import Store
from tests.services import Postgres, postgres_server

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
NOW = datetime(2025, 1, 1, tzinfo=UTC)
TABLES = """
CREATE TYPE sender AS ENUM ('human', 'bot');
CREATE TABLE chat (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n integer, sent_at timestamptz NOT NULL,
  updated_at timestamp NOT NULL, thread bigint, kind sender, body text, extra jsonb, labels text[]
);
"""
MAPPING = """
becomes = "messages"
table = "public.chat"
id = "id"
time = "sent_at"
updated_at = "updated_at"
zone = "Europe/Lisbon"
order = "n"
session = "thread"
role = "kind"
map.role = { human = "user", bot = "assistant" }
text = "body"
metadata = ["extra", "labels"]
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


def say(postgres: Postgres, name: str, numbers: range, *, updated: str, text: str = "line") -> None:
    postgres.run_sql(
        "INSERT INTO chat (n, sent_at, updated_at, thread, kind, body, extra, labels) "
        f"SELECT g, timestamptz '2024-05-01 10:00+02' + g * interval '1 minute', '{updated}', g % 3, "
        f"(CASE WHEN g % 2 = 0 THEN 'human' ELSE 'bot' END)::sender, '{text} ' || g, "
        f"jsonb_build_object('g', g), ARRAY['a', 'b'] FROM generate_series({numbers[0]}, {numbers[-1]}) g",
        database=name,
    )


def configured(path: Path, url: str) -> Home:
    home = open_home(path, create=True, flags={"timezone": "UTC"})
    (path / "config.toml").write_text(
        f'[[sources]]\nkind = "sql"\npath = "{url}"\n[[sources.tables]]{MAPPING}'
    )
    return open_home(home.path)


def opened(home: Home) -> Store:
    store = Store(home.tables_uri)
    store.create()
    return store


def held(store: Store) -> list[dict[str, object]]:
    rows = store.read("messages").to_pylist()
    return sorted(({k: v for k, v in row.items() if k != "ingested_at"} for row in rows), key=str)


def test_what_is_read_bit_by_bit_is_what_is_there(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()
    name = url.rsplit("/", 1)[1]
    postgres.run_sql(TABLES, database=name)
    say(postgres, name, range(1, 2001), updated="2024-05-02 10:00")
    home = configured(tmp_path / "home", url)
    store = opened(home)
    (first,) = sync(home, store, now=NOW)
    assert first.report is not None
    assert (first.report.new, first.report.failed) == (2000, 0)
    say(postgres, name, range(2001, 2011), updated="2024-05-02 09:55")  # committed late, within the overlap
    postgres.run_sql(
        "UPDATE chat SET body = 'changed', updated_at = '2024-05-03 08:00' WHERE n IN (5, 7)", database=name
    )
    (second,) = sync(home, store, now=NOW)
    assert second.report is not None
    assert (second.report.new, second.report.updated) == (10, 2)
    say(postgres, name, range(3001, 3003), updated="2024-05-04 10:00")
    (third,) = sync(home, store, now=NOW)
    assert third.report is not None
    assert (third.report.new, third.report.read) == (2, 4)  # the two of the mark's own minutes are read again
    quiet = configured(tmp_path / "quiet", url)
    quiet = Home(quiet.path, home.file, quiet.settings, quiet.origins)
    whole = opened(quiet)
    sync(quiet, whole, now=NOW)
    assert held(store) == held(whole)
    (message,) = [row for row in held(store) if row["content"] == "line 6"]
    assert (message["role"], message["created_at"]) == ("user", datetime(2024, 5, 1, 8, 6, tzinfo=UTC))
    assert message["metadata"] == '{"extra": "{\\"g\\": 6}", "labels": "[\\"a\\", \\"b\\"]"}'


def test_a_server_that_goes_away_in_the_middle_loses_nothing(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()
    name = url.rsplit("/", 1)[1]
    postgres.run_sql(TABLES, database=name)
    say(postgres, name, range(1, 30_001), updated="2024-05-02 10:00", text="x" * 300)
    postgres.run_sql("CHECKPOINT")  # its commits do not wait for the disk, and it is stopped at once
    home = configured(tmp_path / "home", url)
    source = make_source("sql", url, home=home, options=home.settings.sources[0].options)
    assert isinstance(source, IncrementalSource)
    items = source.read_since(None)
    for _ in range(10):
        next(items)
    postgres.restart()
    with pytest.raises(SourceError, match="goes on from there"):
        for _ in items:
            pass
    assert source.mark is None
    store = opened(home)
    (report,) = sync(home, store, now=NOW)
    assert report.report is not None
    assert (report.report.new, store.count("messages")) == (30_000, 30_000)


def test_nothing_can_be_written_there(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()
    name = url.rsplit("/", 1)[1]
    postgres.run_sql(TABLES, database=name)
    postgres.run_sql(
        "CREATE FUNCTION grow() RETURNS SETOF chat LANGUAGE sql AS "
        "$$INSERT INTO chat (sent_at, updated_at) VALUES (now(), now()) RETURNING *$$",
        database=name,
    )
    home = configured(tmp_path / "home", url)
    mapping = {"becomes": "sessions", "query": "SELECT * FROM grow()", "id": "id", "time": "sent_at"}
    source = make_source("sql", url, home=home, options={"tables": [mapping]})
    with pytest.raises(SourceError, match="read-only"):
        import_source(home, opened(home), source, user_id="ines", now=NOW)
    assert postgres.run_sql("SELECT count(*) FROM chat", database=name) == [(0,)]


def test_the_command_proposes_a_mapping_for_an_address(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.new_database()
    postgres.run_sql(TABLES, database=url.rsplit("/", 1)[1])
    command = [sys.executable, "-m", "rem_dagster.interfaces.cli.main", "import", "sql", url]
    done = subprocess.run(
        [*command, "--home", str(tmp_path / "h")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert 'table = "chat"' in done.stderr
    assert not (tmp_path / "h").exists()
