"""What does a database hold, and which mapping would suit it?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

BROWSERS = {
    "chrome": {"urls", "visits"},
    "firefox": {"moz_places", "moz_historyvisits"},
    "safari": {"history_items", "history_visits"},
}
"""The tables by which a browser's history is known."""
GUESSES = {
    "text": ("content", "body", "text", "message", "note", "description"),
    "time": ("created_at", "sent_at", "created", "timestamp", "date", "time", "inserted_at", "ts"),
    "updated_at": ("updated_at", "modified_at", "edited_at", "last_modified"),
    "session": tuple(
        each + ending
        for ending in ("_id", "")
        for each in ("session", "conversation", "thread", "chat", "channel", "room")
    ),
    "role": ("role", "sender_type"),
    "author": ("author", "sender", "user_name", "username", "sender_name"),
    "name": ("title", "name", "subject"),
}
MOST_TABLES = 15
MOST_COLUMNS = 12


def shipped_mapping_for(connection: "Connection") -> str | None:
    """The mapping that comes with rem for a database that is known by its tables."""
    from sqlalchemy import inspect

    there = set(inspect(connection).get_table_names())
    return next((name for name, tables in BROWSERS.items() if tables <= there), None)


def proposal(connection: "Connection", place: str) -> str:
    """The tables of a database, and a mapping to begin with, as a message."""
    from sqlalchemy import inspect

    inspected = inspect(connection)
    lines = [f"{place!r} needs a mapping that says what its tables become. Nothing was changed. It has:"]
    best: tuple[int, str, list[str]] | None = None
    names = inspected.get_table_names()
    for name in names[:MOST_TABLES]:
        columns = [str(each["name"]) for each in inspected.get_columns(name)]
        more = ", ..." if len(columns) > MOST_COLUMNS else ""
        lines.append(f"  {name} ({_count(connection, name)} rows): {', '.join(columns[:MOST_COLUMNS])}{more}")
        found = _guessed(columns)
        if {"text", "time"} <= set(found) and (best is None or len(found) > best[0]):
            key = inspected.get_pk_constraint(name)["constrained_columns"] or columns[:1]
            best = (len(found), name, _mapping(name, found, key))
    if len(names) > MOST_TABLES:
        lines.append(f"  and {len(names) - MOST_TABLES} more")
    if not names:
        lines.append("  no tables")
    lines += ["A mapping to begin with; save it as work.toml, then: rem import sql work.toml"]
    return "\n".join(
        [*lines, "", f'url = "{place}"', "", *(best[2] if best else _mapping("TABLE", {}, ["id"]))]
    )


def _guessed(columns: Sequence[str]) -> dict[str, str]:
    lowered = {each.lower(): each for each in columns}
    found = {}
    for field, names in GUESSES.items():
        if hit := next((lowered[name] for name in names if name in lowered), None):
            found[field] = hit
    return found


def _mapping(table: str, found: dict[str, str], key: Sequence[str]) -> list[str]:
    becomes = "messages" if "session" in found else "resources"
    told: dict[str, Any] = {"time": "TIME_COLUMN", "text": "TEXT_COLUMN", **found}
    wanted = {
        "messages": ("time", "updated_at", "session", "role", "author", "text"),
        "resources": ("time", "updated_at", "name", "text"),
    }[becomes]
    ids = f'"{key[0]}"' if len(key) == 1 else "[" + ", ".join(f'"{each}"' for each in key) + "]"
    fields = [f'{name} = "{told[name]}"' for name in wanted if name in told]
    return ["[[tables]]", f'becomes = "{becomes}"', f'table = "{table}"', f"id = {ids}", *fields]


def _count(connection: "Connection", name: str) -> str:
    from sqlalchemy import func, select, table
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return f"{connection.scalar(select(func.count()).select_from(table(name))):,}"
    except SQLAlchemyError:
        connection.rollback()
        return "?"
