"""Which entity does a person mean by a name, and what is an entity called?

as it is        DiskANN, disk-ann     case and hyphens aside
as it sounds    disk.ann, Dísk ANN    spaces, dots and accents aside; other names, too
a part of it    Souza                 of one entity alone
"""

import difflib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.errors import UnknownNameError
from rem_dagster.model.names import entity_id, fold
from rem_dagster.recall.graph.parts import Node
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.snapshot import Snapshot, from_snapshot

MOST_OFFERED = 6
MOST_KEPT = 4
LEAST_PART = 2
"""Letters of a word by which an entity may be meant."""
Row: TypeAlias = tuple[int, str, str, str, str]
"""How often, when last, by which name, as which kind and in which entity something is mentioned."""
_NAMED = "metadata LIKE '%\"name\": %'"
_kept: dict[tuple[str, str], tuple[int, int, "Names"]] = {}


@dataclass(frozen=True)
class Meant:
    """The node that is meant by a name, and the name that it has, where that is another one."""

    node_id: str
    known_as: str | None = None


class Names:
    """What the entities of one user are called."""

    def __init__(self, user_id: str, mentions: pa.Table, groups: Mapping[str, str]) -> None:
        self.user_id = user_id
        self.groups = groups
        self._mentions = mentions

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Each entity's node; the name is the one by which it is named oftenest, then last."""
        forms = ["entity_id", "name", "kind"]
        told = self._mentions.group_by(forms).aggregate([("count", "sum"), ("partition_key", "max")])
        found: defaultdict[str, list[Row]] = defaultdict(list)
        columns = ("entity_id", "name", "kind", "count_sum", "partition_key_max")
        for entity, name, kind, count, last in zip(
            *(told[each].to_pylist() for each in columns), strict=True
        ):
            found[self.groups.get(entity, entity)].append((count or 0, last, name, kind, entity))
        return _Nodes(dict(found), self._other_forms())

    def find(self, text: str) -> Meant:
        """The entity that is meant.

        Raises:
            UnknownNameError: none is, or it may be several.
        """
        exact = self.groups.get(entity_id(self.user_id, text), entity_id(self.user_id, text))
        if exact in self.nodes:
            return self._meant(exact, text)
        for meant in (self._by_fold.get(fold(text), {}), self._by_part(text)):
            named = [node for node, is_name in meant.items() if is_name] or list(meant)
            if len(named) == 1:
                return self._meant(named[0], text)
            if named:
                raise UnknownNameError(
                    f"{text!r} may be any of {self._listed(named)}. Nothing was changed. Give the whole name."
                )
        raise UnknownNameError(self._unknown(text))

    def find_member(self, text: str) -> str:
        """The entity that has exactly this spelling, else the one that is meant; not what it is one with.

        Raises:
            UnknownNameError: none is meant, or it may be several.
        """
        exact = entity_id(self.user_id, text)
        if exact in self._members:
            return exact
        node = self.find(text).node_id
        spelt = [each for each in self.nodes[node].members if fold(self._members.get(each, "")) == fold(text)]
        return min(spelt) if spelt else node

    def name_of(self, entity: str) -> str:
        """What one entity is called, whatever it is one with; its id where nothing names it any more."""
        return self._members.get(entity, entity)

    @cached_property
    def _members(self) -> dict[str, str]:
        told = self._mentions.group_by(["entity_id"]).aggregate([("name", "min")])  # capitals come first
        return dict(zip(told["entity_id"].to_pylist(), told["name_min"].to_pylist(), strict=True))

    @cached_property
    def _by_fold(self) -> dict[str, dict[str, bool]]:
        """Folded name -> the nodes that have it, and whether it is their name or another one of theirs."""
        found: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        for node in self.nodes.values():
            for alias in node.aliases:
                found[fold(alias)].setdefault(node.id, False)
            found[fold(node.name)][node.id] = True
        return found

    def _by_part(self, text: str) -> dict[str, bool]:
        """The people, places and the like that have all words of a text in a name of theirs."""
        words = {fold(word) for word in text.split()}
        if not words or any(len(word) < LEAST_PART for word in words):
            return {}
        return {
            node.id: True
            for node in self.nodes.values()
            if node.detail not in ("topic", None)
            and any(words <= {fold(part) for part in name.split()} for name in (node.name, *node.aliases))
        }

    def _meant(self, node_id: str, text: str) -> Meant:
        name = self.nodes[node_id].name
        return Meant(node_id, name if fold(name) != fold(text) else None)

    def _other_forms(self) -> dict[str, set[str]]:
        forms = self._mentions["surface_forms"].combine_chunks()
        if isinstance(forms, pa.ChunkedArray):
            forms = forms.combine_chunks()
        parents = pc.list_parent_indices(forms)
        pairs = pa.table(
            {"entity": self._mentions["entity_id"].take(parents), "form": pc.list_flatten(forms)}
        )
        distinct = pairs.group_by(["entity", "form"]).aggregate([])
        found: defaultdict[str, set[str]] = defaultdict(set)
        for entity, form in zip(distinct["entity"].to_pylist(), distinct["form"].to_pylist(), strict=True):
            found[self.groups.get(entity, entity)].add(form)
        return found

    def _listed(self, nodes: Sequence[str]) -> str:
        ordered = sorted((self.nodes[node] for node in nodes), key=lambda node: (-node.mentions, node.name))
        shown = [f"{node.name!r}" for node in ordered[:MOST_OFFERED]]
        more = len(ordered) - len(shown)
        return ", ".join(shown) + (f" and {more} more" if more else "")

    def _unknown(self, text: str) -> str:
        if not self.nodes:
            return (
                f"Nothing is called {text!r}: no dreamt day of user {self.user_id!r} names anything. "
                "Nothing was changed. `rem dream` makes a graph of what is stored."
            )
        close = difflib.get_close_matches(fold(text), self._by_fold, n=MOST_OFFERED, cutoff=0.6)
        inside = [name for name in self._by_fold if len(fold(text)) > LEAST_PART and fold(text) in name]
        nodes = list(dict.fromkeys(node for name in (*close, *inside) for node in self._by_fold[name]))
        hint = (
            f"Did you mean {self._listed(nodes)}?"
            if nodes
            else f"The best known are {self._listed(list(self.nodes))}."
        )
        return (
            f"Nothing in the graph of user {self.user_id!r} is called {text!r}. Nothing was changed. {hint}"
        )


class _Nodes(Mapping[str, Node]):
    """Nodes that are made when they are asked for: a traverse shows a few of a hundred thousand."""

    def __init__(self, rows: Mapping[str, Sequence[Row]], others: Mapping[str, set[str]]) -> None:
        self._rows = rows
        self._others = others
        self._made: dict[str, Node] = {}

    def __getitem__(self, node_id: str) -> Node:
        made = self._made.get(node_id)
        if made is None:
            made = self._made[node_id] = _node(node_id, self._rows[node_id], self._others.get(node_id, set()))
        return made

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def read_names(store: Store, user_id: str, groups: Mapping[str, str], version: int) -> Names:
    """The names of a user's entities; kept in memory until a table has another version.

    Args:
        version: that of the table of edges from which the groups are.
    """
    columns = ("entity_id", "name", "kind", "surface_forms", "count", "partition_key")
    key = store.uri, user_id

    def read(snapshot: Snapshot) -> tuple[int, int, Names]:
        kept = _kept.pop(key, None)
        if kept is None or kept[:2] != (snapshot.version, version):
            mentions = snapshot.read(columns, equals("user_id", user_id))
            mentions = pa.concat_tables([mentions, _named_by_imports(store, user_id, mentions.schema)])
            kept = snapshot.version, version, Names(user_id, mentions, groups)
        return kept

    kept = _kept[key] = from_snapshot(store, "mentions", read)
    while len(_kept) > MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    return kept[2]


def _named_by_imports(store: Store, user_id: str, schema: pa.Schema) -> pa.Table:
    """What links of raw records name, as mentions that do not count: issues, and notes nobody wrote yet."""
    where = all_of(equals("user_id", user_id), equals("generated_by", "import"), _NAMED)
    rows = store.read("edges", ("target_id", "partition_key", "metadata"), where).to_pylist()
    named = [(row, json.loads(row["metadata"])["name"]) for row in rows]
    return pa.Table.from_pylist(
        [
            {
                "entity_id": row["target_id"],
                "name": name,
                "kind": "topic",
                "surface_forms": [name],
                "count": 0,
                "partition_key": row["partition_key"],
            }
            for row, name in named
        ],
        schema=schema,
    )


def _node(node_id: str, rows: Sequence[Row], others: set[str]) -> Node:
    _, _, name, kind, _ = max(rows)
    sums: defaultdict[str, int] = defaultdict(int)
    for count, _, _, each, _ in rows:
        sums[each] += count
    kind = max(sums, key=lambda each: (each not in ("topic", "thing"), sums[each], each))
    aliases = {each for _, _, each, _, _ in rows} | others
    members = sorted({entity for *_, entity in rows})
    if name == name.lower():  # a tag may be oftener
        spelt = [each for each in aliases if each != each.lower() and fold(each) == fold(name)]
        name = max(spelt, default=name)
    return Node(
        id=node_id,
        kind="entity",
        name=name,
        detail=kind,
        aliases=tuple(sorted(aliases - {name})),
        members=tuple(members) if len(members) > 1 else (),
        mentions=sum(count for count, *_ in rows),
    )
