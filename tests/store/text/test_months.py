"""What each month of a user holds is told in a few characters, with DuckDB and without."""

import subprocess
import sys
from datetime import timedelta

from rem_dagster.store.counting import counting
from rem_dagster.store.database import Store
from rem_dagster.store.text.months import months_of
from tests.stored import NOON, message, moment, put

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


def test_moments_of_another_dream_are_told_apart(store: Store) -> None:
    put(store, "moments", moment("one"))
    before = months_of(store, ["moments"])
    put(store, "moments", {**moment("one"), "dream_id": "another"})
    after = months_of(store, ["moments"])
    assert before["moments"].keys() == after["moments"].keys()
    assert before != after


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
