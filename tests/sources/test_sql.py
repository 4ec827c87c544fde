"""Rows of somebody's own database."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import InputError, SourceError
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import make_source, recognise
from rem_dagster.ingest.report import ImportReport
from rem_dagster.ingest.sync import sync
from rem_dagster.model.activity import MessageItem, ResourceItem, SessionItem
from rem_dagster.settings import Home, open_home
from rem_dagster.sources.source import IncrementalSource, Problem
from rem_dagster.sources.sql_connection import with_driver, without_password
from rem_dagster.sources.sql_mapping import TableMapping
from rem_dagster.sources.sql_marks import lower_bound, mark_of
from rem_dagster.store.database import Store
from tests.ingest.items import NOW, new_home, outcome

CHAT = {
    "becomes": "messages",
    "table": "chat",
    "id": "id",
    "time": "sent_at",
    "session": "thread",
    "role": "kind",
    "map": {"role": {"human": "user", "bot": "assistant"}},
    "author": "who",
    "text": "body",
}
COLUMNS = "id INTEGER, sent_at TEXT, updated_at TEXT, thread TEXT, kind TEXT, who TEXT, body TEXT"


def database(path: Path, rows: Iterable[Sequence[object]] = (), columns: str = COLUMNS) -> Path:
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute(f"CREATE TABLE IF NOT EXISTS chat ({columns})")
        for row in rows:
            opened.execute(f"INSERT INTO chat VALUES ({', '.join('?' * len(row))})", row)
    return path


def row(
    number: int, *, day: int = 1, updated: str | None = None, text: str | None = None
) -> tuple[object, ...]:
    at = f"2024-05-{day:02} 10:{number % 60:02}:00"
    return (number, at, updated or at, "t1", "human", "Ana", text or f"line {number}")


def read(
    path: Path, *mappings: dict[str, Any], mark: str | None = None
) -> tuple[list[Any], list[Problem], str]:
    source = make_source("sql", path, options={"tables": mappings or (CHAT,)})
    assert isinstance(source, IncrementalSource)
    told = list(source.read_since(mark))
    problems = [each for each in told if isinstance(each, Problem)]
    return [each for each in told if not isinstance(each, Problem)], problems, str(source.mark)


def put(home: Home, store: Store, path: Path, *, user: str = "ines") -> ImportReport:
    source = make_source("sql", path, options={"tables": [CHAT]})
    return import_source(home, store, source, user_id=user, now=NOW)


def test_rows_become_messages_with_their_roles_mapped(tmp_path: Path) -> None:
    rows = [row(1), (2, "2024-05-01T12:00:00+02:00", None, "t1", "bot", None, "Hello")]
    (first, second), problems, _ = read(database(tmp_path / "a.db", rows))
    assert isinstance(first, MessageItem)
    assert (first.native_id, first.session_native_id, first.role, first.author) == ("1", "t1", "user", "Ana")
    assert first.created_at.tzinfo is None  # the home's zone decides
    assert (second.role, second.created_at.hour, second.utc_offset_minutes) == ("assistant", 12, 120)
    assert [each.reason for each in problems] == [
        "names neither updated_at nor grows_by: all of it is read each time"
    ]


@pytest.mark.parametrize(
    ("value", "unit", "hour"),
    [
        (1714557600, "auto", 10),
        (1714557600000, "auto", 10),
        (1714557600000000, "microseconds", 10),
        (13359031200000000, "webkit", 10),
        (736250400, "mac", 10),
        ("736250400.0", "mac", 10),
        ("2024-05-01T10:00:00Z", "auto", 10),
    ],
)
def test_numbers_are_times_in_the_unit_that_they_count(
    tmp_path: Path, value: object, unit: str, hour: int
) -> None:
    path = database(
        tmp_path / "a.db",
        [(1, value, None, "t", "human", None, "x")],
        COLUMNS.replace("sent_at TEXT", "sent_at"),
    )
    (item,), _, _ = read(path, {**CHAT, "unit": unit})
    assert item.created_at.astimezone(UTC) == datetime(2024, 5, 1, hour, tzinfo=UTC)


def test_a_zone_of_the_table_holds_for_times_that_have_none(tmp_path: Path) -> None:
    (item,), _, _ = read(database(tmp_path / "a.db", [row(1)]), {**CHAT, "zone": "Asia/Kolkata"})
    assert item.created_at.astimezone(UTC) == datetime(2024, 5, 1, 4, 31, tzinfo=UTC)


def test_what_a_row_lacks_is_said_and_the_others_come(tmp_path: Path) -> None:
    rows = [
        (None, "2024-05-01 10:00", None, "t", "human", None, "x"),
        (2, None, None, "t", "human", None, "x"),
        (3, "soon", None, "t", "human", None, "x"),
        (4, "2024-05-01 10:00", None, None, "human", None, "x"),
        (5, "2024-05-01 10:00", None, "t", "robot", None, "x"),
        (6, "2024-05-01 10:00", None, "t", "human", None, " "),
        (7, "2024-05-01 10:00", None, "t", "human", None, b"raw \xff bytes"),
    ]
    items, problems, _ = read(database(tmp_path / "a.db", rows))
    assert [each.content for each in items] == ["raw \ufffd bytes"]
    told = [(each.kind, each.field) for each in problems if each.kind != "notice"]
    assert sorted(told, key=str) == [
        ("failed", "id"),
        ("failed", "role"),
        ("failed", "session"),
        ("failed", "time"),
        ("failed", "time"),
        ("skipped", "text"),
    ]


def test_queries_templates_constants_and_several_columns_as_id(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", [row(1), row(2, day=2)])
    mapping = {
        "becomes": "resources",
        "query": "SELECT *, 'x' AS team FROM chat WHERE id > 1;",
        "id": ["team", "id"],
        "time": "sent_at",
        "name": "Talk of {who}",
        "text": "{who}: {body}",
        "category": "'email'",
        "trust": "'third_party'",
        "tags": "'work, later'",
        "metadata": ["thread"],
    }
    (item,), _, _ = read(path, mapping)
    assert isinstance(item, ResourceItem)
    assert (item.native_id, item.name, item.content) == ('["x", "2"]', "Talk of Ana", "Ana: line 2")
    assert (item.category, item.trust, item.tags) == ("email", "third_party", ("work", "later"))
    assert item.metadata == {"thread": "t1"}


def test_sessions_have_titles_cases_and_ends(tmp_path: Path) -> None:
    mapping = {
        "becomes": "sessions",
        "table": "chat",
        "id": "thread",
        "time": "sent_at",
        "ended": "updated_at",
    }
    path = database(tmp_path / "a.db", [row(1, updated="2024-05-01 12:00")])
    (item,), _, _ = read(path, {**mapping, "title": "body", "case": "'north'", "user": "who"})
    assert isinstance(item, SessionItem)
    assert (item.title, item.case_id, item.user_id) == ("line 1", "north", "Ana")
    assert item.ended_at == datetime(2024, 5, 1, 12)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time": "send_at"}, r"no column 'send_at'; did you mean 'sent_at'\?"),
        ({"table": "chats"}, r"It has the tables chat\."),
        ({"table": None}, "give either a table or a query"),
        ({"query": "SELECT 1"}, "give either a table or a query"),
        ({"session": None}, "messages need 'session'"),
        ({"zone": "Mars/Olympus"}, "is no IANA time zone"),
        ({"map": {"colour": {}}}, "not for colour"),
        ({"table": None, "query": "DELETE FROM chat"}, "Could not read"),
        ({"table": None, "query": "SELECT 1) AS x; DELETE FROM chat; --"}, "Could not read"),
        ({"where": "1) OR (nope"}, "Could not read"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_and_nothing_is_changed(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    path = database(tmp_path / "a.db", [row(1)])
    with pytest.raises((InputError, SourceError), match=said):
        read(path, {**CHAT, **change})
    assert len(read(path)[0]) == 1


def test_only_reading_goes(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", [row(1)])
    before = path.read_bytes()
    read(path)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.db"]


@pytest.mark.runs
def test_a_database_that_another_program_holds_is_read_with_what_it_has_just_written(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", [row(1)])
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("INSERT INTO chat VALUES (2, '2024-05-01 11:00', NULL, 't1', 'bot', NULL, 'new')")
        other.commit()
        items, _, _ = read(path)
    assert [each.native_id for each in items] == ["1", "2"]


def test_imported_again_nothing_changes_and_a_changed_row_is_an_update(
    home: Home, store: Store, tmp_path: Path
) -> None:
    path = database(tmp_path / "a.db", [row(number) for number in range(1, 6)])
    assert outcome(put(home, store, path)) == (5, 0, 0, 0, 0)
    assert outcome(put(home, store, path)) == (0, 0, 5, 0, 0)
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute("UPDATE chat SET body = 'other' WHERE id = 3")
        opened.execute("DELETE FROM chat WHERE id = 5")
    assert outcome(put(home, store, path)) == (0, 1, 3, 0, 0)
    assert store.count("messages") == 5  # what is missing was not deleted


def test_a_sync_reads_what_is_new_and_what_was_committed_late(
    home: Home, store: Store, tmp_path: Path
) -> None:
    path = database(tmp_path / "a.db", [row(number, day=10) for number in range(1, 6)])
    (home.path / "config.toml").write_text(
        f'[[sources]]\nkind = "sql"\npath = "{path}"\n\n[[sources.tables]]\nupdated_at = "updated_at"\n'
        + "".join(f"{name} = {json.dumps(value)}\n" for name, value in CHAT.items() if name != "map")
        + 'map.role = {human = "user"}\n'
    )
    home = open_home(home.path)
    (first,) = sync(home, store, now=NOW)
    assert first.report is not None
    assert outcome(first.report) == (5, 0, 0, 0, 0)
    late, old = row(6, day=10, updated="2024-05-10 09:59:30"), row(7, day=1)
    database(path, [late, old, row(8, day=12)])
    (second,) = sync(home, store, now=NOW)
    assert second.report is not None
    assert second.report.new == 2
    assert sorted(store.read("messages")["native_id"].to_pylist()) == ["1", "2", "3", "4", "5", "6", "8"]
    # reading all of it brings the one that came too late for the overlap
    assert put(home, store, path, user=home.settings.user).new == 1


@given(
    changes=st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 50), st.sampled_from("abc")), min_size=1, max_size=12
    ),
    cuts=st.sets(st.integers(1, 12), max_size=4),
)
def test_reading_in_parts_gives_what_reading_at_once_gives(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, str]], cuts: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("sql")
    path, held, mark = database(folder / "a.db"), {}, None
    mapping = {**CHAT, "updated_at": "updated_at", "time": "updated_at"}
    clock = datetime(2024, 5, 1, 8)
    for number, (key, minutes, text) in enumerate(changes, start=1):
        clock += timedelta(minutes=minutes)
        with closing(sqlite3.connect(path)) as opened, opened:
            opened.execute("DELETE FROM chat WHERE id = ?", [key])
            opened.execute(
                "INSERT INTO chat VALUES (?, ?, ?, 't', 'human', NULL, ?)", [key, "", str(clock), text]
            )
        if number in cuts:
            items, _, mark = read(path, mapping, mark=mark)
            held |= {each.native_id: each for each in items}
    items, _, _ = read(path, mapping, mark=mark)
    held |= {each.native_id: each for each in items}
    whole, _, _ = read(path, mapping)
    assert held == {each.native_id: each for each in whole}


@pytest.mark.parametrize(
    ("value", "least"),
    [
        (datetime(2024, 5, 1, 10, tzinfo=UTC), datetime(2024, 5, 1, 9, 50, tzinfo=UTC)),
        (datetime(2024, 5, 1, 10), datetime(2024, 5, 1, 9, 50)),
        (1714557600, 1714557000),
        (1714557600000, 1714557000000),
        ("2024-05-01T10:00:00Z", "2024-04-30"),
        ("v7", "v7"),
    ],
)
def test_a_read_goes_back_by_the_overlap(value: object, least: object) -> None:
    mapping = TableMapping.model_validate({**CHAT, "updated_at": "updated_at"})
    mark = mark_of(value, None)
    assert mark is not None
    assert lower_bound(mark, minutes=10, mapping=mapping) == least
    assert mark_of(None, mark) == mark


def test_a_password_is_neither_shown_nor_kept(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql+psycopg2://ana:hunter2@127.0.0.1:1/app"
    assert without_password(address) == "postgresql+psycopg2://ana@127.0.0.1:1/app"
    (home.path / "config.toml").write_text(
        f'[[sources]]\nkind = "sql"\npath = "{address}"\n[[sources.tables]]\n'
        'becomes = "sessions"\ntable = "t"\nid = "id"\ntime = "at"\n'
    )
    (report,) = sync(open_home(home.path), store, now=NOW)
    assert report.error is not None
    assert "hunter2" not in report.error + report.path
    assert "hunter2" not in str(store.read("syncs").to_pylist())


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APP_PASSWORD", raising=False)
    source = make_source(
        "sql", "postgresql+psycopg2://a:${APP_PASSWORD}@127.0.0.1:1/app", options={"tables": [CHAT]}
    )
    with pytest.raises(InputError, match=r"\$\{APP_PASSWORD\}, and no such variable is set"):
        list(source.read())


def test_a_database_without_a_mapping_is_shown_with_one_to_begin_with(tmp_path: Path) -> None:
    path = database(
        tmp_path / "a.db", [row(1)], COLUMNS.replace("sent_at", "created_at").replace("thread", "thread_id")
    )
    assert recognise(path).reason == "it is a SQLite database"
    with pytest.raises(InputError) as caught:
        make_source("sql", path)
    told = str(caught.value)
    assert "chat (1 rows): id, created_at" in told
    mapping = tmp_path / "work.toml"
    mapping.write_text(told[told.index("url = ") :])
    assert recognise(mapping).kind.name == "sql"
    (item, *_) = make_source("sql", mapping).read()
    assert isinstance(item, MessageItem)
    assert (item.session_native_id, item.content) == ("t1", "line 1")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0 and then nothing", b"plain text"])
def test_what_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.db").write_bytes(content)
    with pytest.raises((SourceError, InputError)):
        read(tmp_path / "a.db")
    with pytest.raises(SourceError, match="There is no database"):
        read(tmp_path / "none.db")


BROWSERS = {
    "chrome": (
        "CREATE TABLE urls (id INTEGER, url TEXT, title TEXT);"
        "CREATE TABLE visits (id INTEGER, url INTEGER, visit_time INTEGER);",
        "INSERT INTO urls VALUES (?, ?, ?)",
        "INSERT INTO visits VALUES (?, ?, ?)",
        lambda at: int((at - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() * 1e6),
    ),
    "firefox": (
        "CREATE TABLE moz_places (id INTEGER, url TEXT, title TEXT);"
        "CREATE TABLE moz_historyvisits (id INTEGER, place_id INTEGER, visit_date INTEGER);",
        "INSERT INTO moz_places VALUES (?, ?, ?)",
        "INSERT INTO moz_historyvisits VALUES (?, ?, ?)",
        lambda at: int(at.timestamp() * 1e6),
    ),
    "safari": (
        "CREATE TABLE history_items (id INTEGER, url TEXT, x TEXT);"
        "CREATE TABLE history_visits (id INTEGER, history_item INTEGER, visit_time REAL, title TEXT);",
        "INSERT INTO history_items VALUES (?, ?, ?)",
        "INSERT INTO history_visits SELECT ?1, ?2, ?3, x FROM history_items WHERE id = ?2",
        lambda at: (at - datetime(2001, 1, 1, tzinfo=UTC)).total_seconds(),
    ),
}


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_browsers_history_is_a_page_for_each_site_and_hour(tmp_path: Path, browser: str) -> None:
    tables, page, visit, number = BROWSERS[browser]
    pages = [
        (1, "https://docs.example.org/a?token=secret", "Joins"),
        (2, "https://docs.example.org/b", "Indexes"),
        (3, "http://shop.example.com", ""),
        (4, "file:///home/ana/x.html", "Mine"),
    ]
    start = datetime(2024, 5, 1, 10, 5, tzinfo=UTC)
    visits = [(1, 1, 0), (2, 2, 10), (3, 1, 20), (4, 3, 30), (5, 4, 31), (6, 2, 60)]
    path = tmp_path / "History"
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.executescript(tables)
        opened.executemany(page, pages)
        opened.executemany(visit, [(n, url, number(start + timedelta(minutes=m))) for n, url, m in visits])
    found = [each for each in make_source("sql", path).read() if isinstance(each, ResourceItem)]
    told = {(each.name, each.created_at.astimezone(UTC).hour): each for each in found}
    assert sorted(told) == [("docs.example.org", 10), ("docs.example.org", 11), ("shop.example.com", 10)]
    docs = told["docs.example.org", 10]
    assert docs.content == "Visited docs.example.org (2 pages):\nJoins\nIndexes"
    assert (docs.category, docs.trust) == ("web", "third_party")
    assert docs.active_end_time is not None
    assert docs.active_end_time - docs.created_at == timedelta(minutes=20)
    assert "secret" not in str(found)


def test_a_day_in_a_home_of_another_zone(store: Store, tmp_path: Path) -> None:
    home, store = new_home(tmp_path / "h", zone="Pacific/Auckland")
    put(home, store, database(tmp_path / "a.db", [row(1)]))
    (stored,) = store.read("messages").to_pylist()
    assert (stored["partition_key"], stored["time_confidence"]) == ("2024-05-01", "assumed_zone")


@given(
    st.lists(st.tuples(*[st.none() | st.integers() | st.floats() | st.text() | st.binary()] * 7), max_size=5)
)
def test_whatever_a_row_holds_it_is_an_item_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]
) -> None:
    rows = [tuple(clean(each) for each in row) for row in rows]
    path = database(
        tmp_path_factory.mktemp("sql") / "a.db", rows, COLUMNS.replace(" TEXT", "").replace(" INTEGER", "")
    )
    items, problems, _ = read(path, {**CHAT, "updated_at": "updated_at", "order": "id"})
    assert len(items) + sum(each.kind != "notice" for each in problems) == len(rows)


def clean(value: object) -> object:
    if isinstance(value, int) and abs(value) >= 2**63:
        return value % 2**62
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def test_a_table_that_only_grows_is_read_from_the_last_number_on(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", [row(number) for number in range(1, 6)])
    mapping = {**CHAT, "grows_by": "id"}
    _, problems, mark = read(path, mapping)
    assert problems == []
    database(path, [row(6), row(7)])
    items, _, _ = read(path, mapping, mark=mark)
    assert [each.native_id for each in items] == ["5", "6", "7"]


@pytest.mark.parametrize("url", ["x" * 3000, "\\u0000", "postgresql://", "sqlite:///", "nope://x", "a.db"])
def test_a_mapping_whose_database_cannot_be_is_told(tmp_path: Path, url: str) -> None:
    mapping = tmp_path / "a.toml"
    mapping.write_text(
        f'url = "{url}"\n[[tables]]\nbecomes = "sessions"\ntable = "t"\nid = "id"\ntime = "at"\n'
    )
    with pytest.raises((InputError, SourceError)):
        list(make_source("sql", mapping).read())


def test_a_mapping_nested_too_deeply_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[[tables]]\nx = " + "[" * 3000)
    with pytest.raises(InputError, match="not TOML"):
        make_source("sql", tmp_path / "a.toml")


def test_a_database_whose_names_are_no_text_is_told(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", [row(1)])
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE chat", b"CREATE TAB\xde\xc7 chat"))
    with pytest.raises(SourceError, match="Could not read"):
        read(path)


def test_an_address_of_postgres_without_a_driver_takes_the_one_that_is_there() -> None:
    for address in ("postgres://h/x", "postgresql://h/x"):
        assert with_driver(address) in ("postgresql+psycopg://h/x", "postgresql+psycopg2://h/x")
    for address in ("postgresql+asyncpg://h/x", "mysql://h/x"):
        assert with_driver(address) == address


@pytest.mark.parametrize("column", ["thread_id", "thread", "Room"])
def test_a_table_with_conversations_is_proposed_as_messages(tmp_path: Path, column: str) -> None:
    place = tmp_path / "app.db"
    with closing(sqlite3.connect(place)) as database:
        database.execute(
            f"create table said (id integer primary key, {column} text, body text, sent_at text)"
        )
    with pytest.raises(InputError, match=f'becomes = "messages"[^$]*session = "{column}"'):
        list(make_source("sql", place).read())
