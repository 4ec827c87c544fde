"""Where are stored rows counted and folded?"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@contextmanager
def counting() -> Iterator["duckdb.DuckDBPyConnection"]:
    """A DuckDB in memory for our own statements; what is registered in it goes when it is left.

    All share one database of the process: to make one, with its threads, takes several times as long as to
    count the rows of a small home. Statements of users never run here.
    """
    with _database_of(os.getpid()).cursor() as connection:
        yield connection


@cache
def _database_of(process: int) -> "duckdb.DuckDBPyConnection":
    """The database of a process: the threads of one do not live on in a fork of it."""
    import duckdb

    return duckdb.connect(":memory:")
