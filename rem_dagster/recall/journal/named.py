"""What is named on which day, in a process that shows many pages about topics?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.recall.graph.names import Names, read_names
from rem_dagster.recall.graph.scope import Scope, read_adjacency
from rem_dagster.recall.journal.keeping import kept_of
from rem_dagster.recall.journal.outline import Ints, whole
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.snapshot import Snapshot, from_snapshot

_COLUMNS = ("entity_id", "partition_key", "count", "moment_ids")


@dataclass(frozen=True, eq=False)
class Named:
    """Each entity of each day; arrays have one length, in the order of days."""

    nodes: Sequence[str]
    """Ids of entities, those that are one under one id."""
    node_of: Ints
    days: Ints
    """Ordinals of local days."""
    counts: Ints
    moments: Ints
    """How many moments of the day mention it."""
    names: Names


def read_named(store: Store, user_id: str) -> Named:
    """What one user's days name, at about 24 bytes for each entity of each day; kept until mentions or edges
    have another version."""
    adjacency = read_adjacency(store, Scope(user_id))

    def read(snapshot: Snapshot) -> Named:
        def make() -> Named:
            rows = snapshot.read(_COLUMNS, equals("user_id", user_id))
            return _named(rows, read_names(store, user_id, adjacency.groups, adjacency.version))

        return kept_of(store, ("named", user_id), (snapshot.version, adjacency.version), make)

    return from_snapshot(store, "mentions", read)


def _named(rows: pa.Table, names: Names) -> Named:
    rows = rows.sort_by([("partition_key", "ascending"), ("entity_id", "ascending")]).combine_chunks()
    encoded = whole(rows["entity_id"].dictionary_encode())
    entities = encoded.dictionary.to_pylist()
    nodes = list(dict.fromkeys(names.groups.get(each, each) for each in entities))
    places = {node: place for place, node in enumerate(nodes)}
    node_of = np.array([places[names.groups.get(each, each)] for each in entities] or [0], np.int64)
    days = whole(rows["partition_key"].dictionary_encode())
    ordinals = [date.fromisoformat(day).toordinal() for day in days.dictionary.to_pylist()]
    lengths = pc.fill_null(pc.list_value_length(whole(rows["moment_ids"])), 0)
    return Named(
        nodes=nodes,
        node_of=node_of[encoded.indices.to_numpy(zero_copy_only=False)],
        days=np.array(ordinals or [0], np.int64)[days.indices.to_numpy(zero_copy_only=False)],
        counts=np.asarray(pc.fill_null(whole(rows["count"]), 1).to_numpy(zero_copy_only=False), np.int64),
        moments=np.asarray(lengths.to_numpy(zero_copy_only=False), np.int64),
        names=names,
    )
