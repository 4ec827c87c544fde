"""What does one reach from a node, and by which way?

    start ── level 1 ── level 2        a node is reached once, at its first level, by its weightiest relation
      ├─ a ──┬─ c                      a level keeps the weightiest of each type of edges in turn, and what
      └─ b   └─ d                      is left out is counted

Weights of different types cannot be compared: one counts moments, another one messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rem_dagster.errors import InputError
from rem_dagster.recall.graph.adjacency import UNDIRECTED, Adjacency, Ints
from rem_dagster.recall.graph.names import Meant, Names, read_names
from rem_dagster.recall.graph.nodes import describe, find_by_id
from rem_dagster.recall.graph.parts import Node, Relation
from rem_dagster.recall.graph.scope import Direction, Scope, read_adjacency
from rem_dagster.store.database import Store

MOST_DEPTH = 6
DEFAULT_LIMIT = 20
TIE = 1e-6
"""The weight by which the nodes of one weight keep an order of their own."""


@dataclass(frozen=True)
class Step:
    """A node that was reached, from which one, by which relation."""

    node: Node
    level: int
    parent_id: str
    relation: Relation


@dataclass(frozen=True)
class Traversal:
    """The start, what was reached from it, level by level and the weightiest first, and what was left out."""

    start: Node
    steps: tuple[Step, ...]
    left_out: tuple[int, ...]
    """How many more nodes each level had, from the first on."""
    asked: str
    known_as: str | None = None
    """The name of the start, where it was asked for by another one."""

    @property
    def nodes(self) -> list[Node]:
        """The start and all that was reached."""
        return [self.start, *(step.node for step in self.steps)]

    def path_to(self, node_id: str) -> list[Step]:
        """The steps from the start to a node; none for the start."""
        by_id = {step.node.id: step for step in self.steps}
        path: list[Step] = []
        while node_id != self.start.id:
            path.insert(0, by_id[node_id])
            node_id = path[0].parent_id
        return path


@dataclass(frozen=True)
class _Way:
    """Which relations are followed, and how far."""

    scope: Scope
    depth: int
    direction: Direction
    limit: int


def traverse(
    store: Store,
    start: str,
    scope: Scope,
    *,
    depth: int = 2,
    direction: Direction = "both",
    limit: int = DEFAULT_LIMIT,
) -> Traversal:
    """What is reached from an entity, a moment, a resource, a document or a session.

    Args:
        start: a name in any spelling, or an id.
        depth: levels, 1 to 6.
        direction: whether relations are followed as they lead (`out`), against it (`in`), or both ways;
            `related_to` is always followed both ways.
        limit: nodes of each level that are kept and followed.

    Raises:
        UnknownNameError: nobody and nothing is called so, or several are.
        UnknownCaseError: no session belongs to the case.
        InputError: a type of edges or a depth makes no sense.
    """
    if not 1 <= depth <= MOST_DEPTH:
        raise InputError(
            f"A depth of {depth} makes no sense here: give 1 to {MOST_DEPTH}. Nothing was changed."
        )
    adjacency = read_adjacency(store, scope)
    names = read_names(store, scope.user_id, adjacency.groups, adjacency.version)
    meant = _meant(store, start, names)
    node_id = adjacency.groups.get(meant.node_id, meant.node_id)
    number = adjacency.number_of(node_id)
    way = _Way(scope, depth, direction, limit)
    reached, left_out = _walk(adjacency, number, way)
    found = [adjacency.id_of(node) for node, *_ in reached]
    nodes = describe(store, [node_id, *found], names)
    steps = tuple(
        Step(nodes[own], level, adjacency.id_of(parent), adjacency.relation(relation))
        for own, (_, parent, relation, level) in zip(found, reached, strict=True)
    )
    return Traversal(nodes[node_id], steps, left_out, start, meant.known_as)


def _meant(store: Store, start: str, names: Names) -> Meant:
    if not start.strip():
        raise InputError("From where? Give the name of an entity, or an id. Nothing was changed.")
    by_id = find_by_id(store, start, names) if _may_be_id(start) else None
    return Meant(by_id) if by_id else names.find(start)


def _may_be_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _walk(
    adjacency: Adjacency, start: int | None, way: _Way
) -> tuple[list[tuple[int, int, int, int]], tuple[int, ...]]:
    """Node, parent, relation and level of what is reached, and how many each level leaves out."""
    reached: list[tuple[int, int, int, int]] = []
    left_out: list[int] = []
    if start is None:
        return reached, ()
    is_seen = np.zeros(adjacency.size, bool)
    is_seen[start] = True
    frontier = [start]
    for level in range(1, way.depth + 1):
        nodes, parents, relations = _next(adjacency, frontier, way.scope, way.direction)
        fresh = ~is_seen[nodes]
        nodes, parents, relations = nodes[fresh], parents[fresh], relations[fresh]
        kept = _choose(adjacency, nodes, relations, len(frontier), way.limit)
        is_there = np.zeros(adjacency.size, bool)
        is_there[nodes] = True
        left_out.append(int(np.count_nonzero(is_there)) - len(kept))
        frontier = [int(node) for node in nodes[kept]]
        is_seen[nodes] = True  # what a level leaves out is not reached later by a longer way
        reached += [(int(nodes[at]), int(parents[at]), int(relations[at]), level) for at in kept]
    return reached, tuple(left_out)


def _next(
    adjacency: Adjacency, frontier: Sequence[int], scope: Scope, direction: Direction
) -> tuple[Ints, Ints, Ints]:
    """The ends that relations of some nodes lead to, with the node that each comes from, in no order."""
    found = adjacency.relations_at(frontier)
    found = found[adjacency.of_kinds(scope.edge_types)[adjacency.kind[found]]] if len(found) else found
    found = found[adjacency.weight[found] >= scope.least_weight]
    is_frontier = np.zeros(adjacency.size, bool)
    is_frontier[list(frontier)] = True
    both_ways = np.array([each == UNDIRECTED for each in adjacency.kinds], bool)[adjacency.kind[found]]
    source, target = adjacency.source[found], adjacency.target[found]
    out = is_frontier[source] & (both_ways | (direction != "in"))
    into = is_frontier[target] & (both_ways | (direction != "out"))
    nodes = np.concatenate([target[out], source[into]])
    parents = np.concatenate([source[out], target[into]])
    relations = np.concatenate([found[out], found[into]])
    return nodes, parents, relations


def _choose(adjacency: Adjacency, nodes: Ints, relations: Ints, parents: int, limit: int) -> list[int]:
    """The places of the nodes that a level keeps, each once: of the types in turn, the weightiest first."""
    weights, kinds = adjacency.weight[relations], adjacency.kind[relations]
    in_turn: list[tuple[int, float, int, int]] = []
    for kind in np.unique(kinds):
        places = np.flatnonzero(kinds == kind)
        order = nodes[places] * TIE / adjacency.size - weights[places]
        most = limit * parents * 2  # one node may be reached from each parent, either way round
        best = np.argpartition(order, most)[:most] if len(order) > most else np.arange(len(order))
        best = best[np.lexsort((relations[places[best]], order[best]))]
        of_kind = places[best[_first_of_each(nodes[places[best]])]][:limit]
        in_turn += [(rank, -weights[at], int(kind), int(at)) for rank, at in enumerate(of_kind)]
    chosen: dict[int, int] = {}
    for _, _, _, at in sorted(in_turn):
        chosen.setdefault(int(nodes[at]), at)
    return list(chosen.values())[:limit]


def _first_of_each(nodes: Ints) -> Ints:
    """The place where each node comes first, in the order of the places."""
    _, first = np.unique(nodes, return_index=True)
    return np.sort(first)
