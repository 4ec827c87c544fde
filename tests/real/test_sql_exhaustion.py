"""No query takes the machine down: each is stopped in time and memory, said in words, the home as it was.

The limits are those of the real commands; only the time is shorter.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rem_dagster.errors import QueryError
from rem_dagster.recall.apart import query_apart
from rem_dagster.recall.confined import GRACE_SECONDS, MEMORY_BYTES
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.recall.test_sql_attacks import digest_of
from tests.stored import message, put

pytestmark = pytest.mark.real

SECONDS = 2.0
BOMBS = [
    "SELECT len(repeat(repeat('x', 65000), 65000))",
    "SELECT len(range(1000000000))",
    "SELECT count(*) FROM range(100000000000)",
    "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "WITH RECURSIVE r(n) AS (SELECT repeat('x', 1000) UNION ALL SELECT n || n FROM r) SELECT count(*) FROM r",
    "SELECT list(range) FROM range(1000000000)",
    "SELECT string_agg(repeat('x', 1000)) FROM range(10000000)",
    "SELECT list_sort(list(random())) FROM range(300000000)",
    "SELECT array_to_string(range(500000000), ',')",
    "SELECT count(DISTINCT hash(range)) FROM range(1000000000)",
    "SELECT * FROM range(1000000000) ORDER BY hash(range)",
    "SELECT unnest(range(1000000000))",
    "SELECT m.*, range FROM messages m, range(1000000000)",
    "SELECT levenshtein(repeat('a', 300000), repeat('b', 300000))",
    "SELECT list_transform(range(30000), lambda x: list_transform(range(30000), lambda y: x * y))",
    "SELECT list_reduce(range(100000000), lambda a, b: a + b)",
    "SELECT printf('%1000000000d', 1) FROM range(9)",
]
"""What takes too much time or memory while it runs."""
MONSTERS = [
    "SELECT " + "(" * 100_000 + "1" + ")" * 100_000,
    "SELECT " + "(SELECT " * 20_000 + "1" + ")" * 20_000,
    "SELECT " + "+".join(["1"] * 90_000),
    "SELECT " + "NOT " * 45_000 + "true",
    "SELECT " + "[" * 90_000 + "]" * 90_000,
    "SELECT 1" + " UNION ALL SELECT 1" * 10_000,
    "SELECT '" + "x" * 10_000_000 + "'",
    "SELECT 1 /*" + "/*" * 90_000,
    "SELECT regexp_matches(repeat('a', 10000000), '((a{1,100}){1,100}){1,100}')",
    "SELECT len(generate_series(1, 10000000000))",
]
"""What takes too much before it runs, or is refused at once."""


@pytest.fixture
def chatted(home: Home, store: Store) -> Home:
    put(store, "messages", *(message(f"message {number}") for number in range(500)))
    return home


@pytest.mark.parametrize("sql", [*BOMBS, *MONSTERS], ids=range(len(BOMBS) + len(MONSTERS)))
def test_what_takes_too_much_is_stopped(chatted: Home, sql: str) -> None:
    before, began = digest_of(chatted), time.monotonic()
    with pytest.raises(QueryError, match="Nothing was changed"):
        query_apart(chatted, sql, user_id="ann", timeout_seconds=SECONDS)
    assert time.monotonic() - began < SECONDS + 2 * GRACE_SECONDS
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert peak < MEMORY_BYTES + 512 * 1024**2
    assert digest_of(chatted) == before


@pytest.mark.parametrize(
    "sql", ["SELECT " + ", ".join(["1"] * 5000), "SELECT regexp_matches(repeat('a', 99999), '(a*)*$')"]
)
def test_what_looks_worse_than_it_is_runs(chatted: Home, sql: str) -> None:
    assert query_apart(chatted, sql, user_id="ann", timeout_seconds=20).num_rows == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps these limits")
@pytest.mark.parametrize(
    ("sql", "seconds", "said"),
    [
        ("SELECT len(repeat(repeat('x', 65000), 65000))", "60", "more memory than it may have"),
        ("SELECT range, repeat('x', 900) FROM range(9000000)", "60", "more memory than it may have"),
        ("SELECT count(*) FROM range(100000000000)", "2", "longer than 2 s"),
        ("SELECT list_reduce(range(100000000), lambda a, b: a + b)", "2", "longer than 2 s"),
    ],
)
def test_the_command_line_is_stopped_as_well(
    chatted: Home, tmp_path: Path, sql: str, seconds: str, said: str
) -> None:
    place = tmp_path / "rows.csv"
    words = ["--home", str(chatted.path), "query", sql, "--timeout", seconds, "--output", str(place)]
    done = subprocess.run(
        [sys.executable, "-m", "rem_dagster.interfaces.cli.main", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.glob("*rows.csv*"))
