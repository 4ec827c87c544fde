"""Which nodes are central?"""

import numpy as np

from rem_dagster.recall.graph.adjacency import Ints, Reals

DAMPING = 0.85
MOST_ROUNDS = 60
PRECISION = 1e-7


def pagerank(source: Ints, target: Ints, weight: Reals, *, size: int) -> Reals:
    """Each node's share of all importance: PageRank over relations that count both ways round; sums to 1.

    A node without relations has what everybody has. Source: Brin and Page, 1998.
    """
    if not size:
        return np.zeros(0)
    begin, end = np.concatenate([source, target]), np.concatenate([target, source])
    both = np.concatenate([weight, weight])
    strength = np.bincount(begin, both, minlength=size)
    share = both / np.where(strength[begin] > 0, strength[begin], 1.0)
    rank: Reals = np.full(size, 1 / size)
    for _ in range(MOST_ROUNDS):
        given = np.bincount(end, rank[begin] * share, minlength=size)
        idle = rank[strength == 0].sum()
        fresh: Reals = (1 - DAMPING) / size + DAMPING * (given + idle / size)
        if np.abs(fresh - rank).sum() < PRECISION:
            return fresh
        rank = fresh
    return rank
