"""Queries in a child process: the same rows, bounded memory, the same refusals."""

import pytest

from rem_dagster.errors import QueryError
from rem_dagster.recall.apart import query_apart
from rem_dagster.recall.sql import query
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.stored import moment, put


def test_a_child_gives_the_same_rows(home: Home, store: Store) -> None:
    put(store, "moments", moment("Trip", tags=["travel"]), moment("Secret", user="bob"))
    sql = "SELECT * FROM moments WHERE name <> ?"
    rows = query_apart(home, sql, ["x"], user_id="ann")
    assert rows.equals(query(home, store, sql, ["x"], user_id="ann"))
    assert rows.num_rows == 1


def test_what_takes_too_much_memory_is_stopped(home: Home, store: Store) -> None:
    with pytest.raises(QueryError, match=r"[Mm]emory.*Nothing was changed"):
        query_apart(home, "SELECT len(repeat(repeat('x', 65000), 65000))", user_id="ann")


def test_a_refusal_reads_the_same(home: Home, store: Store) -> None:
    with pytest.raises(QueryError, match="must be one SELECT"):
        query_apart(home, "DROP VIEW moments", user_id="ann")
