"""Which messages of a ChatGPT conversation did somebody see, and in which order?

An export holds a tree: an answer that was asked for again, or a question that was changed, is another
child. What was seen last leads from `current_node` up to the root:

    root ── question ──┬── answer               left out
                       └── answer ── question ── answer    <- current_node
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rem_dagster.sources.fields import Fields, as_fields, fields_in, time_in

NO_CURRENT = "names no current message; the branch of its newest message was taken"
NO_BEGINNING = "has messages whose parents are missing in the export"
IN_A_CIRCLE = "has messages that are each other's parents"


@dataclass(frozen=True)
class Branch:
    """The nodes of a conversation by their keys; messages are the `message` in them."""

    path: tuple[str, ...]
    """What was seen last, from the beginning."""
    others: tuple[str, ...]
    """The rest, in the order of the export."""
    problems: tuple[str, ...] = ()
    """What is wrong with the tree."""


def current_branch(nodes: Mapping[str, object], current: object) -> Branch:
    """The nodes on the way from the root to the current one, and the others."""
    problems = []
    if not isinstance(current, str) or current not in nodes:
        current = _newest_leaf(nodes)
        problems = [NO_CURRENT] if current is not None else []
    path, problem = _way_up(nodes, current)
    on_path = set(path)
    return Branch(
        path=tuple(reversed(path)),
        others=tuple(key for key in nodes if key not in on_path),
        problems=(*problems, problem) if problem else tuple(problems),
    )


def message_of(nodes: Mapping[str, object], key: str) -> Fields:
    """The message of a node; empty where there is none."""
    return fields_in(as_fields(nodes.get(key)), "message")


def is_node(node: object) -> bool:
    """Whether a node is one, with a message or, as the root, with none."""
    return isinstance(node, dict) and (node.get("message") is None or isinstance(node["message"], dict))


def _way_up(nodes: Mapping[str, object], start: str | None) -> tuple[list[str], str | None]:
    path: list[str] = []
    seen: set[str] = set()
    key: object = start
    while isinstance(key, str):
        if key in seen:
            return path, IN_A_CIRCLE
        if key not in nodes:
            return path, NO_BEGINNING
        seen.add(key)
        path.append(key)
        key = as_fields(nodes[key]).get("parent")
    return path, None


def _newest_leaf(nodes: Mapping[str, object]) -> str | None:
    """The newest message that no other follows; of equal ones the last; any where all are in circles."""
    parents = {parent for node in nodes.values() if isinstance(parent := as_fields(node).get("parent"), str)}
    leaves = [key for key in nodes if key not in parents and message_of(nodes, key)] or list(nodes)
    newest, newest_at = None, float("-inf")
    for key in leaves:
        at = time_in(message_of(nodes, key), "create_time")
        if (stamp := at.timestamp() if at else float("-inf")) >= newest_at:
            newest, newest_at = key, stamp
    return newest
