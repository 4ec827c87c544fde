"""What each month of a user holds is told in a few characters, with DuckDB and without."""

import subprocess
import sys
from datetime import timedelta

import pytest

from rem_dagster.store.counting import counting
from rem_dagster.store.database import Store
from rem_dagster.store.text.months import months_of
from tests.stored import NOON, message, moment, put, summary

QUERY = """SELECT user_id, substr(partition_key, 1, 7), count(*)::BIGINT, bit_xor(content_hash)::VARCHAR
FROM source GROUP BY 1, 2"""


def test_rows_that_carry_their_hash_are_folded_as_duckdb_folds_them(store: Store) -> None:
    for user in ("ann", "böb"):
        rows = [message(f"{n}", at=NOON + n * timedelta(days=9), user=user) for n in range(40)]
        put(store, "messages", *rows[:25])  # a fragment each, and months in both
        put(store, "messages", *rows[25:])
    with counting() as connection:
        connection.register("source", store.read("messages"))
        told = connection.execute(QUERY).fetchall()
    assert len(told) > 20
    assert months_of(store, ["messages"]) == {
        "messages": {(user, month): (count, hashed) for user, month, count, hashed in told}
    }


def test_a_table_without_rows_has_no_months(store: Store) -> None:
    tables = ("messages", "moments", "summaries")
    assert months_of(store, tables) == {table: {} for table in tables}


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_moments_of_another_dream_are_told_apart_however_many_a_day_has(store: Store, count: int) -> None:
    rows = [moment(f"moment {n}", dream="d1") for n in range(count)]
    put(store, "moments", *rows)
    before = months_of(store, ["moments"])
    put(store, "moments", *({**row, "dream_id": "d2"} for row in rows))
    after = months_of(store, ["moments"])
    assert before["moments"].keys() == after["moments"].keys()
    assert before != after


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("search_text", "Other words."),
        ("end_time", NOON + timedelta(hours=3)),
        ("facts", [{"text": "Ann left.", "source_ids": ["m"]}]),
        ("resource_ids", ["r"]),
    ],
)
def test_a_moment_that_the_same_dream_made_otherwise_is_told_apart(
    store: Store, column: str, other: object
) -> None:
    """As when a model is asked anew about the same day."""
    rows = [moment("one"), moment("two")]
    put(store, "moments", *rows)
    before = months_of(store, ["moments"])
    put(store, "moments", *({**row, column: other} for row in rows))
    assert months_of(store, ["moments"]) != before


def test_a_week_and_a_month_that_both_end_later_are_told_apart(store: Store) -> None:
    ends = [NOON + n * timedelta(days=1) for n in (3, 4)]
    spans = [[summary("words", at=NOON, end=end, period=each) for each in ("week", "month")] for end in ends]
    put(store, "summaries", *spans[0])
    before = months_of(store, ["summaries"])
    put(store, "summaries", *spans[1])
    assert months_of(store, ["summaries"]) != before


def test_an_import_into_a_home_without_dreams_takes_in_one_engine(store: Store) -> None:
    code = f"""
import sys
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import tidy
from rem_dagster.store.text import refresh_text
from tests.stored import message, put
store = Store({store.uri + "/new"!r})
store.create()
put(store, "messages", message("one"))
refresh_text(store, tables=("messages", "resources"))
tidy(store, ["messages", "postings"])
store.optimize("messages")
store.delete("messages", "true")
bad = {{"lancedb", "duckdb", "pandas"}} & set(sys.modules); assert not bad, bad
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
