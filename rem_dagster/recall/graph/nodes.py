"""What is behind the ids at the ends of edges?"""

from collections.abc import Iterable
from typing import Any

from rem_dagster.recall.graph.names import Names
from rem_dagster.recall.graph.parts import Node
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in

_MOMENT = ("id", "user_id", "name", "moment_type", "start_time")
_RESOURCE = ("id", "user_id", "name", "category", "created_at")
_MESSAGE = ("id", "user_id", "author", "role", "content", "created_at")
SHOWN_WORDS = 60
"""Characters of a message that stand for it."""
_SESSION = ("id", "user_id", "title", "source", "created_at")


def describe(store: Store, ids: Iterable[str], names: Names) -> dict[str, Node]:
    """The node of each id; one of which nothing is stored any more is called by its id."""
    wanted = dict.fromkeys(ids)
    found = {each: names.nodes[each] for each in wanted if each in names.nodes}
    for read in (_moments, _resources, _sessions, _messages):
        rest = [each for each in wanted if each not in found]
        if not rest:
            break
        found |= {node.id: node for node in read(store, rest, names.user_id)}
    return {each: found.get(each, Node(each, "other", each)) for each in wanted}


def find_by_id(store: Store, text: str, names: Names) -> str | None:
    """The node that has an id: of an entity, moment, resource, document, session or message, or None."""
    if text in names.nodes or any(text in node.members for node in names.nodes.values()):
        return text
    found = describe(store, [text], names)[text]
    if found.kind != "other" or found.detail:
        return text
    of_document = all_of(equals("user_id", names.user_id), equals("document_id", text))
    rows = store.read("resources", ["id"], of_document).to_pylist()
    return min(row["id"] for row in rows) if rows else None


def _moments(store: Store, ids: list[str], user_id: str) -> list[Node]:
    return [
        Node(row["id"], "moment", row["name"], row["moment_type"], at=row["start_time"])
        for row in _rows(store, "moments", _MOMENT, ids, user_id)
    ]


def _resources(store: Store, ids: list[str], user_id: str) -> list[Node]:
    return [
        Node(row["id"], "resource", row["name"], row["category"], at=row["created_at"])
        for row in _rows(store, "resources", _RESOURCE, ids, user_id)
    ]


def _sessions(store: Store, ids: list[str], user_id: str) -> list[Node]:
    return [
        Node(
            row["id"],
            "session",
            row["title"] or f"session from {row['source']}",
            "chat",
            at=row["created_at"],
        )
        for row in _rows(store, "sessions", _SESSION, ids, user_id)
    ]


def _messages(store: Store, ids: list[str], user_id: str) -> list[Node]:
    return [
        Node(row["id"], "other", _words(row), "message", at=row["created_at"])
        for row in _rows(store, "messages", _MESSAGE, ids, user_id)
    ]


def _words(row: dict[str, Any]) -> str:
    said = " ".join(row["content"][: SHOWN_WORDS * 4].split())
    said = said if len(said) <= SHOWN_WORDS else said[: SHOWN_WORDS - 1] + "…"
    return f"{row['author'] or row['role']}: {said}"


def _rows(
    store: Store, table: str, columns: tuple[str, ...], ids: list[str], user_id: str
) -> list[dict[str, Any]]:
    found = store.read(table, columns, is_in("id", ids)).to_pylist()
    return [row for row in found if row["user_id"] == user_id]
