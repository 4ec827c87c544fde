"""SQL: every question of the design document runs, and nothing but a SELECT of one's own rows does."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from rem_dagster.errors import QueryError
from rem_dagster.model.ids import derive_id
from rem_dagster.recall.sql import postgres_forms, query
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.stored import edge, mention, message, moment, put, resource, session, summary

LISBON = "Europe/Lisbon"
NOW = datetime.now(UTC)
YESTERDAY = (NOW - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Store]:
    """A home in Lisbon with a little of everything, of two users."""
    home = open_home(tmp_path_factory.mktemp("sql") / "home", create=True, flags={"timezone": LISBON})
    store = Store(home.tables_uri)
    store.create()
    recent = NOW - timedelta(minutes=5)
    put(store, "sessions", session("s1", at=recent), session("s2", at=recent, user="bob"))
    put(
        store,
        "messages",
        message("second", at=recent + timedelta(minutes=1)),
        message("first", at=recent),
        message("secret", at=recent, user="bob", session="s2"),
    )
    put(store, "resources", resource("note", "text", at=recent), resource("bob's", "secret", user="bob"))
    put(
        store,
        "moments",
        moment("DiskANN", at=YESTERDAY, tags=["diskann"], emotions=["productive"], hours=3),
        moment("Stuck", at=YESTERDAY, tags=["infra"], emotions=["frustrated"]),
        moment("Older", at=YESTERDAY - timedelta(days=3), tags=["diskann"], emotions=["productive"]),
        moment("Secret", at=YESTERDAY, user="bob", tags=["diskann"]),
    )
    names = [mention(name, at=YESTERDAY) for name in ("DiskANN", "Disk ANN", "Vamana", "Vamana 2")]
    put(store, "mentions", *names, mention("Secret", user="bob"))
    ids = [row["entity_id"] for row in names]
    put(
        store,
        "edges",
        edge(ids[0], ids[1], "same_as"),
        edge(ids[3], ids[2], "same_as"),
        edge(ids[2], ids[3], "not_same_as", owner="user"),
    )
    week = YESTERDAY - timedelta(days=YESTERDAY.weekday())
    put(
        store,
        "summaries",
        summary("A day of disks.", at=YESTERDAY, end=YESTERDAY + timedelta(days=1)),
        summary("A week of disks.", at=week, end=week + timedelta(days=7), period="week"),
    )
    return home, store


@pytest.fixture
def ask(filled: tuple[Home, Store]):  # type: ignore[no-untyped-def]
    home, store = filled

    def run(sql: str, parameters: object = None, **options: object) -> pa.Table:
        return query(home, store, sql, parameters, **{"user_id": "ann", **options})  # type: ignore[arg-type]

    return run


DESIGN = [
    ("SELECT * FROM resources WHERE created_at >= NOW() - INTERVAL '24 hours' ORDER BY created_at", None),
    (
        "SELECT s.*,\n       array_agg(m.* ORDER BY m.created_at) as messages\nFROM sessions s\n"
        "JOIN messages m ON m.session_id = s.id\nWHERE s.created_at >= NOW() - INTERVAL '24 hours'\n"
        "GROUP BY s.id",
        1,
    ),
    ("SELECT * FROM resources WHERE created_at >= '2025-01-01T00:00:00+00:00'", 3),
    ("SELECT * FROM moments WHERE DATE(start_time) = CURRENT_DATE - 1", 2),
    ("SELECT * FROM moments\n WHERE start_time >= CURRENT_DATE - 7\n ORDER BY start_time", 3),
    ("SELECT * FROM moments WHERE 'diskann' = ANY(tags)", 2),
    (
        "SELECT * FROM moments WHERE 'productive' = ANY(emotion_tags) "
        "ORDER BY (end_time - start_time) DESC LIMIT 10",
        2,
    ),
    (
        "SELECT tags, COUNT(*)\n FROM moments\n WHERE 'frustrated' = ANY(emotion_tags)\n GROUP BY tags"
        "\n ORDER BY COUNT(*) DESC",
        1,
    ),
]


@pytest.mark.parametrize(("sql", "rows"), DESIGN)
def test_the_designs_sql_runs_word_for_word(ask, sql: str, rows: int | None) -> None:  # type: ignore[no-untyped-def]
    result = ask(sql)
    assert rows is None or result.num_rows == rows


def test_messages_are_gathered_in_order(ask) -> None:  # type: ignore[no-untyped-def]
    (row,) = ask(DESIGN[1][0]).to_pylist()
    assert [each["content"] for each in row["messages"]] == ["first", "second"]


def test_days_are_those_of_the_home(ask) -> None:  # type: ignore[no-untyped-def]
    result = ask("SELECT start_time, current_setting('TimeZone') AS zone FROM moments LIMIT 1")
    assert result.schema.field("start_time").type.tz == LISBON
    assert result["zone"].to_pylist() == [LISBON]


def test_summaries_are_resources_of_their_own_category(ask) -> None:  # type: ignore[no-untyped-def]
    rows = ask("SELECT category, content FROM resources ORDER BY category").to_pylist()
    assert [row["category"] for row in rows] == ["note", "summary", "summary_week"]
    assert rows[1]["content"] == "A day of disks."


def test_entities_are_mentions_joined_unless_the_user_said_no(ask) -> None:  # type: ignore[no-untyped-def]
    rows = ask("SELECT * FROM entities").to_pylist()
    groups = {tuple(row["aliases"]): row["mention_count"] for row in rows}
    assert groups == {("Disk ANN", "DiskANN"): 2, ("Vamana",): 1, ("Vamana 2",): 1}
    assert {row["id"] for row in rows} >= {derive_id("ann", "vamana")}


@pytest.mark.parametrize("view", ["sessions", "messages", "resources", "moments", "mentions", "entities"])
def test_a_user_sees_own_rows_and_the_operator_all(ask, view: str) -> None:  # type: ignore[no-untyped-def]
    sql = f"SELECT DISTINCT user_id FROM {view} ORDER BY 1"
    assert ask(sql)["user_id"].to_pylist() == ["ann"]
    assert ask(sql, user_id=None)["user_id"].to_pylist() == ["ann", "bob"]
    assert ask(sql, user_id="it's nobody").num_rows == 0


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM stored_messages, messages",
        "SELECT * FROM query('SELECT * FROM stored_messages') WHERE EXISTS (FROM messages)",
        "SELECT * FROM query_table('stored_messages') WHERE EXISTS (FROM messages)",
        "SELECT * FROM messages WHERE user_id = 'bob' OR true",
        "SELECT content FROM messages UNION ALL SELECT content FROM stored_messages",
    ],
)
def test_no_sql_reaches_around_a_view_to_another_user(ask, sql: str) -> None:  # type: ignore[no-untyped-def]
    assert "secret" not in str(ask(sql).to_pylist())


def test_parameters_are_values_not_sql(ask) -> None:  # type: ignore[no-untyped-def]
    assert ask("SELECT name FROM moments WHERE name = ?", ["Stuck"]).num_rows == 1
    assert ask("SELECT name FROM moments WHERE name = $n", {"n": "x' OR '1'='1"}).num_rows == 0


ATTACKS = [
    "DROP VIEW moments",
    "SELECT 1; DROP VIEW moments",
    "SELECT 1; SELECT 2",
    "DELETE FROM moments",
    "UPDATE moments SET name = 'x'",
    "INSERT INTO moments SELECT * FROM moments",
    "CREATE TABLE t AS SELECT 1",
    "CREATE MACRO f(a) AS a",
    "ALTER VIEW moments RENAME TO x",
    "ATTACH ':memory:' AS other",
    "ATTACH '{path}/new.db'",
    "DETACH memory",
    "USE memory",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "SET memory_limit = '100GB'",
    "RESET memory_limit",
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "LOAD httpfs",
    "COPY (SELECT 1) TO '{path}/out.csv'",
    "EXPORT DATABASE '{path}/out'",
    "IMPORT DATABASE '{path}'",
    "BEGIN",
    "PREPARE p AS SELECT 1",
    "VACUUM",
    "CHECKPOINT",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('https://example.com/x.parquet')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM enable_logging('QueryLog', storage = 'file', storage_config = {{'path': '{path}/log'}})",
    "SELECT getenv('HOME')",
    "SELECT * FROM home",
    "SELECT * FROM store",
    "SELECT set_config('memory_limit', '100GB', false)",
    "/* SELECT */ DROP VIEW moments -- SELECT",
    "",
    ";",
    "SELEC 1",
    "\x00",
]


@pytest.mark.parametrize("sql", ATTACKS)
def test_anything_but_reading_own_tables_is_refused_in_own_words(ask, sql: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(QueryError, match="Nothing was changed"):
        ask(sql.format(path=tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert ask("SELECT * FROM moments").num_rows == 3


@pytest.mark.parametrize(
    ("sql", "help_given"),
    [
        ("SELECT emotions FROM moments", "no column 'emotions'; did you mean emotion_tags?"),
        ("SELECT m.titel FROM moments m", "no column 'titel'"),
        ("SELECT * FROM momentz", "no table 'momentz'; did you mean moments?"),
        ("SELECT * FROM users", "There are: sessions, messages"),
        ("SELECT slice_key FROM moments", "no column 'slice_key'"),
        ("DELETE FROM moments", "must be one SELECT.*DELETE.*only reads"),
        ("SELECT 1; SELECT 2", "is: SELECT, SELECT"),
        ("SELECT 'x'::INT", "Could not convert"),
        ("SELECT * FROM read_text('/etc/passwd')", "the home's tables alone"),
        ("SELECT name FROM moments WHERE name = ?", "cannot run"),
    ],
)
def test_an_error_says_what_to_write_instead(ask, sql: str, help_given: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(QueryError, match=help_given):
        ask(sql)


def test_a_query_that_takes_too_long_is_stopped(ask) -> None:  # type: ignore[no-untyped-def]
    begun = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.3 s.*stopped"):
        ask(
            "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 3",
            timeout_seconds=0.3,
        )
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("asked", "run"),
    [
        (
            "SELECT a.*, array_agg(b.* ORDER BY b.x) FROM a JOIN b GROUP BY a.id",
            "array_agg(b ORDER BY b.x) FROM a JOIN b GROUP BY ALL",
        ),
        ("SELECT '::jsonb array_agg(b.*)'", "SELECT '::jsonb array_agg(b.*)'"),
        ("SELECT x::jsonb -- jsonb", "SELECT x::json -- jsonb"),
        ("SELECT count(*) FROM a GROUP BY a.id", "GROUP BY a.id"),
        ("SELECT $$array_agg(b.*)$$", "$$array_agg(b.*)$$"),
    ],
)
def test_only_forms_of_postgres_are_rewritten(asked: str, run: str) -> None:
    assert postgres_forms(asked).endswith(run)
