"""On which days is each entity of one user named, in a process that asks for many days?

It is kept for as long as the tables that it came from have the same versions.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rem_dagster.recall.journal.keeping import kept
from rem_dagster.recall.sameness import groups_of
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals


@dataclass(frozen=True)
class NamingDays:
    """All days of all entities; those that are one are told by the least id among them."""

    groups: Mapping[str, str]
    """Entity -> its group, where it is one with another."""
    members: Mapping[str, frozenset[str]]
    """Group -> its entities."""
    days: Mapping[str, Sequence[date]]
    """Group -> the days that name it, in order."""

    def before(self, group: str, day: date) -> Sequence[date]:
        """The days before one that name an entity, in order."""
        found = self.days.get(group, ())
        return found[: bisect_left(found, day)]


def naming_days(store: Store, *, user_id: str) -> NamingDays:
    """The days on which one user's entities are named."""
    return kept(store, ("naming days", user_id), ("mentions", "edges"), lambda: _read(store, user_id))


def _read(store: Store, user_id: str) -> NamingDays:
    groups = groups_of(store, user_id)
    members: dict[str, set[str]] = {}
    for member, group in groups.items():
        members.setdefault(group, set()).add(member)
    rows = store.read("mentions", ("entity_id", "partition_key"), equals("user_id", user_id))
    known = {key: date.fromisoformat(key) for key in rows["partition_key"].unique().to_pylist()}
    days: dict[str, set[date]] = {}
    for entity, key in zip(rows["entity_id"].to_pylist(), rows["partition_key"].to_pylist(), strict=True):
        days.setdefault(groups.get(entity, entity), set()).add(known[key])
    return NamingDays(
        groups,
        {group: frozenset(held) for group, held in members.items()},
        {group: tuple(sorted(held)) for group, held in days.items()},
    )
