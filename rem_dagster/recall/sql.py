"""What does one SQL question about a home answer, and how is it kept from doing anything else?

    text ── one SELECT? (sql_text) ── allowed names? (sql_rules) ── Postgres forms ── run over views ── rows

The statement runs in a DuckDB in memory, over views that only its own connection has. It cannot reach
files, the network, extensions or settings, and it is interrupted when it takes too long. What a limit of
memory cannot stop (`repeat('x', 2e9)`) needs a process that can be killed around it: `recall.apart`,
`recall.confined`.
"""

from collections.abc import Mapping, Sequence
from threading import Lock, Timer
from typing import TYPE_CHECKING

import pyarrow as pa

from rem_dagster.errors import QueryError, StoreError
from rem_dagster.recall.confined import took_too_long, took_too_much
from rem_dagster.recall.sql_rules import lists_tables, views_of
from rem_dagster.recall.sql_text import in_duckdb_forms, read_select
from rem_dagster.recall.sql_words import explained
from rem_dagster.recall.views import VIEW_SOURCES, columns_of, make_views
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.overtaken import unless_overtaken

if TYPE_CHECKING:
    import duckdb

Parameters = Sequence[object] | Mapping[str, object]

TIMEOUT_SECONDS = 30.0
_LIMITS = {
    "memory_limit": "2GB",
    "threads": "2",
    "max_temp_directory_size": "0B",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
    "allow_community_extensions": "false",
}
_LOCKED = ("CREATE TYPE jsonb AS JSON", "SET enable_external_access = false", "SET lock_configuration = true")
_MOST_ZONES = 8
_opening = Lock()
_databases: "dict[str, duckdb.DuckDBPyConnection]" = {}
"""By time zone, an empty database that is locked: one takes 15 ms to make, a connection to it none."""


def query(
    home: Home,
    store: Store,
    sql: str,
    parameters: Parameters | None = None,
    *,
    user_id: str | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> pa.Table:
    """The rows that one SELECT gives; instants carry the home's zone, so that DATE() is the local day.

    Args:
        parameters: values of `?` (a sequence) or of `$name` (a mapping).
        user_id: the user whose rows alone every view holds; None shows all users'.

    Raises:
        QueryError: it is not one SELECT, cannot run, or takes longer than `timeout_seconds`.
    """
    import duckdb

    views: list[str] = []
    with _connection(home.file.timezone) as connection:
        timer = Timer(timeout_seconds, connection.interrupt)
        timer.start()
        try:
            select = read_select(connection, sql)
            if lists_tables(select):
                return _tables()
            views = views_of(select)

            def rows() -> pa.Table:
                make_views(connection, store, views, user_id=user_id)
                return connection.sql(in_duckdb_forms(select), params=parameters).to_arrow_table()

            return unless_overtaken(rows, table=None, errors=(duckdb.Error, StoreError))
        except duckdb.InterruptException as error:
            raise QueryError(took_too_long(timeout_seconds)) from error
        except (MemoryError, duckdb.OutOfMemoryException, pa.ArrowMemoryError) as error:
            raise QueryError(took_too_much()) from error
        except (duckdb.Error, pa.ArrowException, OverflowError) as error:
            raise QueryError(explained(error, views, sql)) from error
        finally:
            timer.cancel()


def _connection(zone: str) -> "duckdb.DuckDBPyConnection":
    """A connection of its own to the locked database of a zone."""
    import duckdb

    with _opening:
        database = _databases.get(zone)
        if database is None:
            while len(_databases) >= _MOST_ZONES:
                _databases.pop(next(iter(_databases)))
            database = duckdb.connect(":memory:", config=dict(_LIMITS))
            database.execute("SET GLOBAL TimeZone = " + "'" + zone.replace("'", "''") + "'")
            for statement in _LOCKED:
                database.execute(statement)
            _databases[zone] = database
        return database.cursor()


def _tables() -> pa.Table:
    """What SHOW TABLES tells."""
    columns = [", ".join(columns_of(view)) for view in VIEW_SOURCES]
    return pa.table({"name": list(VIEW_SOURCES), "columns": columns})
