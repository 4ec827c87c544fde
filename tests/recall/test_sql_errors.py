"""What is said of SQL that cannot run tells what to write instead."""

import pytest

from rem_dagster.errors import QueryError
from tests.recall.conftest import Ask

SAID = [
    ("SELECT emotions FROM moments", "no column 'emotions'; did you mean emotion_tags?"),
    ("SELECT m.titel FROM moments m", "no column 'titel'"),
    ("SELECT slice_key FROM moments", "no column 'slice_key'"),
    ('SELECT * FROM moments WHERE name = "Stuck"', "double quotes are for names.*'Stuck'"),
    ("SELECT * FROM momentz", "no table 'momentz'; did you mean moments?"),
    ("SELECT * FROM users", "There are: sessions, messages"),
    ("SELECT * FROM information_schema.tables", "SHOW TABLES lists the tables"),
    ("SELECT * FROM 'notes.csv'", "looks like a file"),
    ("SELECT foo(name) FROM moments", r"no function foo\(\)"),
    ("SELECT to_char(start_time, 'YYYY') FROM moments", r"did you mean strftime\(start_time"),
    ("SELECT datediff(start_time, end_time) FROM moments", r"write date_diff\('minute'"),
    ("SELECT * FROM moments WHERE start_time > 'yesterday'", "'yesterday' is no time.*CURRENT_DATE - 1"),
    (
        "SELECT * FROM moments WHERE start_time > 2025-10-20",
        "without quotes is a subtraction. Write '2025-10-20'",
    ),
    ("SELECT * FROM moments WHERE start_time > 5", "cannot be compared.*in quotes"),
    ("SELECT * FROM moments WHERE end_time - start_time > 60", "INTERVAL '60 minutes'"),
    ("SELECT * FROM moments WHERE tags LIKE '%disk%'", r"LIKE cannot be used with a list.*= ANY\(tags\)"),
    ("SELECT * FROM moments WHERE tags = 'diskann'", r"compared with a list.*= ANY\(tags\)"),
    ("SELECT * FROM moments WHERE lower(tags) = 'x'", r"lower\(\) cannot be used with a list"),
    ("SELECT sum(name) FROM moments", r"sum\(\) cannot be used with VARCHAR"),
    ("SELECT sum(end_time - start_time) FROM moments", r"write sum\(epoch\(end_time - start_time\)\)"),
    ("SELECT name, count(*) FROM moments", r"Add it to GROUP BY, or select any_value\(name\)"),
    ("SELECT * FORM moments", "mistake at \"moments\", behind 'SELECT \\* FORM'"),
    ("SELECT name FROM moments WHERE name = 'it's'", "written twice: 'it''s'"),
    ("SELECT name FROM moments WHERE name = ?", "places for values"),
    ("SELECT 'x'::INT", "Could not convert"),
    ("DELETE FROM moments", "must be one SELECT.*DELETE.*only reads"),
    ("SELECT 1; SELECT 2", "is: SELECT, SELECT"),
    ("EXPLAIN SELECT 1", "Leave EXPLAIN out"),
    ("SELECT 1" + " " * 200_000, "200,008 characters"),
    ("SELECT " + "(SELECT " * 400 + "1" + ")" * 400, "nested too deeply"),
]


@pytest.mark.parametrize(("sql", "help_given"), SAID, ids=range(len(SAID)))
def test_an_error_says_what_to_write_instead(ask: Ask, sql: str, help_given: str) -> None:
    with pytest.raises(QueryError, match=help_given) as told:
        ask(sql)
    assert "Nothing was changed" in str(told.value)
    assert "\n" not in str(told.value)
    assert "Error:" not in str(told.value)


@pytest.mark.parametrize(
    "sql", ["SELECT 1;", "SELECT 1 WHERE 1 == 1", "SELECT 1 -- the end", "FROM range(1)"]
)
def test_what_is_meant_all_the_same_runs(ask: Ask, sql: str) -> None:
    assert ask(sql).num_rows == 1
