"""Which vectors came back from an endpoint, and can they be trusted to be those of the texts?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rem_dagster.llm.bert import Vectors


class MisfitVectorsError(Exception):
    """What came back is not one vector for each text; the message goes on after "and"."""


def vectors_in(body: Mapping[str, Any], wanted: int, *, dimension: int | None = None) -> Vectors:
    """The unit vectors of an answer in the order of the texts, float32[wanted, dimension].

    Args:
        dimension: numbers in a vector; None when none came yet.

    Raises:
        MisfitVectorsError: they are too few, too many, of other sizes, or no vectors at all.
    """
    entries = body.get("data")
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise MisfitVectorsError("gave no list of vectors")
    if len(entries) != wanted:
        raise MisfitVectorsError(f"gave {len(entries)} vectors")
    rows = [each.get("embedding") for each in _in_order(entries)]
    sizes = sorted({len(row) for row in rows if isinstance(row, list)})
    if not all(isinstance(row, list) for row in rows) or sizes[0] == 0:
        raise MisfitVectorsError("gave something else than lists of numbers")
    if len(sizes) > 1:
        raise MisfitVectorsError(f"gave vectors of {sizes[0]} and of {sizes[-1]} numbers")
    if dimension is not None and sizes != [dimension]:
        raise MisfitVectorsError(f"gave vectors of {sizes[0]} numbers where they had {dimension} before")
    return _unit(rows)


def tokens_used(body: Mapping[str, Any]) -> int | None:
    """Tokens that the endpoint counted; None when it does not say."""
    usage = body.get("usage")
    if not isinstance(usage, dict):
        return None
    counts = (usage.get("prompt_tokens"), usage.get("total_tokens"))
    return next((count for count in counts if type(count) is int and count >= 0), None)


def _in_order(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By the place that each says it has; as they came where none says so."""
    by_place = {each.get("index"): each for each in entries}
    if set(by_place) == {None}:
        return entries
    if set(by_place) != set(range(len(entries))):
        raise MisfitVectorsError("gave vectors that are not one for each text")
    return [by_place[place] for place in range(len(entries))]


def _unit(rows: list[Any]) -> Vectors:
    try:
        vectors = np.asarray(rows, np.float64)
    except (TypeError, ValueError) as error:
        raise MisfitVectorsError("gave vectors of something else than numbers") from error
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise MisfitVectorsError("gave a vector that points nowhere")
    unit: Vectors = (vectors / lengths).astype(np.float32)
    return unit
