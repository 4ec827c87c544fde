"""`rem search` and `rem query`: what they find, and how they print it."""

import csv
import io

import pytest

from rem_dagster.settings import Home
from tests.interfaces.cli.conftest import Rem, snapshot

HIT = {"id", "native_id", "table", "score", "name", "text", "occurred_at", "user_id"}


@pytest.mark.parametrize("schema", ["moments", "messages", "resources"])
def test_a_search_prints_when_and_the_line_that_answers(rem: Rem, lived: Home, schema: str) -> None:
    word = {"moments": "loader", "messages": "release", "resources": "Vamana"}[schema]
    shown = rem("--home", lived.path, "search", word, "--schema", schema, "--limit", "1")
    assert shown.code == 0
    assert "Oct 2025" in shown.out
    assert word.lower() in shown.out.lower()
    assert max(map(len, shown.out.splitlines())) <= 80
    hits = rem("--home", lived.path, "search", word, "--schema", schema, "--json").json
    assert set(hits[0]) == HIT
    assert hits[0]["table"] == schema


def test_a_search_is_narrowed_by_time(rem: Rem, lived: Home) -> None:
    def days(*words: str) -> set[str]:
        found = rem("--home", lived.path, "search", "Vamana", "--schema", "resources", *words, "--json").json
        return {hit["occurred_at"][:10] for hit in found}

    assert days() == {"2025-10-06", "2025-10-07", "2025-10-08"}
    assert days("--when", "2025-10-07") == {"2025-10-07"}
    assert days("--start", "2025-10-07") == {"2025-10-07", "2025-10-08"}
    assert days("--end", "2025-10-06") == {"2025-10-06"}


def test_a_search_that_finds_nothing_says_where_else_to_look(rem: Rem, lived: Home) -> None:
    done = rem("--home", lived.path, "search", "zebra")
    assert (done.code, done.out) == (0, "")
    assert "--schema messages" in done.err
    assert rem("--home", lived.path, "search", "zebra", "--json").json == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["x", "--schema", "people"], "no text index of 'people'"),
        ([" "], "What is to be looked for?"),
        (["x", "--when", "monday", "--start", "friday"], "named twice"),
        (["x", "--start", "2025-10-08", "--end", "2025-10-06"], "runs backwards"),
        (["x", "--user", "nobody"], "holds activity of ines"),
    ],
)
def test_a_search_that_makes_no_sense_ends_with_2(rem: Rem, lived: Home, words: list[str], said: str) -> None:
    done = rem("--home", lived.path, "search", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Nothing was changed" in done.err


def test_an_empty_home_finds_nothing_and_says_so(rem: Rem, home: Home) -> None:
    done = rem("--home", home.path, "search", "x", "--json")
    assert (done.code, done.json) == (0, [])
    assert "is empty so far" in done.err
    assert rem("--home", home.path, "query", "SELECT * FROM moments", "--json").json == []


def test_a_query_prints_a_table_csv_or_json(rem: Rem, lived: Home) -> None:
    columns = "moment_type AS kind, count(*) AS n, [1, 2] AS l, NULL AS nothing"
    sql = f"SELECT {columns} FROM moments GROUP BY 1 ORDER BY 1"
    table = rem("--home", lived.path, "query", sql)
    assert table.out.splitlines()[0].split() == ["kind", "n", "l", "nothing"]
    assert "row" in table.err
    objects = rem("--home", lived.path, "query", sql, "--json").json
    assert set(objects[0]) == {"kind", "n", "l", "nothing"}
    rows = list(csv.DictReader(io.StringIO(rem("--home", lived.path, "query", sql, "--format", "csv").out)))
    assert [row["kind"] for row in rows] == [each["kind"] for each in objects]
    assert (rows[0]["l"], rows[0]["nothing"]) == ("[1, 2]", "")


def test_wide_rows_go_one_below_the_other_within_the_page(rem: Rem, lived: Home) -> None:
    done = rem("--home", lived.path, "query", "SELECT * FROM moments")
    assert max(map(len, done.out.splitlines())) <= 80
    assert done.out.startswith("─ 1 ")
    assert "empty values are left out" in done.err


def test_the_local_day_intervals_and_twin_names_work(rem: Rem, lived: Home) -> None:
    columns = "max(end_time - start_time) AS long, min(name) AS name, max(name) AS name"
    sql = f"SELECT {columns} FROM moments WHERE DATE(start_time) = DATE '2025-10-06'"
    (row,) = rem("--home", lived.path, "query", sql, "--json").json
    assert set(row) == {"long", "name", "name_2"}
    assert isinstance(row["long"], float)


def test_no_rows_are_an_empty_list_and_a_word(rem: Rem, lived: Home) -> None:
    sql = "SELECT name FROM moments WHERE false"
    assert rem("--home", lived.path, "query", sql, "--json").json == []
    assert rem("--home", lived.path, "query", sql, "--csv").out == "name\n"
    assert rem("--home", lived.path, "query", sql).err == "No rows.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["DELETE FROM moments"], "must be one SELECT"),
        (["SELECT nme FROM moments"], "did you mean name"),
        (["SELECT 1", "--json", "--csv"], "in one way only"),
        (["SELECT 1", "--format", "xml"], "no format 'xml'"),
        (["SELECT 1", "--user", "nobody"], "holds activity of ines"),
    ],
)
def test_a_query_that_cannot_run_ends_with_2_and_changes_nothing(
    rem: Rem, lived: Home, words: list[str], said: str
) -> None:
    before = snapshot(lived)
    done = rem("--home", lived.path, "query", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Nothing was changed" in done.err
    assert snapshot(lived) == before


def test_matched_words_are_emphasised() -> None:
    from rem_dagster.interfaces.cli.hits import best_line, emphasised
    from rem_dagster.store.text.tokens import tokens

    wanted = set(tokens("pruned graphs"))
    line = best_line("Nothing here. We pruned the graph twice! The end.", wanted)
    assert line == "We pruned the graph twice!"
    text = emphasised(line, wanted)
    assert [text.plain[span.start : span.end] for span in text.spans] == ["pruned", "graph"]
