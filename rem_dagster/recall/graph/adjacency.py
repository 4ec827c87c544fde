"""How are a million edges held so that the neighbours of a node are found at once?

    edges (one a day)        relations (one for all days)      near: node ─> its relations
    a ─ b  Mon  2   ─┐
    a ─ b  Tue  1   ─┴─>     a ─ b  3                          a: [a─b, a─c]   b: [a─b]   c: [a─c]
    a ─ c  Tue  1   ───>     a ─ c  1

Entities that are one are one node; what would lead from a node to itself is left out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.recall.graph.parts import Relation

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

COLUMNS = ("source_id", "target_id", "edge_type", "weight", "partition_key", "generated_by")
UNDIRECTED = "related_to"
"""The type that says the same both ways round."""


@dataclass(frozen=True)
class _Edges:
    """Every edge: codes of its ends, type, day and owner; `related_to` has its lesser end first."""

    source: Ints
    target: Ints
    kind: Ints
    day: Ints
    owner: Ints
    weight: Reals


@dataclass(frozen=True)
class Adjacency:
    """The graph of one user: nodes and relations by number."""

    ids: pa.Array
    """The id of each node."""
    groups: Mapping[str, str]
    """Each entity that is one with another, with the id of its node."""
    kinds: Sequence[str]
    days: Sequence[str]
    """ISO days, in order."""
    owners: Sequence[str]
    source: Ints
    target: Ints
    kind: Ints
    weight: Reals
    """Of each relation, summed over its days."""
    near: Ints
    """The relations of node after node, each node's from `near_at[n]` to `near_at[n + 1]`."""
    near_at: Ints
    held: _Edges = field(repr=False)
    by_relation: Ints = field(repr=False)
    """The edges of relation after relation, each one's from `edges_at[r]` to `edges_at[r + 1]`."""
    edges_at: Ints = field(repr=False)
    reasons: Mapping[tuple[str, str, str], str] = field(default_factory=dict, repr=False)
    version: int = 0
    """That of the table of edges."""

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self.ids)

    def number_of(self, node_id: str) -> int | None:
        """The number of a node, also by the id of one of its entities; None where it has no edge."""
        found = pc.index(self.ids, self.groups.get(node_id, node_id)).as_py()
        return None if found < 0 else int(found)

    def id_of(self, number: int) -> str:
        """The id of a node."""
        return str(self.ids[int(number)].as_py())

    def relations_at(self, nodes: Sequence[int]) -> Ints:
        """The numbers of the relations at some nodes, each once."""
        is_near = np.zeros(len(self.source), bool)
        for node in nodes:
            is_near[self.near[self.near_at[node] : self.near_at[node + 1]]] = True
        return np.flatnonzero(is_near)

    def of_kinds(self, kinds: Sequence[str]) -> Bools:
        """Type number -> whether it is among some types; empty is all."""
        return np.array([not kinds or each in kinds for each in self.kinds], bool)

    def relation(self, number: int) -> Relation:
        """A relation as it is shown."""
        edges = self.by_relation[self.edges_at[number] : self.edges_at[number + 1]]
        key = (
            self.id_of(self.source[number]),
            self.id_of(self.target[number]),
            self.kinds[int(self.kind[number])],
        )
        return Relation(
            *key,
            weight=float(self.weight[number]),
            days=tuple(self.days[day] for day in np.unique(self.held.day[edges])),
            generated_by=tuple(sorted({self.owners[each] for each in np.unique(self.held.owner[edges])})),
            why=self.reasons.get(key),
        )

    def within(self, first_day: str | None, last_day: str | None) -> "Adjacency":
        """The graph of some days alone, both included; None leaves an end open."""
        if first_day is None and last_day is None:
            return self
        fits = [(first_day or "") <= day <= (last_day or "9999-12-31") for day in self.days]
        kept = np.array(fits, bool)[self.held.day] if fits else np.zeros(0, bool)
        return self.of_edges(kept)

    def of_edges(self, kept: Bools) -> "Adjacency":
        """The graph of some edges alone; nodes keep their numbers."""
        held = _Edges(*(getattr(self.held, name)[kept] for name in _Edges.__dataclass_fields__))
        return _joined(held, self)


def adjacency_of(
    edges: pa.Table, groups: Mapping[str, str], reasons: pa.Table | None = None, *, version: int = 0
) -> Adjacency:
    """The graph that edges make.

    Args:
        groups: entity -> the node that it is part of.
        reasons: edges whose metadata say why they are there.
    """
    ends = pa.chunked_array([*edges["source_id"].chunks, *edges["target_id"].chunks], pa.string())
    ids, codes = _coded(ends)
    ids, node_of = _nodes(ids, groups)
    source, target = np.split(node_of[codes], 2) if len(codes) else (codes, codes)
    (kinds, kind), (days, day), (owners, owner) = (
        _ordered(edges[name]) for name in ("edge_type", "partition_key", "generated_by")
    )
    weight = np.asarray(pc.fill_null(edges["weight"], 0.0).to_numpy(), float)
    turned = np.array([each == UNDIRECTED for each in kinds], bool)[kind] & (source > target)
    source, target = np.where(turned, target, source), np.where(turned, source, target)
    proper = source != target
    held = _Edges(*(each[proper] for each in (source, target, kind, day, owner, weight)))
    none, told = source[:0], _reasons(reasons, groups)
    bare = Adjacency(
        ids,
        groups,
        kinds,
        days,
        owners,
        none,
        none,
        none,
        weight[:0],
        none,
        none,
        held,
        none,
        none,
        told,
        version,
    )
    return _joined(held, bare)


def _joined(held: _Edges, like: Adjacency) -> Adjacency:
    """The relations that edges make, over the nodes of a graph."""
    nodes = max(like.size, 1)
    keys = (held.kind * nodes + held.source) * nodes + held.target
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1)) if len(order) else order
    first = order[starts]
    source, target, kind = held.source[first], held.target[first], held.kind[first]
    weight = np.add.reduceat(held.weight[order], starts) if len(order) else held.weight
    ends = np.concatenate([source, target])
    near_at = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=nodes))])
    near = np.argsort(ends, kind="stable") % max(len(source), 1)
    return Adjacency(
        like.ids, like.groups, like.kinds, like.days, like.owners, source, target, kind, weight,
        near, near_at, held=held, by_relation=order, edges_at=np.append(starts, len(order)),
        reasons=like.reasons, version=like.version,
    )  # fmt: skip


def _coded(values: pa.ChunkedArray) -> tuple[pa.Array, Ints]:
    """The distinct values, and the number of each value among them."""
    encoded = values.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.dictionary, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _ordered(values: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """The distinct values in order, and the number of each value among them."""
    found, codes = _coded(values)
    names = found.to_pylist()
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return [names[each] for each in order], rank[codes] if len(names) else codes


def _nodes(ids: pa.Array, groups: Mapping[str, str]) -> tuple[pa.Array, Ints]:
    """The ids with those of nodes that no edge names, and each id's node; nodes are numbered by their ids."""
    all_ids = pa.concat_arrays([ids, pa.array(sorted(set(groups.values())), pa.string())]).unique()
    order = pc.sort_indices(all_ids)
    ranked = all_ids.take(order)
    node_of = np.empty(len(all_ids), np.int64)
    node_of[order.to_numpy()] = np.arange(len(all_ids))
    members = pa.array(list(groups), pa.string())
    nodes = pa.array(list(groups.values()), pa.string())
    places = pc.index_in(members, value_set=all_ids)
    there = pc.is_valid(places).to_numpy(zero_copy_only=False)
    at = places.drop_null().to_numpy(zero_copy_only=False)
    node_of[at] = pc.index_in(nodes, value_set=ranked).to_numpy(zero_copy_only=False)[there]
    return ranked, node_of


def _reasons(edges: pa.Table | None, groups: Mapping[str, str]) -> dict[tuple[str, str, str], str]:
    return dict(_reasoned(edges, groups)) if edges is not None else {}


def _reasoned(edges: pa.Table, groups: Mapping[str, str]) -> Iterator[tuple[tuple[str, str, str], str]]:
    for row in edges.to_pylist():
        one, other = (groups.get(row[name], row[name]) for name in ("source_id", "target_id"))
        if row["edge_type"] == UNDIRECTED and other < one:
            one, other = other, one
        if why := json.loads(row["metadata"]).get("why"):
            yield (one, other, row["edge_type"]), str(why)
