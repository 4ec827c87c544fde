"""What does a SQL text say: of what kind it is, what it names, and how would DuckDB have it written?"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from rem_dagster.errors import QueryError

if TYPE_CHECKING:
    import duckdb

MOST_CHARACTERS = 200_000
"""A tree is about 50 times as large as its text."""
UNCHANGED = "Nothing was changed."

Node: TypeAlias = Mapping[str, Any]
_TREE = "SELECT json_serialize_sql(?::VARCHAR, skip_null := true, skip_empty := true, skip_default := true)"
_PLAIN_CLASSES = ("COLUMN_REF", "CONSTANT", "PARAMETER")
_ANY = re.compile(r"\s*=\s*(?:any|some)\s*\(\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Select:
    """One SELECT: its text, and its tree as `json_serialize_sql` writes it."""

    text: str
    tree: Node

    def nodes(self) -> Iterator[Node]:
        """Every node of the tree, an outer one before those within it."""
        left: list[object] = [self.tree]
        while left:
            node = left.pop()
            if isinstance(node, dict):
                yield node
                left += reversed(node.values())
            elif isinstance(node, list):
                left += reversed(node)


def read_select(connection: "duckdb.DuckDBPyConnection", sql: str) -> Select:
    """A text as the one SELECT that it must be.

    Raises:
        QueryError: it is too long, nested too deeply, or something else than one SELECT.
        duckdb.Error: it is no SQL.
    """
    import duckdb

    if len(sql) > MOST_CHARACTERS:
        raise QueryError(
            f"The SQL has {len(sql):,} characters, more than {MOST_CHARACTERS:,}. {UNCHANGED} Give long "
            "lists as a parameter: `WHERE id IN (SELECT unnest($ids))`."
        )
    if any("\ud800" <= letter <= "\udfff" for letter in sql):
        raise QueryError(f"The SQL holds half a character, which no text can. {UNCHANGED}")
    kinds = [each.type for each in connection.extract_statements(sql)]
    if kinds != [duckdb.StatementType.SELECT]:
        raise QueryError(_not_one_select(sql, [kind.name for kind in kinds]))
    ((tree,),) = connection.execute(_TREE, [sql]).fetchall()
    try:
        parsed = json.loads(tree)
    except RecursionError as error:
        raise QueryError(f"The SQL is nested too deeply to be read. {UNCHANGED}") from error
    if "statements" not in parsed:
        raise duckdb.ParserException(parsed.get("error_message", "this cannot be read"))
    return Select(sql, parsed["statements"][0])


def in_duckdb_forms(select: Select) -> str:
    """The text with what Postgres spells otherwise, or DuckDB runs slowly, written its way.

    `array_agg(m.* ORDER BY ...)` becomes `array_agg(m ORDER BY ...)`. `GROUP BY s.id` gets the
    columns of `s` that are selected as they are, for they follow from its id; for `s.*` it becomes
    `GROUP BY ALL`.
    `'x' = ANY(tags)` becomes `list_contains`, which takes a ninth of the time.
    """
    encoded = select.text.encode("utf-8")
    edits: list[tuple[int, int, bytes]] = []
    for node in select.nodes():
        if node.get("class") == "FUNCTION":
            edits += _gathered(node)
        elif node.get("type") == "SELECT_NODE":
            edits += _grouped(node)
        elif node.get("class") == "SUBQUERY":
            edits += _contained(node, encoded)
    for start, end, text in sorted(edits, reverse=True):
        encoded = encoded[:start] + text + encoded[end:]
    return encoded.decode("utf-8")


def _not_one_select(sql: str, kinds: list[str]) -> str:
    found = ", ".join(kinds) or "nothing"
    hint = "`rem query` only reads."
    if kinds == ["MULTI"]:
        found, hint = "several statements", "PIVOT needs its values named: `ON x IN ('a', 'b')` in a FROM."
    elif kinds == ["EXPLAIN"]:
        hint = "Leave EXPLAIN out."
    return f"A query must be one SELECT, but {_shortened(sql)!r} is: {found}. {UNCHANGED} {hint}"


def _shortened(text: str) -> str:
    line = " ".join(text[:1000].split())
    return line if len(line) <= 80 else line[:79] + "…"


def _span(node: Node) -> tuple[int, int]:
    """First byte and the one after the last; without a place both are equal."""
    start = node.get("query_location", 0)
    return start, start + node.get("query_location_length", 0)


def _gathered(call: Node) -> Iterator[tuple[int, int, bytes]]:
    """`m.*` as what array_agg gathers is the row `m`."""
    if call.get("function_name") not in ("array_agg", "list"):
        return
    for argument in call.get("arguments", ()):
        star = argument.get("expression", {})
        if star.get("class") == "STAR" and "relation_name" in star:
            start, end = _span(star)
            yield start, end, _quoted(star["relation_name"]).encode("utf-8")


def _grouped(select: Node) -> Iterator[tuple[int, int, bytes]]:
    """A group by a table's id, with what follows from it: the columns by name, ALL for `s.*`."""
    groups = select.get("group_expressions", [])
    names = [tuple(each.lower() for each in group.get("column_names", ())) for group in groups]
    if not groups or len(select.get("group_sets", [])) != 1 or not all(len(name) == 2 for name in names):
        return
    whole = {table for table, column in names if column == "id"}
    items = [taken for each in select.get("select_list", ()) if (taken := _taken(each))]
    added = list(dict.fromkeys(item for item in items if item not in names))
    if not added or not all(table in whole for table, _ in added):
        return
    start, end = _span(groups[0])[0], _span(groups[-1])[1]
    if all(column != "*" for _, column in added):
        yield (
            end,
            end,
            "".join(f", {_quoted(table)}.{_quoted(name)}" for table, name in added).encode("utf-8"),
        )
    elif all(name in items or (name[0], "*") in items for name in names):
        yield start, end, b"ALL"


def _taken(item: Node) -> tuple[str, str] | None:
    """Table and column of what is selected as it is; `*` is every column; None is an expression."""
    if item.get("class") == "STAR":
        return item.get("relation_name", "").lower(), "*"
    if item.get("class") == "COLUMN_REF":
        *table, column = (each.lower() for each in item["column_names"])
        return ".".join(table), column
    return None


def _contained(node: Node, text: bytes) -> Iterator[tuple[int, int, bytes]]:
    """`'x' = ANY(tags)` as a function, where it is written in just that way."""
    if node.get("subquery_type") != "ANY" or node.get("comparison_type") != "COMPARE_EQUAL":
        return
    value, inner = node.get("child", {}), node.get("subquery", {}).get("node", {})
    (unnested, *more) = inner.get("select_list") or [{}]
    (argument, *others) = unnested.get("arguments") or [{}]
    texts = argument.get("expression", {})
    if more or others or unnested.get("function_name") != "unnest" or inner["from_table"]["type"] != "EMPTY":
        return
    if value.get("class") not in _PLAIN_CLASSES or texts.get("class") != "COLUMN_REF":
        return
    (start, end), (first, after), (begin, stop) = _span(node), _span(value), _span(texts)
    between = text[after:begin].decode("utf-8", "replace")
    if first == start and stop < end and _ANY.fullmatch(between) and text[stop:end].strip() == b")":
        call = b"coalesce(list_contains(" + text[begin:stop] + b", " + text[first:after] + b"), false)"
        yield start, end, call


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
