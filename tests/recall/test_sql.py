"""SQL: every question of the design document runs, and nothing but a SELECT of one's own rows does."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rem_dagster.errors import QueryError
from rem_dagster.model.ids import derive_id
from rem_dagster.recall.sql import query
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.recall.conftest import LISBON, Ask

SINCE = "2025-01-01T00:00:00.123456789+00:00"
"""An instant as the design's code writes it."""
DESIGN = [
    (
        "SELECT * FROM resources\nWHERE created_at >= NOW() - INTERVAL '24 hours'\nORDER BY created_at",
        "content",
        ["A day of disks.", "A week of disks.", "text"],
    ),
    (
        "SELECT s.*,\n       array_agg(m.* ORDER BY m.created_at) as messages\nFROM sessions s\n"
        "JOIN messages m ON m.session_id = s.id\nWHERE s.created_at >= NOW() - INTERVAL '24 hours'\n"
        "GROUP BY s.id",
        "native_id",
        ["s1"],
    ),
    (
        f"SELECT * FROM resources WHERE created_at >= '{SINCE}'",
        "category",
        ["note", "summary", "summary_week"],
    ),
    (f"SELECT * FROM sessions WHERE created_at >= '{SINCE}'", "native_id", ["s1"]),
    (f"SELECT * FROM messages WHERE created_at >= '{SINCE}'", "content", ["first", "second"]),
    ("SELECT * FROM moments WHERE DATE(start_time) = CURRENT_DATE - 1", "name", ["DiskANN", "Stuck"]),
    (
        "SELECT * FROM moments\n          WHERE start_time >= CURRENT_DATE - 7\n"
        "          ORDER BY start_time",
        "name",
        ["DiskANN", "Older", "Stuck"],
    ),
    ("SELECT * FROM moments WHERE 'diskann' = ANY(tags)", "name", ["DiskANN", "Older"]),
    (
        "SELECT * FROM moments\n          WHERE 'productive' = ANY(emotion_tags)\n"
        "          ORDER BY (end_time - start_time) DESC\n          LIMIT 10",
        "name",
        ["DiskANN", "Older"],
    ),
    (
        "SELECT tags, COUNT(*)\n          FROM moments\n          WHERE 'frustrated' = ANY(emotion_tags)\n"
        "          GROUP BY tags\n          ORDER BY COUNT(*) DESC",
        "tags",
        [["infra"]],
    ),
]


@pytest.mark.parametrize(("sql", "column", "values"), DESIGN)
def test_the_designs_sql_runs_word_for_word(ask: Ask, sql: str, column: str, values: list[object]) -> None:
    assert sorted(ask(sql)[column].to_pylist()) == values


def test_the_longest_comes_first(ask: Ask) -> None:
    assert ask(DESIGN[8][0])["name"].to_pylist() == ["DiskANN", "Older"]


def test_messages_are_gathered_in_order(ask: Ask) -> None:
    (row,) = ask(DESIGN[1][0]).to_pylist()
    assert [each["content"] for each in row["messages"]] == ["first", "second"]


def test_days_are_those_of_the_home(ask: Ask) -> None:
    result = ask("SELECT start_time, current_setting('TimeZone') AS zone FROM moments LIMIT 1")
    assert result.schema.field("start_time").type.tz == LISBON
    assert result["zone"].to_pylist() == [LISBON]


def test_summaries_are_resources_of_their_own_category(ask: Ask) -> None:
    rows = ask("SELECT category, content FROM resources ORDER BY category").to_pylist()
    assert [row["category"] for row in rows] == ["note", "summary", "summary_week"]
    assert rows[1]["content"] == "A day of disks."


def test_entities_are_mentions_joined_unless_the_user_said_no(ask: Ask) -> None:
    rows = ask("SELECT * FROM entities").to_pylist()
    groups = {tuple(row["aliases"]): row["mention_count"] for row in rows}
    assert groups == {("Disk ANN", "DiskANN"): 2, ("Vamana",): 1, ("Vamana 2",): 1}
    assert {row["id"] for row in rows} >= {derive_id("ann", "vamana")}


@pytest.mark.parametrize("view", ["sessions", "messages", "resources", "moments", "mentions", "entities"])
def test_a_user_sees_own_rows_and_the_operator_all(ask: Ask, view: str) -> None:
    sql = f"SELECT DISTINCT user_id FROM {view} ORDER BY 1"
    assert ask(sql)["user_id"].to_pylist() == ["ann"]
    assert ask(sql, user_id=None)["user_id"].to_pylist() == ["ann", "bob"]
    assert ask(sql, user_id="it's nobody").num_rows == 0


def test_parameters_are_values_not_sql(ask: Ask) -> None:
    assert ask("SELECT name FROM moments WHERE name = ?", ["Stuck"]).num_rows == 1
    assert ask("SELECT name FROM moments WHERE name = $n", {"n": "x' OR '1'='1"}).num_rows == 0


def test_a_query_that_takes_too_long_is_stopped(ask: Ask) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.3 s.*stopped"):
        ask(
            "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 3",
            timeout_seconds=0.3,
        )
    assert time.monotonic() - begun < 5


def test_tables_and_their_columns_can_be_asked_for(ask: Ask) -> None:
    assert "moments" in ask("SHOW TABLES;")["name"].to_pylist()
    assert "emotion_tags" in ask("DESCRIBE moments")["column_name"].to_pylist()
    assert ask("SUMMARIZE moments").num_rows == ask("DESCRIBE moments").num_rows


PAGE = (Path(__file__).parents[2] / "docs" / "sql.md").read_text(encoding="utf-8")
SHOWN = [
    *re.findall(r'^rem query "(.+?)"', PAGE, flags=re.MULTILINE),
    *(sql for block in re.findall(r"^```sql\n(.*?)^```", PAGE, re.M | re.S) for sql in block.split(";\n")),
]


@pytest.mark.parametrize("sql", [sql for sql in SHOWN if sql.strip()])
def test_every_statement_of_the_page_on_sql_runs(ask: Ask, sql: str) -> None:
    assert ask(sql).num_columns


def test_the_python_of_the_page_on_sql_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
    exec(code.replace("~/memory", str(tmp_path / "home")), {})


def test_questions_of_many_threads_and_zones_do_not_mix(filled: tuple[Home, Store], tmp_path: Path) -> None:
    home, store = filled
    other = open_home(tmp_path / "home", create=True, flags={"timezone": "Asia/Kolkata"})
    sql = "SELECT DISTINCT user_id, current_setting('TimeZone') AS zone FROM messages"

    def asked(number: int) -> tuple[object, ...]:
        user, place = ("ann", "bob")[number % 2], (home, other)[number // 2 % 2]
        (row,) = query(place, store, sql, user_id=user).to_pylist()
        return row["user_id"] == user, row["zone"] == place.file.timezone

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(asked, range(24))) == {(True, True)}
