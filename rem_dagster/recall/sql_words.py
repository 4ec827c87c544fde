"""What is said of a SQL text that cannot run: what to write instead?"""

import difflib
import re
from collections.abc import Callable, Sequence

from rem_dagster.recall.sql_text import UNCHANGED
from rem_dagster.recall.views import VIEW_SOURCES, columns_of

OWN_TABLES_ALONE = (
    f"A query reads the home's tables alone: no files, network, extensions or settings. {UNCHANGED}"
)
_NO_COLUMN = re.compile(
    r'Referenced column "([^"]+)"|does not have a column named "([^"]+)"|column "([^"]+)" does not exist'
)
_NO_TABLE = re.compile(r"(?:Table|View) with name (\S+) does not exist")
_KIND = re.compile(r"^(?:[A-Z]\w+ )+Error: ")
_LIST = "tags, emotion_tags, people, outcomes and ids are lists: write 'x' = ANY(tags)"
_INSTEAD = {
    "to_char": "strftime(start_time, '%Y-%m-%d')",
    "datediff": "date_diff('minute', start_time, end_time)",
    "timestampdiff": "date_diff('minute', start_time, end_time)",
    "json_agg": "json_group_array(name)",
    "jsonb_agg": "json_group_array(name)",
    "getdate": "now()",
    "nvl": "coalesce(a, b)",
    "isnull": "coalesce(a, b)",
    "array_contains_any": "list_has_any(tags, ['a', 'b'])",
}
"""Functions of other databases, with what DuckDB has for them."""


def explained(error: Exception, views: Sequence[str], sql: str = "") -> str:
    """DuckDB's words, led by what to write instead."""
    text = str(error)
    if match := _NO_COLUMN.search(text):
        return _no_column(next(filter(None, match.groups())), views, sql)
    if match := _NO_TABLE.search(text):
        return no_table(match[1].strip("!\"'"))
    if "file system operations are disabled" in text or "configuration has been locked" in text:
        return OWN_TABLES_ALONE
    for pattern, said in _HINTS:
        if match := re.search(pattern, text):
            told = said(match, sql) if callable(said) else said
            return f"The query cannot run: {told}{'' if told.endswith('?') else '.'} {UNCHANGED}"
    first = _KIND.sub("", text).split("\n\n", maxsplit=1)[0].split("\n\tCandidate", maxsplit=1)[0]
    return f"The query cannot run: {' '.join(first.split()).rstrip('.')}. {UNCHANGED}"


def no_table(name: str) -> str:
    """What is said of a table that there is not."""
    near = like(name, list(VIEW_SOURCES))
    return f"There is no table {name!r}{near} There are: {', '.join(VIEW_SOURCES)}. {UNCHANGED}"


def like(name: str, known: Sequence[str]) -> str:
    """The end of a sentence: a full stop, or a question for the name that is most like it."""
    wanted = name.rsplit(".", 1)[-1].lower()
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.55)
    return f"; did you mean {near[0]}?" if near else "."


def _no_column(name: str, views: Sequence[str], sql: str) -> str:
    known = {view: columns_of(view) for view in views}
    near = like(name, [column for columns in known.values() for column in columns])
    if near == "." and f'"{name}"' in sql:
        near = f"; double quotes are for names. Write a text in single quotes: '{name}'."
    listed = " ".join(f"{view} has: {', '.join(columns)}." for view, columns in known.items())
    return f"There is no column {name!r}{near} {listed} {UNCHANGED}"


def _no_function(match: re.Match[str], _: str) -> str:
    name, near = match[1], match[2]
    instead = _INSTEAD.get(name.lower()) or (f"{near}()" if near else None)
    return f"there is no function {name}()" + (f"; did you mean {instead}?" if instead else "")


def _wrong_arguments(match: re.Match[str], _: str) -> str:
    name, types = match[1].strip('"'), match[2]
    if "[]" in types:
        return f"{_in_words(name)} cannot be used with a list. {_LIST}"
    if instead := _INSTEAD.get(name.lower()):
        return f"{name}() takes other arguments; write {instead}"
    if types == "INTERVAL" and name in ("sum", "avg", "median"):
        return f"{name}() takes numbers; write {name}(epoch(end_time - start_time)) / 3600 for hours"
    return f"{_in_words(name)} cannot be used with {types.replace('_LITERAL', '')}"


def _in_words(name: str) -> str:
    operators = {"~~": "LIKE", "~~*": "ILIKE", "!~~": "NOT LIKE", "!~~*": "NOT ILIKE"}
    return operators.get(name) or (f"{name}()" if name.isidentifier() else name)


def _cannot_compare(match: re.Match[str], _: str) -> str:
    kinds = {kind.removesuffix("_LITERAL") for kind in match.groups()}
    said = f"{' and '.join(sorted(kinds))} cannot be compared"
    if any(kind.endswith("[]") for kind in kinds):
        return f"{said}. {_LIST}"
    if "INTERVAL" in kinds:
        return f"{said}. A length of time is written INTERVAL '60 minutes'"
    if any(kind.startswith(("TIMESTAMP", "DATE")) for kind in kinds):
        return f"{said}. {_DATES}"
    return f"{said} without a cast"


def _no_time(match: re.Match[str], _: str) -> str:
    return f"{match[1]!r} is no time. {_DATES}"


def _no_values(match: re.Match[str], _: str) -> str:
    return (
        f"it has places for values ({match[1]}), and none were given. Write the values into it; "
        "from Python they can be given as `parameters`"
    )


def _not_grouped(match: re.Match[str], _: str) -> str:
    name = match[1]
    return f"{name} is neither counted nor grouped. Add it to GROUP BY, or select any_value({name})"


def _broken(match: re.Match[str], _: str) -> str:
    """Where a text stops being SQL."""
    place = re.search(r"\n(LINE \d+: )(.*)\n(\s*)\^", match.string)
    before = place[2][: max(len(place[3]) - len(place[1]), 0)].strip() if place else ""
    behind = f", behind {before[-60:]!r}" if before else ""
    return f"there is a mistake at {match[1]}{behind}"


_DATES = "Days and times are texts in quotes: '2025-10-20', '2025-10-20 15:00', or CURRENT_DATE - 1"
_HINTS: Sequence[tuple[str, str | Callable[[re.Match[str], str], str]]] = (
    (r'Function with name (\S+) does not exist!(?:\s+Did you mean "(\w+)")?', _no_function),
    (r"No function matches the given name and argument types '(.+?)\((.*)\)'", _wrong_arguments),
    (r"Cannot compare values of type (.+?) and type (.+?) -", _cannot_compare),
    (r"can't be cast to the destination type \S*\[\]", f"a text is compared with a list. {_LIST}"),
    (r"invalid (?:timestamp|date) field format: \"(.*?)\"", _no_time),
    (r"(?:timestamp|date) field value out of range: \"(.*?)\"", _no_time),
    (r"Unimplemented type for cast \(INTEGER -> DATE\)", f"a number is no day. {_DATES}"),
    (
        r"unterminated (?:quoted string|string literal)",
        "a quote is not closed. A quote within a text is written twice: 'it''s'",
    ),
    (r'column "?([^"\n]+?)"? must appear in the GROUP BY', _not_grouped),
    (r"Values were not provided for the following parameters: (.*)", _no_values),
    (r"syntax error at or near (\"[^\n]*\")", _broken),
    (r"syntax error at end of input", "it ends too early"),
)
