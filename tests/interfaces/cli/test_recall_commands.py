"""`rem search` and `rem query`: what they find, and how they print it."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet
import pytest

from rem_dagster.settings import Home
from tests.interfaces.cli.conftest import Rem, snapshot

HIT = {"id", "native_id", "table", "score", "name", "text", "occurred_at", "ended_at", "user_id", "period"}
HIT |= {"evidence", "moment_id", "moment_name", "trust"}


@pytest.mark.parametrize("schema", ["moments", "messages", "resources", "summaries", "all"])
def test_a_search_prints_when_and_the_line_that_answers(rem: Rem, lived: Home, schema: str) -> None:
    word = {"moments": "loader", "messages": "release", "resources": "Vamana"}.get(schema, "loader")
    shown = rem("--home", lived.path, "search", word, "--schema", schema, "--limit", "1")
    assert shown.code == 0
    assert "Oct 2025" in shown.out
    assert word.lower() in shown.out.lower()
    assert all(len(line) <= 80 for line in shown.out.splitlines() if not line.startswith("Next:"))
    hits = rem("--home", lived.path, "search", word, "--schema", schema, "--json").json
    assert set(hits[0]) == HIT
    assert schema in (hits[0]["table"], "all")
    assert shown.out.rstrip().splitlines()[-1].startswith("Next: rem ")


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
    assert "--schema all" in done.err
    assert rem("--home", lived.path, "search", "zebra", "--json").json == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["x", "--schema", "people"], "no text index of 'people'"),
        (["x", "--schema", "message"], "Did you mean 'messages'"),
        (["-loader"], "Only what is to be left out"),
        (["x", "--case", "T-9"], "No session belongs to case 'T-9'"),
        (["x", "--schema", "resources", "--case", "T-9"], "resources do not"),
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


@pytest.mark.parametrize(
    "words",
    [["Vamana", "-loader"], ["Vamana -loader"], ["Vamana", "--not", "loader"], ["--", "Vamana", "-loader"]],
)
def test_a_word_is_left_out_however_it_is_typed(rem: Rem, lived: Home, words: list[str]) -> None:
    every, few = (
        rem("--home", lived.path, "search", "--schema", "all", "-n", "50", "--json", *each).json
        for each in (["Vamana"], words)
    )
    assert 0 < len(few) < len(every)
    assert not any("loader" in f"{hit['name']} {hit['text']}".lower() for hit in few)


def test_options_of_one_letter_are_none_of_the_words_left_out(rem: Rem, lived: Home) -> None:
    for limit in (["-n", "1"], ["-n1"], ["--limit", "1"]):
        assert len(rem("--home", lived.path, "search", "loader", *limit, "--json").json) == 1
    assert "Examples" in rem("search", "-h").out


def test_a_phrase_is_demanded_by_quotes_or_by_an_option(rem: Rem, lived: Home) -> None:
    quoted, given = (
        rem("--home", lived.path, "search", "--schema", "all", "--json", *words).json
        for words in (['"the loader"'], ["--phrase", "the loader"])
    )
    assert quoted == given
    assert quoted
    assert all("the loader" in f"{hit['name']} {hit['text']} ".lower() for hit in quoted)


def test_a_mistyped_word_is_told_on_stderr_alone(rem: Rem, lived: Home) -> None:
    done = rem("--home", lived.path, "search", "lodaer", "--json")
    assert done.err == "No 'lodaer'; searched for 'loader'.\n"
    assert done.json


def test_each_hit_explains_itself_when_asked_to(rem: Rem, lived: Home) -> None:
    shown = rem("--home", lived.path, "search", "loader", "--schema", "all", "--explain")
    assert "score " in shown.out
    assert "loader 100%" in shown.out
    assert all(len(line) <= 80 for line in shown.out.splitlines() if not line.startswith("Next:"))
    for hit in rem("--home", lived.path, "search", "loader", "--explain", "--json").json:
        assert sum(hit["signals"].values()) == pytest.approx(hit["score"], abs=1e-4)


def test_function_words_alone_are_told_to_find_nothing(rem: Rem, lived: Home) -> None:
    done = rem("--home", lived.path, "search", "who", "are", "you")
    assert (done.code, done.out) == (0, "")
    assert "Name a person, a thing or a topic" in done.err


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
    assert all(len(line) <= 80 for line in done.out.splitlines() if not line.startswith("Next:"))
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
        (["SELECT 1", "--format", "parquet"], "Parquet goes to a file"),
        (["SELECT 1", "--format", "table", "--output", "rows.csv"], "For a file choose"),
        (["SELECT 1", "--output", "rows.txt"], "End its name with .csv"),
        (["SELECT 1", "--output", "nowhere/rows.csv"], "a folder that is not there"),
        (["SELECT count(*) FROM range(100000000000)", "--timeout", "0.3"], "longer than 0.3 s"),
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
    assert "Nothing was" in done.err
    assert snapshot(lived) == before


@pytest.mark.parametrize("layout", ["csv", "json", "parquet"])
def test_rows_go_to_a_file_by_its_name(rem: Rem, lived: Home, tmp_path: Path, layout: str) -> None:
    place = tmp_path / f"rows.{layout}"
    sql = "SELECT name, tags, max(end_time - start_time) AS long, name FROM moments GROUP BY ALL"
    done = rem("--home", lived.path, "query", sql, "--output", place)
    assert (done.code, done.out) == (0, "")
    assert f"written to {place}" in done.err
    assert place.stat().st_mode & 0o777 == 0o600
    names = [row["name"] for row in rem("--home", lived.path, "query", sql, "--json").json]
    readers = {
        "csv": lambda path: csv.DictReader(io.StringIO(path.read_text())),
        "json": lambda path: json.loads(path.read_text()),
        "parquet": lambda path: pyarrow.parquet.read_table(path).to_pylist(),
    }
    assert sorted(row["name"] for row in readers[layout](place)) == sorted(names)
    assert list(tmp_path.iterdir()) == [place]


def test_a_file_that_is_there_stays_unless_it_is_forced(rem: Rem, lived: Home, tmp_path: Path) -> None:
    place = tmp_path / "rows.csv"
    place.write_text("mine")
    words = ["--home", lived.path, "query", "SELECT 1 AS one", "--output", place]
    done = rem(*words)
    assert done.code == 2
    assert "--force replaces it" in done.err
    assert place.read_text() == "mine"
    assert rem(*words, "--force").code == 0
    assert place.read_text() == "one\n1\n"
    assert (
        rem("--home", lived.path, "query", "SELECT nme FROM moments", "--output", place, "--force").code == 2
    )
    assert place.read_text() == "one\n1\n"


@pytest.mark.runs
def test_a_table_shows_the_first_rows_and_says_how_many_there_are(rem: Rem, lived: Home) -> None:
    sql = "SELECT range AS n FROM range(12000)"
    done = rem("--home", lived.path, "query", sql)
    assert len(done.out.splitlines()) == 102
    assert "the first 100 of 12,000 rows" in done.err
    assert len(rem("--home", lived.path, "query", sql, "--limit", "0").out.splitlines()) == 12_002
    assert len(rem("--home", lived.path, "query", sql, "--csv").out.splitlines()) == 12_001
    assert [row["n"] for row in rem("--home", lived.path, "query", sql, "--json").json] == list(range(12_000))


def test_matched_words_are_emphasised() -> None:
    from rem_dagster.interfaces.cli.hits import best_line, emphasised
    from rem_dagster.store.text.tokens import tokens

    wanted = set(tokens("pruned graphs"))
    line = best_line("Nothing here. We pruned the graph twice! The end.", wanted)
    assert line == "We pruned the graph twice!"
    text = emphasised(line, wanted)
    assert [text.plain[span.start : span.end] for span in text.spans] == ["pruned", "graph"]
