"""What do thirty-one days know of an entity: its kinds, where it is named, and beside whom?"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rem_dagster.model.words import EntityKind

ANY_KIND: frozenset[EntityKind] = frozenset({"thing", "topic"})
"""What may turn out to be anything."""
DAYS_OF_COMMON = 8
"""Days on which an entity is named that is beside everybody, and so tells nothing."""
LEAST_COMPANY = 2
"""Entities beside two names, in whatever place, by which these are about the same."""
Window = tuple[int, int]
"""The ordinals of a first and a last day, both included."""


@dataclass(frozen=True)
class Named:
    """An entity as one day names it; `day` is the day's ordinal."""

    entity_id: str
    day: int
    name: str
    kind: EntityKind
    forms: tuple[str, ...]
    first_time: datetime
    count: int = 1
    """How often the day names it."""
    sources: frozenset[str] = frozenset()
    """The messages and resources that name it."""
    places: frozenset[str] = frozenset()
    """The conversations of its moments."""
    company: frozenset[str] = frozenset()
    """The entities that share a moment with it."""
    addresses: frozenset[str] = frozenset()
    """The e-mail addresses under which somebody of that name wrote."""


class Index:
    """Mentions by a key, each key's in the order of their days."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[list[int], list[Named]]] = {}

    def add(self, key: str, named: Named) -> None:
        """Take a mention; days must come in their order."""
        days, held = self._held.setdefault(key, ([], []))
        days.append(named.day)
        held.append(named)

    def within(self, key: str, window: Window) -> Sequence[Named]:
        """The mentions of a key from the first to the last day, both included; none for an empty key."""
        days, held = self._held.get(key, ((), ()))
        return held[bisect_left(days, window[0]) : bisect_right(days, window[1])] if key else ()


class Seen:
    """The mentions of one user by entity, asked about a window of days."""

    def __init__(self, by_id: Index, days: Sequence[int]) -> None:
        """Take the mentions, and the days that have any, in their order."""
        self._by_id = by_id
        self._days = days

    def kinds(self, one: Named, window: Window) -> set[EntityKind]:
        """What it is said to be."""
        return {each.kind for each in self._by_id.within(one.entity_id, window)}

    def agree(self, one: Named, other: Named, window: Window) -> bool:
        """Whether nothing that is said of their kinds parts two entities."""
        first, second = (self.kinds(each, window) - ANY_KIND for each in (one, other))
        return not first or not second or not first.isdisjoint(second)

    def share_kind(self, one: Named, other: Named, window: Window) -> set[EntityKind]:
        """The kinds that both are said to be, those that may be anything aside."""
        return (self.kinds(one, window) & self.kinds(other, window)) - ANY_KIND

    def are_people(self, *several: Named, window: Window) -> bool:
        """Whether all are people and nothing else."""
        return all(self.kinds(each, window) - ANY_KIND == {"person"} for each in several)

    def are_in_touch(self, one: Named, other: Named, window: Window) -> bool:
        """Whether two share a conversation, or somebody or something beside them."""
        return bool(self._places(one, other, window) or self._company(one, other, window))

    def are_near(self, one: Named, other: Named, window: Window) -> bool:
        """Whether two are about the same, and were never named side by side, as two are."""
        company = len(self._company(one, other, window))
        is_near = company >= LEAST_COMPANY or (company and self._places(one, other, window))
        return bool(is_near) and not self.are_side_by_side(one, other, window)

    def are_side_by_side(self, one: Named, other: Named, window: Window) -> bool:
        """Whether one message or resource names both."""
        first, second = (self._all("sources", each, window) for each in (one, other))
        return not first.isdisjoint(second)

    def are_met(self, one: Named, other: Named, window: Window) -> bool:
        """Whether one moment has both."""
        return other.entity_id in self._all("company", one, window)

    def count(self, one: Named, window: Window) -> int:
        """How often it is named."""
        return sum(each.count for each in self._by_id.within(one.entity_id, window))

    def _places(self, one: Named, other: Named, window: Window) -> frozenset[str]:
        return self._all("places", one, window) & self._all("places", other, window)

    def _company(self, one: Named, other: Named, window: Window) -> set[str]:
        both = self._all("company", one, window) & self._all("company", other, window)
        return {each for each in both - {one.entity_id, other.entity_id} if not self._is_common(each, window)}

    def _is_common(self, entity_id: str, window: Window) -> bool:
        named = len(self._by_id.within(entity_id, window))
        days = bisect_right(self._days, window[1]) - bisect_left(self._days, window[0])
        return named >= DAYS_OF_COMMON and 2 * named > days

    def _all(self, field: str, one: Named, window: Window) -> frozenset[str]:
        return frozenset().union(
            *(getattr(each, field) for each in self._by_id.within(one.entity_id, window))
        )
