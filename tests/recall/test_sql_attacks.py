"""Attacks by SQL: each is refused in own words, at once, and leaves the home as it was."""

import hashlib
from pathlib import Path

import pytest

from rem_dagster.errors import QueryError
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.recall.conftest import Ask

FILES = [
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM 'notes.csv'",
    "SELECT * FROM '{path}/*.parquet'",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM main.read_text('/etc/passwd')",
    "SELECT * FROM READ_TEXT('/etc/passwd')",
    "SELECT * FROM \"read_text\"('/etc/passwd')",
    "SELECT * FROM moments m, LATERAL (SELECT * FROM read_text(m.name))",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "WITH x AS (FROM read_text('/etc/passwd')) FROM x",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_ndjson_objects('/etc/passwd')",
    "SELECT * FROM read_parquet('/etc/passwd')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT * FROM read_duckdb('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "COPY (SELECT 1) TO '{path}/out.csv'",
    "COPY moments FROM '{path}/in.csv'",
    "EXPORT DATABASE '{path}/out'",
    "IMPORT DATABASE '{path}'",
    "ATTACH '{path}/new.db'",
    "ATTACH ':memory:' AS other",
    ".read /etc/passwd",
    ".shell ls",
]
NETWORK_AND_EXTENSIONS = [
    "SELECT * FROM 'https://example.com/x.parquet'",
    "SELECT * FROM read_parquet('https://example.com/x.parquet')",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "SELECT * FROM read_text('http://127.0.0.1:1/')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "FORCE INSTALL spatial FROM community",
    "SELECT * FROM st_read('/etc/passwd')",
    "SELECT * FROM postgres_scan('host=localhost', 'public', 't')",
    "SELECT * FROM sqlite_scan('/x.db', 't')",
    "SELECT * FROM create_external_resource('x')",
    "SELECT * FROM register_external_resource_type('x')",
]
SETTINGS = [
    "SET memory_limit = '100GB'",
    "SET enable_external_access = true",
    "RESET memory_limit",
    "SET VARIABLE x = 1",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "CALL pragma_version()",
    "USE memory",
    "SHOW timezone",
    "SHOW ALL TABLES",
    "SELECT set_config('memory_limit', '100GB', false)",
    "SELECT current_setting('secret_directory')",
    "SELECT current_setting('TimeZone' || '')",
    "SELECT CURRENT_SETTING(name) FROM moments",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x')",
    "SELECT pg_sleep(100)",
    "SELECT sleep_ms(100000)",
    "SELECT write_log('x')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM which_secret('s3://x', 's3')",
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM duckdb_views()",
    "SELECT * FROM duckdb_extensions()",
    "SELECT * FROM duckdb_logs()",
    "SELECT * FROM pragma_database_size()",
    "SELECT * FROM pragma_table_info('stored_moments')",
    "SELECT * FROM enable_logging('QueryLog', storage = 'file', storage_config = {{'path': '{path}/log'}})",
    "SELECT * FROM enable_profiling(save_location = '{path}/profile')",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_class",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM duckdb_settings",
]
STATEMENTS = [
    "SELECT 1; DROP VIEW moments",
    "SELECT 1; SELECT 2",
    "/* SELECT */ DROP VIEW moments -- SELECT",
    "DROP VIEW moments",
    "DELETE FROM moments",
    "UPDATE moments SET name = 'x'",
    "INSERT INTO moments SELECT * FROM moments",
    "MERGE INTO moments USING moments m ON true WHEN MATCHED THEN DELETE",
    "TRUNCATE moments",
    "WITH gone AS (DELETE FROM moments RETURNING *) SELECT * FROM gone",
    "CREATE TABLE t AS SELECT 1",
    "CREATE VIEW v AS SELECT * FROM stored_moments",
    "CREATE MACRO f(a) AS a",
    "CREATE SECRET (TYPE s3, KEY_ID 'x', SECRET 'y')",
    "ALTER VIEW moments RENAME TO x",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "BEGIN",
    "VACUUM",
    "CHECKPOINT",
    "DETACH memory",
    "EXPLAIN ANALYZE SELECT * FROM moments",
    "SELECT * FROM query('SELECT * FROM stored_moments')",
    "SELECT * FROM query_table('stored_moments')",
    "SELECT * FROM json_execute_serialized_sql('x')",
    "PRAGMA json_execute_serialized_sql('x')",
    "SELECT json_serialize_plan('SELECT 1')",
    "SELECT nextval('x')",
    "",
    ";",
    "SELEC 1",
    "\x00",
    "SELECT \ud800",
]
HIDDEN = [
    "SELECT * FROM stored_messages, messages",
    "SELECT content FROM messages UNION ALL SELECT content FROM stored_messages",
    "SELECT * FROM temp.stored_messages WHERE EXISTS (FROM messages)",
    "SELECT * FROM temp.main.messages",
    "SELECT (SELECT count(*) FROM stored_messages) FROM messages",
    "WITH stored_messages AS (SELECT 1) SELECT * FROM stored_messages",
    "SELECT * FROM same_as, entities",
    "SELECT * FROM postings",
    "SELECT * FROM forgotten",
    "DESCRIBE stored_messages",
    "SUMMARIZE stored_messages",
    "SELECT * FROM home",
    "SELECT * FROM store",
    "SELECT * FROM filled",
    "SELECT * FROM pandas_scan(1)",
    "SELECT * FROM python_arrow_scan(1)",
    "SELECT * FROM histogram('stored_messages', content)",
]
ATTACKS = [*FILES, *NETWORK_AND_EXTENSIONS, *SETTINGS, *STATEMENTS, *HIDDEN]


def digest_of(home: Home) -> str:
    """What lies in the tables' files."""
    found = hashlib.sha256()
    for path in sorted(Path(home.tables_uri).rglob("*")):
        found.update(str(path).encode() + (path.read_bytes() if path.is_file() else b""))
    return found.hexdigest()


@pytest.fixture(scope="module")
def before(filled: tuple[Home, Store]) -> str:
    return digest_of(filled[0])


@pytest.mark.parametrize("sql", ATTACKS, ids=range(len(ATTACKS)))
def test_anything_but_reading_own_tables_is_refused_in_own_words(
    ask: Ask, before: str, filled: tuple[Home, Store], sql: str, tmp_path: Path
) -> None:
    with pytest.raises(QueryError, match="Nothing was changed") as told:
        ask(sql.format(path=tmp_path))
    assert "root:" not in str(told.value)
    assert list(tmp_path.iterdir()) == []
    assert digest_of(filled[0]) == before
    assert ask("SELECT * FROM moments").num_rows == 3


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM messages WHERE user_id = 'bob' OR true",
        "SELECT * FROM messages a FULL JOIN messages b ON a.user_id <> b.user_id",
        "SELECT content FROM messages UNION ALL SELECT content FROM resources UNION SELECT name FROM moments",
        "SELECT *, (SELECT string_agg(content) FROM messages n WHERE n.user_id <> m.user_id) FROM messages m",
        "SELECT * FROM entities, mentions, edges",
        "WITH messages AS (SELECT * FROM messages) SELECT * FROM messages",
        "SELECT * FROM main.messages",
        "SUMMARIZE messages",
    ],
)
def test_no_sql_of_a_user_shows_rows_of_another(ask: Ask, sql: str) -> None:
    try:
        rows = str(ask(sql).to_pylist())
    except QueryError as refused:
        rows = str(refused)
    assert "secret" not in rows.lower()
    assert "bob" not in rows
