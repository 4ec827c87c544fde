"""Forms of Postgres are written as DuckDB has them, and nothing else in a text is touched."""

import duckdb
import pytest

from rem_dagster.recall.sql_text import in_duckdb_forms, read_select
from tests.recall.conftest import Ask

REWRITTEN = [
    ("SELECT array_agg(b.* ORDER BY b.x) FROM b", 'SELECT array_agg("b" ORDER BY b.x) FROM b'),
    ("SELECT array_agg ( /* all */ b . * ) FROM b", 'SELECT array_agg ( /* all */ "b" ) FROM b'),
    ('SELECT array_agg("B c".*) FROM "B c"', 'SELECT array_agg("B c") FROM "B c"'),
    ("SELECT a.*, count(*) FROM a JOIN b ON true GROUP BY a.id", "GROUP BY ALL"),
    ("SELECT a.id, a.X, count(*) FROM a JOIN b ON true GROUP BY A.ID", 'GROUP BY A.ID, "a"."x"'),
    ("SELECT a.x, b.y, count(*) FROM a, b GROUP BY a.id, b.y HAVING 1", 'a.id, b.y, "a"."x" HAVING 1'),
    ("SELECT a.*, b.y, count(*) FROM a, b GROUP BY b.y, a.id", "GROUP BY ALL"),
    ("SELECT a.*, count(*) FROM a GROUP BY a.id, a.x HAVING true", "GROUP BY ALL HAVING true"),
    ("SELECT 1 FROM (SELECT a.*, count(*) FROM a GROUP BY a.id) c", "GROUP BY ALL) c"),
    ("WITH c AS (SELECT a.*, count(*) FROM a GROUP BY a.id) FROM c", "GROUP BY ALL) FROM c"),
    ("SELECT 1 WHERE 'é' = ANY(tags)", "WHERE coalesce(list_contains(tags, 'é'), false)"),
    ("SELECT 1 WHERE 'é' = any ( m.tags ) AND 2", "coalesce(list_contains(m.tags, 'é'), false) AND 2"),
    ("SELECT 1 WHERE NOT ? = SOME(tags)", "NOT coalesce(list_contains(tags, ?), false)"),
    ("SELECT 1 WHERE $n = ANY(tags)", "coalesce(list_contains(tags, $n), false)"),
]
UNTOUCHED = [
    "SELECT 'array_agg(b.*) GROUP BY a.id ''x'' = ANY(tags)'",
    "SELECT $$ array_agg(b.*) $$ -- 'x' = ANY(tags)",
    "SELECT 1 /* array_agg(b.*) /* 'x' = ANY(tags) */ */ AS \"x = ANY(tags)\"",
    "SELECT count(*) FROM a GROUP BY a.id",
    "SELECT a.id, count(*) FROM a GROUP BY a.id",
    "SELECT a.*, b.x, count(*) FROM a JOIN b ON true GROUP BY a.id",
    "SELECT a.*, count(*) FROM a JOIN b ON true GROUP BY a.id, b.x",
    "SELECT a.*, count(*) FROM a, b GROUP BY a.id, b.id",
    "SELECT a.*, b.y, count(*) FROM a, b GROUP BY a.id, b.z",
    "SELECT a.*, count(*) FROM a GROUP BY ROLLUP (a.id)",
    "SELECT 1 WHERE 'x' = ANY(SELECT name FROM moments)",
    "SELECT 1 WHERE 'x' <> ALL(tags)",
    "SELECT 1 WHERE 'x' = /* ANY( */ ANY(tags)",
    "SELECT 1 WHERE lower('x') = ANY(tags)",
    "SELECT b.* FROM b",
]


def rewritten(sql: str) -> str:
    with duckdb.connect(":memory:") as connection:
        return in_duckdb_forms(read_select(connection, sql))


@pytest.mark.parametrize(("asked", "run"), REWRITTEN)
def test_forms_of_postgres_are_rewritten(asked: str, run: str) -> None:
    assert rewritten(asked).endswith(run)


@pytest.mark.parametrize("sql", UNTOUCHED)
def test_all_else_stays_as_it_is(sql: str) -> None:
    assert rewritten(sql) == sql


@pytest.mark.parametrize("written", ["'diskann' = ANY(tags)", "'diskann' = /* */ ANY(tags)"])
def test_a_rewritten_predicate_says_the_same(ask: Ask, written: str) -> None:
    for negated, rows in (("", 2), ("NOT ", 1)):
        assert ask(f"SELECT * FROM moments WHERE {negated}{written}").num_rows == rows


def test_messages_are_gathered_wherever_it_is_asked(ask: Ask) -> None:
    inner = (
        "SELECT s.*, array_agg(m.* ORDER BY m.created_at DESC) AS said FROM sessions AS s "
        "JOIN messages AS m ON m.session_id = s.id GROUP BY s.id"
    )
    (row,) = ask(
        f"WITH told AS ({inner}) SELECT list_transform(said, lambda x: x.content) AS c FROM told"
    ).to_pylist()
    assert row["c"] == ["second", "first"]


def test_sessions_of_one_title_stay_two(ask: Ask) -> None:
    sql = (
        "SELECT s.title, count(*) AS n FROM sessions s JOIN messages m ON m.user_id = s.user_id GROUP BY s.id"
    )
    assert sorted(ask(sql, user_id=None)["n"].to_pylist()) == [1, 2]


def test_json_of_postgres_is_json(ask: Ask) -> None:
    sql = """SELECT '{"a": [1]}'::jsonb -> 'a' AS a, CAST('{"b": "x"}' AS JSONB) ->> 'b' AS b"""
    assert ask(sql).to_pylist() == [{"a": "[1]", "b": "x"}]
