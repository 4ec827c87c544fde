"""What does one SQL question about a home answer, and how is it kept from doing anything else?

The statement runs in a DuckDB of its own, in memory, over views of the tables. It may be one SELECT; it
cannot reach files, the network, extensions or settings, and it is interrupted when it takes too long.
What a limit of memory cannot stop (`repeat('x', 2e9)`) needs a process that can be killed around it.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from threading import Timer
from typing import TYPE_CHECKING

import pyarrow as pa

from rem_dagster.errors import QueryError
from rem_dagster.recall.views import VIEW_SOURCES, columns_of, make_views, views_named
from rem_dagster.settings import Home
from rem_dagster.store.database import Store

if TYPE_CHECKING:
    import duckdb

Parameters = Sequence[object] | Mapping[str, object]

_LIMITS = {
    "memory_limit": "2GB",
    "threads": "2",
    "max_temp_directory_size": "0B",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
    "allow_community_extensions": "false",
}
_QUOTED = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\2\$)", re.DOTALL)
_ROWS_OF = re.compile(r"\barray_agg\s*\(\s*(\w+)\s*\.\s*\*", re.IGNORECASE)
_ALL_OF = re.compile(r"\b(\w+)\s*\.\s*\*")
_NO_COLUMN = re.compile(
    r'Referenced column "([^"]+)"|does not have a column named "([^"]+)"|column "([^"]+)" does not exist'
)
_NO_TABLE = re.compile(r"(?:Table|View) with name (\S+) does not exist")
_UNCHANGED = "Nothing was changed."


def query(
    home: Home,
    store: Store,
    sql: str,
    parameters: Parameters | None = None,
    *,
    user_id: str | None = None,
    timeout_seconds: float = 30,
) -> pa.Table:
    """The rows that one SELECT gives; instants carry the home's zone, so that DATE() is the local day.

    Args:
        parameters: values of `?` (a sequence) or of `$name` (a mapping).
        user_id: the user whose rows alone every view holds; None shows all users'.

    Raises:
        QueryError: it is not one SELECT, cannot run, or takes longer than `timeout_seconds`.
    """
    import duckdb

    statement = postgres_forms(sql)
    views = views_named(statement)
    with duckdb.connect(":memory:", config=dict(_LIMITS)) as connection:
        _require_one_select(connection, statement, sql)
        make_views(connection, store, views, user_id=user_id)
        connection.execute("SET TimeZone = " + "'" + home.file.timezone.replace("'", "''") + "'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        timer = Timer(timeout_seconds, connection.interrupt)
        timer.start()
        try:
            return _run(connection, statement, parameters)
        except duckdb.InterruptException as error:
            raise QueryError(
                f"The query took longer than {timeout_seconds:g} s and was stopped. {_UNCHANGED} Narrow it "
                "by a WHERE on created_at or start_time, or allow it more time."
            ) from error
        except duckdb.Error as error:
            raise QueryError(_explained(error, views)) from error
        finally:
            timer.cancel()


def postgres_forms(sql: str) -> str:
    """The statement with the two forms of Postgres that DuckDB spells otherwise.

    `array_agg(m.* ORDER BY ...)` becomes `array_agg(m ORDER BY ...)`; where such a statement selects
    `s.*`, its `GROUP BY s.id` becomes `GROUP BY ALL`; the type jsonb becomes json. Quoted text and
    comments stay as they are.
    """
    code = _code_of(sql)
    if gathered := {name.lower() for name in _ROWS_OF.findall(code)}:
        sql = _in_code(sql, _ROWS_OF, lambda match: f"array_agg({match[1]}")
        for name in {name.lower() for name in _ALL_OF.findall(code)} - gathered:
            grouped = re.compile(rf"\bGROUP\s+BY\s+{name}\s*\.\s*id\b(?!\s*,)", re.IGNORECASE)
            sql = _in_code(sql, grouped, lambda _: "GROUP BY ALL")
    return _in_code(sql, re.compile(r"\bjsonb\b", re.IGNORECASE), lambda _: "json")


def _in_code(sql: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> str:
    at = 0
    parts: list[str] = []
    for quoted in _QUOTED.finditer(sql):
        parts += [pattern.sub(replace, sql[at : quoted.start()]), quoted[0]]
        at = quoted.end()
    return "".join((*parts, pattern.sub(replace, sql[at:])))


def _code_of(sql: str) -> str:
    return _QUOTED.sub(" ", sql)


def _require_one_select(connection: "duckdb.DuckDBPyConnection", statement: str, asked: str) -> None:
    import duckdb

    try:
        kinds = [each.type for each in connection.extract_statements(statement)]
    except duckdb.Error as error:
        raise QueryError(_explained(error, [])) from error
    if kinds != [duckdb.StatementType.SELECT]:
        found = ", ".join(kind.name for kind in kinds) or "nothing"
        raise QueryError(
            f"A query must be one SELECT, but {_shortened(asked)!r} is: {found}. {_UNCHANGED} "
            "`rem query` only reads."
        )


def _run(connection: "duckdb.DuckDBPyConnection", statement: str, parameters: Parameters | None) -> pa.Table:
    import duckdb

    relation = connection.sql(statement, params=parameters)
    if relation is None:
        raise QueryError(f"The query gave no rows to show. {_UNCHANGED}")
    try:
        return relation.to_arrow_table()
    except (pa.ArrowException, OverflowError, MemoryError) as error:
        raise duckdb.OutOfRangeException(str(error)) from error


def _explained(error: Exception, views: Sequence[str]) -> str:
    """DuckDB's words, led by what to write instead."""
    text = str(error)
    if match := _NO_COLUMN.search(text):
        return _no_column(next(filter(None, match.groups())), views)
    if match := _NO_TABLE.search(text):
        return _no_table(match[1].strip("!\"'"))
    if "file system operations are disabled" in text or "configuration has been locked" in text:
        return (
            f"A query reads the home's tables alone: no files, network, extensions or settings. {_UNCHANGED}"
        )
    first = text.split("\n\n", maxsplit=1)[0].strip().rstrip(".")
    return f"The query cannot run: {first}. {_UNCHANGED}"


def _no_column(name: str, views: Sequence[str]) -> str:
    known = {view: columns_of(view) for view in views}
    near = _like(name, [column for columns in known.values() for column in columns])
    listed = " ".join(f"{view} has: {', '.join(columns)}." for view, columns in known.items())
    return f"There is no column {name!r}{near} {listed} {_UNCHANGED}"


def _no_table(name: str) -> str:
    near = _like(name, list(VIEW_SOURCES))
    return f"There is no table {name!r}{near} There are: {', '.join(VIEW_SOURCES)}. {_UNCHANGED}"


def _like(name: str, known: Sequence[str]) -> str:
    wanted = name.rsplit(".", 1)[-1].lower()
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.55)
    return f"; did you mean {near[0]}?" if near else "."


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:79] + "…"
