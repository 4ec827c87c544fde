"""Which nodes belong together?"""

import numpy as np

from rem_dagster.recall.graph.adjacency import Ints, Reals

SEED = 20
"""Nodes are visited in an order drawn from it: the same graph has the same communities."""


def communities(source: Ints, target: Ints, weight: Reals, *, size: int) -> Ints:
    """The community of each node, numbered by their least nodes: those of great modularity.

    A node without relations is a community of its own. Source: Blondel et al., 2008 (Louvain).
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    graph.add_weighted_edges_from(zip(source.tolist(), target.tolist(), weight.tolist(), strict=True))
    member = np.zeros(size, np.int64)
    for number, nodes in enumerate(sorted(nx.community.louvain_communities(graph, seed=SEED), key=min)):
        member[list(nodes)] = number
    return member
