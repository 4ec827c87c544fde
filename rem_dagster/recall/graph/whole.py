"""What does the graph of a home look like as a whole?"""

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.errors import InputError
from rem_dagster.recall.graph.adjacency import Adjacency, Bools, Ints
from rem_dagster.recall.graph.importance import pagerank
from rem_dagster.recall.graph.names import Names, read_names
from rem_dagster.recall.graph.nodes import describe
from rem_dagster.recall.graph.parts import Graph
from rem_dagster.recall.graph.scope import Scope, read_adjacency
from rem_dagster.store.database import Store

Of = Literal["entities", "all"]
MOST_NODES = 120
"""Nodes of a picture in which one still finds something."""
MOMENTS_TOLD = 8
"""Moments of an entity that a page tells."""


def whole_graph(
    store: Store,
    scope: Scope,
    *,
    of: Of = "entities",
    most: int | None = MOST_NODES,
    moments: int = 0,
) -> Graph:
    """The most central nodes of a scope with the relations among them, the most central first.

    Args:
        of: entities alone, or moments, resources and sessions too.
        most: how many nodes; None is all.
        moments: of how many moments that mention an entity it tells, the last ones.

    Raises:
        InputError: a number of nodes makes no sense.
        UnknownCaseError: no session belongs to the case.
    """
    if most is not None and most < 1:
        raise InputError(f"A graph of {most} nodes makes no sense. Nothing was changed.")
    adjacency = read_adjacency(store, scope)
    names = read_names(store, scope.user_id, adjacency.groups, adjacency.version)
    kept = _relations(adjacency, scope, names, of)
    source, target, weight = adjacency.source[kept], adjacency.target[kept], adjacency.weight[kept]
    rank = pagerank(source, target, weight, size=adjacency.size)
    there = np.unique(np.concatenate([source, target]))
    order = there[np.lexsort((there, -rank[there]))]
    chosen = order if most is None else order[:most]
    is_chosen = np.zeros(adjacency.size, bool)
    is_chosen[chosen] = True
    among = np.flatnonzero(kept)[is_chosen[source] & is_chosen[target]]
    among = among[np.lexsort((among, -adjacency.weight[among]))]
    ids = [adjacency.id_of(node) for node in chosen]
    told = _moments(adjacency, chosen, moments) if moments else {}
    nodes = describe(store, dict.fromkeys([*ids, *(each for held in told.values() for each in held)]), names)
    return Graph(
        nodes=tuple(nodes[each] for each in ids),
        relations=tuple(adjacency.relation(int(each)) for each in among),
        left_out=len(order) - len(chosen),
        importance={each: float(rank[node]) for each, node in zip(ids, chosen, strict=True)},
        moments={each: tuple(nodes[moment] for moment in held) for each, held in told.items()},
    )


def _moments(adjacency: Adjacency, chosen: Ints, most: int) -> dict[str, list[str]]:
    """Entity -> the ids of the last moments that mention it, the last first."""
    mentioned = adjacency.of_kinds(["mentioned_in"])
    found = {}
    for node in chosen:
        near = adjacency.relations_at([int(node)])
        near = near[mentioned[adjacency.kind[near]] & (adjacency.source[near] == node)]
        day = adjacency.held.day[adjacency.by_relation[adjacency.edges_at[near]]]
        last = near[np.lexsort((-adjacency.weight[near], -day))][:most]
        found[adjacency.id_of(node)] = [adjacency.id_of(each) for each in adjacency.target[last]]
    return found


def _relations(adjacency: Adjacency, scope: Scope, names: Names, of: Of) -> Bools:
    """Which relations are of the scope's types and weight, and among what is asked for."""
    if not len(adjacency.source):
        return np.zeros(0, bool)
    kept = adjacency.of_kinds(scope.edge_types)[adjacency.kind] & (adjacency.weight >= scope.least_weight)
    if of == "all":
        return kept
    places = pc.index_in(pa.array(list(names.nodes), pa.string()), value_set=adjacency.ids).drop_null()
    is_entity = np.zeros(adjacency.size, bool)
    is_entity[places.to_numpy(zero_copy_only=False)] = True
    return kept & is_entity[adjacency.source] & is_entity[adjacency.target]
