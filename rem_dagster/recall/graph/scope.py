"""Which edges does a question about the graph see?"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.recall.cases import sessions_of_case
from rem_dagster.recall.graph.adjacency import COLUMNS, UNDIRECTED, Adjacency, adjacency_of
from rem_dagster.recall.sameness import join_edges
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, any_of, equals, is_in
from rem_dagster.store.snapshot import Snapshot, from_snapshot

Direction = Literal["in", "out", "both"]
SAMENESS = ("same_as", "not_same_as")
"""Types that are no edges: they say which entities are one node."""
MOST_KEPT = 4
"""Graphs of users that stay in memory."""
IS_THERE = "weight <> 0"
"""Edges of an import that wait for what they point to have no weight."""
_REASONED = "metadata LIKE '%\"why\"%'"
_kept: dict[tuple[str, str], tuple[int, Adjacency]] = {}


@dataclass(frozen=True)
class Scope:
    """Whose edges, of which types, of which days."""

    user_id: str
    edge_types: tuple[str, ...] = ()
    """Empty is every type."""
    first_day: str | None = None
    """ISO, included."""
    last_day: str | None = None
    """ISO, included."""
    case_id: str | None = None
    least_weight: float = 0.0


def read_adjacency(store: Store, scope: Scope) -> Adjacency:
    """The edges of a scope's user, days and case; its types and weights are for who asks them.

    A user's whole graph is kept in memory until the table of edges has another version.

    Raises:
        UnknownCaseError: no session of the user belongs to the case.
    """
    return from_snapshot(store, "edges", lambda snapshot: _adjacency(store, snapshot, scope))


def _adjacency(store: Store, snapshot: Snapshot, scope: Scope) -> Adjacency:
    if scope.case_id is not None:
        return _of_case(store, snapshot, scope).within(scope.first_day, scope.last_day)
    key, version = (store.uri, scope.user_id), snapshot.version
    kept = _kept.pop(key, None)
    if kept is None or kept[0] != version:
        kept = version, _of_user(snapshot, scope.user_id)
    _kept[key] = kept
    while len(_kept) > MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    return kept[1].within(scope.first_day, scope.last_day)


def _of_user(snapshot: Snapshot, user_id: str) -> Adjacency:
    of_user = equals("user_id", user_id)
    named = ", ".join(f"'{each}'" for each in SAMENESS)
    edges = snapshot.read(COLUMNS, all_of(of_user, f"edge_type NOT IN ({named})", IS_THERE))
    reasons = snapshot.read(("source_id", "target_id", "edge_type", "metadata"), all_of(of_user, _REASONED))
    return adjacency_of(edges, _groups(snapshot, user_id), reasons, version=snapshot.version)


def _groups(snapshot: Snapshot, user_id: str) -> dict[str, str]:
    columns = ("source_id", "target_id", "edge_type", "weight", "metadata", "generated_by")
    where = all_of(equals("user_id", user_id), is_in("edge_type", SAMENESS))
    return join_edges(snapshot.read(columns, where).to_pylist())


def _of_case(store: Store, snapshot: Snapshot, scope: Scope) -> Adjacency:
    """The edges of a case: those at its moments, and what those moments relate."""
    sessions = sessions_of_case(store, scope.case_id or "", user_id=scope.user_id)
    of_user = equals("user_id", scope.user_id)
    captured = snapshot.read(("source_id",), all_of(of_user, is_in("target_id", sessions)))
    moments = frozenset(captured["source_id"].to_pylist())
    ends = any_of(is_in("source_id", moments), is_in("target_id", moments))
    at_moments = snapshot.read(COLUMNS, all_of(of_user, ends, IS_THERE))
    edges = pa.concat_tables([at_moments, _related(at_moments, moments)])
    return adjacency_of(edges, _groups(snapshot, scope.user_id), version=snapshot.version)


def _related(edges: pa.Table, moments: Collection[str]) -> pa.Table:
    """What moments relate: the entities that are mentioned in one, as the dream of a day relates them."""
    present: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    mentioned = edges.filter(pc.equal(edges["edge_type"], "mentioned_in"))
    for row in mentioned.to_pylist():
        if row["target_id"] in moments:
            present[row["partition_key"], row["target_id"]].append(row["source_id"])
    rows = [
        dict(zip(COLUMNS, (*pair, UNDIRECTED, 1.0, day, "dream"), strict=True))
        for (day, _), held in present.items()
        for pair in combinations(sorted(held), 2)
    ]
    return pa.Table.from_pylist(rows, schema=edges.schema)
