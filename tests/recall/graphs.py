"""Small graphs as a home holds them: what each day relates, and what its moments mention."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rem_dagster.model.ids import derive_id
from rem_dagster.model.names import entity_id
from rem_dagster.store.database import Store
from tests import stored

FIRST = datetime(2025, 10, 1, 9, tzinfo=UTC)


def at(day: int) -> datetime:
    """The morning of a day; the first is 1 October 2025."""
    return FIRST + timedelta(days=day)


def entity(name: str, user: str = "ann") -> str:
    """The id of an entity."""
    return entity_id(user, name)


def named(
    name: str, *, day: int = 0, user: str = "ann", kind: str = "topic", count: int = 1
) -> dict[str, Any]:
    """One day's mention of an entity."""
    row = stored.mention(name, at=at(day), user=user, count=count)
    return {**row, "id": derive_id(user, day, name), "entity_id": entity(name, user), "kind": kind}


def edge(
    source: str,
    target: str,
    kind: str = "related_to",
    *,
    day: int = 0,
    user: str = "ann",
    weight: float = 1.0,
    owner: str = "dream",
    metadata: str | None = None,
) -> dict[str, Any]:
    """One day's edge between two ids."""
    key = at(day).date().isoformat()
    return {
        **stored.edge(source, target, kind, user=user, owner=owner),
        "id": derive_id(user, key, owner, source, target, kind),
        "partition_key": key,
        "slice_key": f"{user}/{key}/{owner}",
        "weight": weight,
        "metadata": metadata,
    }


def related(one: str, other: str, *, day: int = 0, user: str = "ann", weight: float = 1.0) -> dict[str, Any]:
    """Two entities in one moment of a day."""
    return edge(*sorted((entity(one, user), entity(other, user))), day=day, user=user, weight=weight)


def put_graph(store: Store, pairs: Sequence[str], *, user: str = "ann", day: int = 0) -> None:
    """Store `a-b` as two entities that are related, `a-b*3` with a weight."""
    names: set[str] = set()
    rows = []
    for pair in pairs:
        ends, _, weight = pair.partition("*")
        one, other = ends.split("-")
        names |= {one, other}
        rows.append(related(one, other, day=day, user=user, weight=float(weight or 1)))
    stored.put(store, "edges", *rows)
    stored.put(store, "mentions", *(named(name, day=day, user=user) for name in sorted(names)))
