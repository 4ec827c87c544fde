"""`rem forget`: what is shown before, what is done and said after, and what of it is refused."""

import json
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from rem_dagster.ingest.forgetting.scope import FILE, Scope, write_pending
from rem_dagster.settings import Home, open_home
from rem_dagster.store.backup import back_up
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill, message
from tests.interfaces.cli.conftest import Rem, snapshot

SECRET = "Doctor Okafor 👩🏾‍⚕️ says the biopsy of my left knee is next Wednesday."


@pytest.fixture(scope="module")
def knowing(lived: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a secret and a note in Japanese; to be copied."""
    place = tmp_path_factory.mktemp("knowing") / "home"
    shutil.copytree(lived.path, place)
    home = open_home(place)
    more = [
        message(700, MONDAY, content=SECRET),
        message(701, MONDAY, content="田中さんと" + "話した。" * 20),
    ]
    fill(home, Store(home.tables_uri), more)
    return place


@pytest.fixture
def known(knowing: Path, tmp_path: Path) -> Path:
    """A home of the test's own."""
    shutil.copytree(knowing, tmp_path / "known")
    return tmp_path / "known"


def test_what_would_go_is_shown_and_nothing_is_changed(rem: Rem, knowing: Path) -> None:
    before = snapshot(open_home(knowing))
    shown = rem("--home", knowing, "forget", "--person", "Okafor")
    assert shown.code == 0
    assert shown.out.startswith("Would be forgotten: 1 message.\n")
    assert "Doctor Okafor" in shown.out
    assert "Monday 6 October 2025" in " ".join(shown.out.split())
    assert shown.out.splitlines()[-1].endswith("forget --person Okafor --yes")
    wide = rem("--home", knowing, "forget", "--person", "田中")
    lines = (shown.out + wide.out).splitlines()
    assert [line for line in lines if cell_len(line) > 80 and "rem --home" not in line] == []
    assert snapshot(open_home(knowing)) == before


def test_it_is_forgotten_proved_and_counted(rem: Rem, known: Path) -> None:
    done = rem("--home", known, "forget", "m700", "--yes")
    assert done.code == 0
    assert "proved: " in done.out
    assert done.out.splitlines()[-1].endswith("dream")
    assert "Okafor" not in rem("--home", known, "search", "biopsy", "--schema", "messages").out
    assert rem("--home", known, "forget", "m700").code == 2
    assert "1 item" in rem("--home", known, "forget", "--list").out
    assert rem("--home", known, "forget", "--list", "--json").json[0]["items"] == 1
    assert "Nothing that is stored fits" in rem("--home", known, "forget", "--person", "Okafor").out


def test_programs_get_all_of_it(rem: Rem, known: Path) -> None:
    told = rem("--home", known, "forget", "--search", "biopsy", "--json").json
    assert (told["done"], told["messages"], told["proof"]) == (False, 1, None)
    assert told["items"][0]["text"] == SECRET
    assert told["days"] == {"ines": ["2025-10-06"]}
    done = rem("--home", known, "forget", "--search", "biopsy", "--yes", "--json").json
    assert done["done"] is True
    assert done["proof"]["left"] == []
    assert done["proof"]["texts"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "What is to be forgotten?"),
        (["--yes"], "What is to be forgotten?"),
        (["nobody"], "There is no message, document, session or moment"),
        (["--session", "nobody"], "There is no session"),
        (["--source", "slack"], "There is list"),
        (["--everything", "--yes"], "--everything wants --user"),
        (["--start", "2025-10-08", "--end", "2025-10-06"], "runs backwards"),
        (["--user", "zoe", "m1"], "Nothing of user 'zoe'"),
        (["--search", " "], "no words"),
    ],
)
def test_what_cannot_be_forgotten_is_told(rem: Rem, knowing: Path, words: list[str], said: str) -> None:
    done = rem("--home", knowing, "forget", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_an_empty_home_is_told(rem: Rem, home: Home) -> None:
    done = rem("--home", home.path, "forget", "m1")
    assert (done.code, done.out) == (0, "")
    assert "is empty so far" in done.err
    assert "Nothing was forgotten" in rem("--home", home.path, "forget", "--list").out


def test_a_day_is_forgotten_by_its_date(rem: Rem, knowing: Path) -> None:
    shown = rem("--home", knowing, "forget", "--start", "2025-10-07", "--end", "2025-10-07", "--json").json
    assert (shown["messages"], shown["documents"], shown["sessions"]) == (6, 3, 1)


def test_everything_of_a_user_goes(rem: Rem, known: Path) -> None:
    done = rem("--home", known, "forget", "--user", "ines", "--everything", "--yes")
    assert done.code == 0
    assert Store(str(known / "tables")).count("messages") == 0
    assert Store(str(known / "tables")).count("moments") == 0


@pytest.mark.runs
def test_a_backup_is_named_and_leaves_it_partly_done(rem: Rem, known: Path) -> None:
    home = open_home(known)
    back_up(known, Store(home.tables_uri), now=datetime(2025, 12, 1, tzinfo=UTC))
    done = rem("--home", known, "forget", "m700", "--yes")
    assert done.code == 3
    assert "A backup holds what the home held" in done.out
    assert rem("--home", known, "forget", "m701", "--yes", "--backups").code == 0
    assert not list((known / "backups").glob("*"))


@pytest.mark.runs
def test_what_was_begun_is_completed_by_the_bare_command(rem: Rem, known: Path) -> None:
    held = rem("--home", known, "forget", "m700", "--json").json
    ids = {item["id"] for item in held["items"]}
    write_pending(open_home(known), Scope(messages=frozenset(ids), days=frozenset({("ines", "2025-10-06")})))
    assert "was begun and stopped; `rem forget --yes`" in rem("--home", known, "status").out
    assert rem("--home", known, "status", "--json").json["forgetting_unfinished"] is True
    examined = rem("--home", known, "doctor", "--no-call")
    assert examined.code == 1
    assert "still stored" in examined.out
    assert "was stopped" in rem("--home", known, "forget").out
    assert rem("--home", known, "forget", "--yes").code == 0
    assert not (known / FILE).exists()
    assert "forget --yes" not in rem("--home", known, "status").out
    assert Store(str(known / "tables")).count("messages", "native_id = 'm700'") == 0


@pytest.mark.runs
def test_a_forgotten_source_that_is_still_read_is_named(rem: Rem, known: Path) -> None:
    (known / "config.toml").write_text('[[sources]]\nkind = "git"\npath = "/code/tides"\n')
    assert "still names" not in rem("--home", known, "forget", "m700", "--yes").out
    entry = '\n[[sources]]\nkind = "list"\npath = "/somewhere"\n'
    with (known / "config.toml").open("a") as config:
        config.write(entry)
    done = " ".join(rem("--home", known, "forget", "--source", "list", "--yes").out.split())
    assert "config.toml still names list /somewhere: what was forgotten stays out" in done
    assert "git" not in done


@pytest.mark.runs
def test_words_leave_dagster_s_history_and_no_day_looks_undone(rem: Rem, tmp_path: Path) -> None:
    place = tmp_path / "home"
    place.mkdir()
    (place / "config.toml").write_text("[dagster]\nshow_text = true\n", encoding="utf-8")
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, [*chat_day(0), message(700, MONDAY + timedelta(days=2), content=SECRET)])
    assert rem("--home", place, "--user", "ines", "dream", "--no-sync").code == 0
    assert "biopsy" in _history(place)
    events = _events(place)
    done = rem("--home", place, "forget", "m700", "--yes")
    assert done.code == 0
    assert "Dagster's history" in done.out
    assert "biopsy" not in _history(place)
    assert _events(place) == events
    assert "Thursday" in _history(place), "the other day keeps its words"
    raw = b"".join(path.read_bytes() for path in (place / "dagster").rglob("*.db*"))
    assert b"biopsy" not in raw


def _history(place: Path) -> str:
    """Every text in every table of Dagster's files."""
    found = []
    for path in sorted((place / "dagster").rglob("*.db")):
        with sqlite3.connect(path) as database:
            names = [
                name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            found += [row for name in names for row in database.execute(f'SELECT * FROM "{name}"')]
    return json.dumps(found, default=str)


def _events(place: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(place / "dagster" / "history" / "runs" / "index.db") as database:
        query = "SELECT asset_key, partition FROM event_logs WHERE asset_key IS NOT NULL ORDER BY id"
        return list(database.execute(query))
