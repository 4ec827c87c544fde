"""What do stored items link to, and what links to them, as their sources say?

note ──links to──> commit            a wikilink, an address, an issue's number, a commit's id,
note <──linked from── message        a reply, a file that a chat and a commit share
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rem_dagster.store.database import Store

Table = Literal["messages", "resources", "sessions"]
SHOWN_WORDS = 60
"""Characters of a message that stand for it."""
_WITHIN = ("part", "edit")
"""What holds an item together with its own parts and earlier versions."""
_EDGES = ("user_id", "source_id", "target_id", "evidence", "generated_by", "metadata")


@dataclass(frozen=True)
class Linked:
    """The other end of a link."""

    id: str
    what: str
    """`note`, `commit`, `message`, `conversation` and so on; `link` for what is not stored."""
    name: str
    table: Table | None = None
    """Where it is stored; None where it is not."""


@dataclass(frozen=True)
class Links:
    """The links of one item: those that it makes, and those that lead to it; each other end once."""

    to: tuple[Linked, ...] = ()
    linked_from: tuple[Linked, ...] = ()


@dataclass
class _Ends:
    """Ids of other ends, in order; of what is not stored with its name."""

    to: dict[str, str | None] = field(default_factory=dict)
    back: dict[str, str | None] = field(default_factory=dict)


def links_of(store: Store, ids: Iterable[str], *, user_id: str) -> dict[str, Links]:
    """The links that an import made, by the id of each item that has some.

    Args:
        ids: of messages, resources and sessions; a part of a document has the links of all of it.
    """
    wanted = dict.fromkeys(ids)
    if not wanted:
        return {}
    asked = _asked_by_node(store, wanted)
    found: defaultdict[str, _Ends] = defaultdict(_Ends)
    for row in _edges(store, {*asked, *_conversations(store, wanted)}, user_id):
        source, target, rows = row["source_id"], row["target_id"], _rows_of(row)
        for item in dict.fromkeys([*asked.get(source, ()), *(each for each in rows if each in wanted)]):
            found[item].to.setdefault(target, _name_of(row))
        for item in asked.get(target, ()):
            found[item].back.setdefault(rows[0] if rows else source, None)
    known = _described(store, {each for ends in found.values() for each in (*ends.to, *ends.back)}, user_id)
    told = {item: Links(_named(ends.to, known), _named(ends.back, known)) for item, ends in found.items()}
    return {item: links for item, links in told.items() if links.to or links.linked_from}


def _asked_by_node(store: Store, ids: Mapping[str, None]) -> dict[str, list[str]]:
    """Node of the graph -> the asked items that it stands for: of a document all its rows are nodes."""
    asked: defaultdict[str, list[str]] = defaultdict(list)
    rows = store.read_in("resources", "id", ids, ["id", "document_id"]).to_pylist()
    documents: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        documents[row["document_id"]].append(row["id"])
    for row in store.read_in("resources", "document_id", documents, ["id", "document_id"]).to_pylist():
        asked[row["id"]] += documents[row["document_id"]]
    for each in ids:
        if each not in asked:
            asked[each].append(each)
    return dict(asked)


def _conversations(store: Store, ids: Iterable[str]) -> set[str]:
    """Of messages: what a message says makes some links of its conversation."""
    return set(store.read_in("messages", "id", ids, ["session_id"])["session_id"].to_pylist())


def _edges(store: Store, nodes: Iterable[str], user_id: str) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for column in ("source_id", "target_id"):
        for row in store.read_in("edges", column, nodes, [*_EDGES, "id", "partition_key"]).to_pylist():
            is_link = row["generated_by"] == "import" and json.loads(row["metadata"])["by"] not in _WITHIN
            if is_link and row["user_id"] == user_id:
                rows[row["partition_key"], row["id"]] = row
    return [rows[key] for key in sorted(rows)]


def _rows_of(edge: Mapping[str, Any]) -> list[str]:
    """The messages or parts of documents that make a link."""
    return [each["source_id"] for each in edge["evidence"] or ()]


def _name_of(edge: Mapping[str, Any]) -> str:
    """What a link leads to is called, where it is not stored."""
    told = json.loads(edge["metadata"])
    return str(told.get("name") or told["names"][0][1].rsplit("\n", 1)[-1])


def _described(store: Store, ids: set[str], user_id: str) -> dict[str, Linked]:
    found: dict[str, Linked] = {}
    columns = ["id", "user_id", "name", "category"]
    for row in store.read_in("resources", "id", ids, columns).to_pylist():
        found[row["id"]] = Linked(row["id"], row["category"], _flat(row["name"]), "resources")
    columns = ["id", "user_id", "author", "role", "content"]
    for row in store.read_in("messages", "id", ids - found.keys(), columns).to_pylist():
        words = f"{row['author'] or row['role']}: {row['content'][: SHOWN_WORDS * 4]}"
        found[row["id"]] = Linked(row["id"], "message", _flat(words), "messages")
    columns = ["id", "user_id", "title", "source"]
    for row in store.read_in("sessions", "id", ids - found.keys(), columns).to_pylist():
        found[row["id"]] = Linked(
            row["id"], "conversation", _flat(row["title"] or f"in {row['source']}"), "sessions"
        )
    return found


def _named(ends: Mapping[str, str | None], known: Mapping[str, Linked]) -> tuple[Linked, ...]:
    """The other ends; of one that is neither stored nor named nothing can be said."""
    told = ((each, name, known.get(each)) for each, name in ends.items())
    return tuple(end or Linked(each, "link", _flat(name or "")) for each, name, end in told if end or name)


def _flat(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN_WORDS else flat[: SHOWN_WORDS - 1] + "…"
