"""What may a SELECT name: which tables, and which functions of DuckDB?

DuckDB's own locks (no files, no extensions, no settings) hold below this; what it still tells, such as
paths among its settings, is not asked for here.
"""

from collections.abc import Sequence

from rem_dagster.errors import QueryError
from rem_dagster.recall.sql_text import UNCHANGED, Node, Select
from rem_dagster.recall.sql_words import OWN_TABLES_ALONE, no_table
from rem_dagster.recall.views import VIEW_SOURCES

TABLE_FUNCTIONS = frozenset(
    {"unnest", "range", "generate_series", "json_each", "json_tree", "regexp_split_to_table"}
)
"""What may stand behind FROM beside the tables; the rest read files, settings, or SQL from texts."""
_MORE_THAN_FUNCTIONS = """
    getenv current_setting set_config getvariable write_log sleep_ms pg_sleep nextval currval setval
    json_deserialize_sql json_serialize_sql json_serialize_plan json_execute_serialized_sql current_query
    pg_get_viewdef invoke current_database current_catalog inet_client_addr inet_client_port
    inet_server_addr inet_server_port parse_duckdb_log_message hive_partition_component
    """
_FORBIDDEN = frozenset(_MORE_THAN_FUNCTIONS.split())
"""They tell settings, wait, write logs, or run SQL from texts."""
_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})


def views_of(select: Select) -> list[str]:
    """The views that a SELECT reads, in their order.

    Raises:
        QueryError: it names something else that holds rows, or a function that is more than a function.
    """
    given = {name for node in select.nodes() for name in _with_names(node)}
    if taken := sorted(filter(_is_hidden, given)):
        raise QueryError(f"WITH cannot give the name {taken[0]!r}. Give another one. {UNCHANGED}")
    found = set()
    for node in select.nodes():
        kind = str(node.get("type", ""))
        if kind.endswith("_NODE") and kind not in _NODES:
            raise QueryError(_only_reads(kind))
        if kind == "BASE_TABLE":
            found.add(_name_of(node, given))
        elif kind == "SHOW_REF" and "query" not in node:
            raise QueryError(
                "SHOW tells nothing but SHOW TABLES; DESCRIBE moments lists the columns of a table. "
                + UNCHANGED
            )
        elif kind == "TABLE_FUNCTION":
            _check_function(str(node["function"].get("function_name")).lower(), "FROM")
        elif node.get("class") == "FUNCTION" and not _asks_for_the_zone(node):
            _check_function(str(node.get("function_name")).lower(), "")
            if day := _unquoted_day(node):
                raise QueryError(f"{day} without quotes is a subtraction. Write '{day}'. {UNCHANGED}")
    return [view for view in VIEW_SOURCES if view in found]


def lists_tables(select: Select) -> bool:
    """Whether it is SHOW TABLES."""
    shown = select.tree.get("node", {}).get("from_table", {})
    return shown.get("type") == "SHOW_REF" and str(shown.get("table_name", "")).strip('"').lower() == "tables"


def _with_names(node: Node) -> Sequence[str]:
    held = node.get("cte_map", {}).get("map", ()) if isinstance(node.get("cte_map"), dict) else ()
    return [str(each.get("key", "")).lower() for each in held]


def _unquoted_day(call: Node) -> str | None:
    """`2025-10-20` without quotes, which is 1995."""
    if call.get("function_name") != "-" or len(call.get("arguments", ())) != 2:
        return None
    left, last = [each.get("expression", {}) for each in call["arguments"]]
    parts = [each.get("expression", {}) for each in left.get("arguments", ())] + [last]
    texts = [str(each.get("literal", {}).get("text", "")) for each in parts]
    is_day = left.get("function_name") == "-" and len(texts) == 3 and all(map(str.isdigit, texts))
    return "-".join(texts) if is_day and 1900 <= int(texts[0]) < 2200 else None


def _asks_for_the_zone(call: Node) -> bool:
    """Whether it is current_setting('TimeZone'), the one setting that a query may know."""
    texts = [each.get("expression", {}).get("literal", {}).get("text") for each in call.get("arguments", ())]
    asked = [text.lower() for text in texts if isinstance(text, str)]
    return call.get("function_name") == "current_setting" and asked == ["timezone"]


def _is_hidden(name: str) -> bool:
    return name.startswith("stored_") or name == "same_as"


def _name_of(node: Node, given: set[str]) -> str:
    name = str(node.get("table_name", "")).lower()
    place = ".".join(node.get("qualified_name", {}).get("path", [name]))
    if "schema_name" not in node and "catalog_name" not in node and (name in given or name in VIEW_SOURCES):
        return name
    if any(sign in place for sign in "/\\:*") or name.endswith((".csv", ".json", ".parquet", ".db")):
        raise QueryError(f"{place!r} looks like a file. {OWN_TABLES_ALONE}")
    if place.lower().startswith(("information_schema", "pg_", "sqlite_", "duckdb_", "system")):
        raise QueryError(
            f"{place!r} is not shown. SHOW TABLES lists the tables, DESCRIBE moments the columns of one. "
            + UNCHANGED
        )
    raise QueryError(no_table(str(node.get("table_name", place))))


def _check_function(name: str, where: str) -> None:
    if where and name not in TABLE_FUNCTIONS:
        raise QueryError(f"{name}() cannot stand behind FROM. {OWN_TABLES_ALONE}")
    if name in _FORBIDDEN:
        raise QueryError(f"{name}() is not for a query. {OWN_TABLES_ALONE}")


def _only_reads(kind: str) -> str:
    what = kind.split("_", maxsplit=1)[0]
    return f"A query must be one SELECT, but it holds: {what}. {UNCHANGED} `rem query` only reads."
