"""Where do the nodes of a graph lie, so that what belongs together is near?"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
ROUNDS = 220
GRAVITY = 0.03
GOLDEN = np.pi * (3 - 5**0.5)


def layout(size: int, edges: Sequence[tuple[int, int, float]], *, width: float, height: float) -> Points:
    """float64[size, 2]: a place for each node within a width and height; the same for the same graph.

    Nodes repel each other, edges pull by the logarithm of their weight, all are drawn to the middle.
    Source: Fruchterman and Reingold, 1991.
    """
    place = _spiral(size)
    if size < 2:
        return np.tile([width / 2, height / 2], (size, 1))
    ends = np.array([edge[:2] for edge in edges], int).reshape(-1, 2)
    pull = 1 + np.log1p(np.array([edge[2] for edge in edges], float))
    ideal = 1 / np.sqrt(size)
    for step in range(ROUNDS):
        apart = place[:, None] - place[None]
        distance = np.maximum(np.sqrt((apart**2).sum(-1)), 1e-3)
        moved = (apart * (ideal**2 / distance**2)[..., None]).sum(1)
        along = place[ends[:, 0]] - place[ends[:, 1]]
        force = along * (np.sqrt((along**2).sum(-1)) / ideal * pull / 6)[:, None]
        np.add.at(moved, ends[:, 0], -force)
        np.add.at(moved, ends[:, 1], force)
        moved -= GRAVITY * place * np.sqrt(size)
        length = np.maximum(np.sqrt((moved**2).sum(-1)), 1e-9)
        warmth = 0.12 * (1 - step / ROUNDS) + 0.002
        place = place + moved / length[:, None] * np.minimum(length, warmth)[:, None]
    return _fitted(place, width, height)


def _spiral(size: int) -> Points:
    turn, far = np.arange(size) * GOLDEN, np.sqrt((np.arange(size) + 0.5) / max(size, 1)) / 2
    return np.stack([far * np.cos(turn), far * np.sin(turn)], -1)


def _fitted(place: Points, width: float, height: float) -> Points:
    low, high = place.min(0), place.max(0)
    margin = np.array([0.08, 0.06])
    room = np.array([width, height]) * (1 - 2 * margin)
    fitted: Points = (place - low) / np.maximum(high - low, 1e-9) * room + np.array([width, height]) * margin
    return fitted
