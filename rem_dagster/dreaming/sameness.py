"""Which entities of a day are, under another name, one of the day or of the thirty days before?

    D-30 ········· D
     "Ana Souza"   "Ana"          "Ana" ── same_as ──> "Ana Souza"

Two entities become one by their names alone, and only where nothing speaks against it: their kinds agree,
a short name belongs to one full name of these days, and the user never said that they differ.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rem_dagster.dreaming.spelling import first_name, fold, is_common, singulars
from rem_dagster.model.words import EntityKind

DAYS_BEFORE = 30
"""How far back a day is linked."""
Rule = Literal["spelling", "plural", "alias", "first_name"]
SURENESS: Mapping[Rule, float] = {"spelling": 1.0, "plural": 0.9, "alias": 0.8, "first_name": 0.7}
"""The weight of an edge by each rule, the surest first."""
ANY_KIND: frozenset[EntityKind] = frozenset({"thing", "topic"})
"""What may turn out to be anything."""
COUNTABLE: frozenset[EntityKind] = frozenset({"tool", "thing", "topic"})
Pair = tuple[str, str]
"""Two entities, the lesser id first."""
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


@dataclass(frozen=True)
class Sameness:
    """Two entities that are one, by which rule, and by which names: the source's, the target's.

    `short` is the one of the two names that is part of what the other is called, where the rule is about
    that: other days may know another owner of it.
    """

    source_id: str
    target_id: str
    rule: Rule
    names: tuple[str, str]
    short: str | None = None


class Names:
    """The entities of one user, ready to be asked which of them are one."""

    def __init__(self, named: Iterable[Named], apart: Set[Pair] = frozenset()) -> None:
        """Take all mentions that any day asked for can see.

        Args:
            apart: pairs that the user keeps apart.
        """
        self._apart = apart
        self._of_day: defaultdict[int, list[Named]] = defaultdict(list)
        self._by_id = _Index()
        self._by_name = _Index()
        self._by_singular = _Index()
        self._by_short = _Index()
        for each in sorted(named, key=lambda each: (each.day, each.entity_id)):
            self._of_day[each.day].append(each)
            self._by_id.add(each.entity_id, each)
            self._by_name.add(fold(each.name), each)
            for singular in singulars(each.name):
                self._by_singular.add(singular, each)
            for short in _short_names(each):
                self._by_short.add(short, each)

    def same_before(self, day: int) -> list[Sameness]:
        """The pairs of one day's entities, each once, by the surest rule, in the order of their ids.

        The later one points to the earlier; of two that the day itself holds, the one that these days
        saw first is the target.
        """
        window = day - DAYS_BEFORE, day
        found: dict[Pair, Sameness] = {}
        for one in self._of_day.get(day, ()):
            for rule, short, full in self._alike(one, window):
                pair = _pair(short, full)
                if short.entity_id == full.entity_id or pair in self._apart:
                    continue
                if pair not in found or SURENESS[rule] > SURENESS[found[pair].rule]:
                    found[pair] = self._directed(short, full, rule, day)
        return [found[pair] for pair in sorted(found)]

    def _alike(self, one: Named, window: Window) -> Iterator[tuple[Rule, Named, Named]]:
        """What an entity of the day is one with, by a rule; where that tells, the short name comes first."""
        for other in self._by_name.within(fold(one.name), window):
            if self._agree(one, other, window):
                yield "spelling", one, other
        plural = [other for name in singulars(one.name) for other in self._by_name.within(name, window)]
        for other in (*plural, *self._by_singular.within(fold(one.name), window)):
            if self._are_countable(one, other, window):
                yield "plural", one, other
        for other in self._owners(fold(one.name), window):
            if rule := self._rule_for(one, other, window):
                yield rule, one, other
        for short in _short_names(one):
            if self._owners(short, window):
                for other in self._by_name.within(short, window):
                    if rule := self._rule_for(other, one, window):
                        yield rule, other, one

    def _owners(self, short: str, window: Window) -> list[Named]:
        """The mentions of the one full name that a short name stands for; none where it may be several."""
        owners = [each for each in self._by_short.within(short, window) if fold(each.name) != short]
        return owners if len({fold(each.name) for each in owners}) == 1 else []

    def _rule_for(self, short: Named, full: Named, window: Window) -> Rule | None:
        name = fold(short.name)
        is_named = not self._kinds(full, window) <= ANY_KIND  # a topic's alias is but a word for it
        if is_named and name in map(fold, full.forms) and self._agree(short, full, window):
            return "alias"
        are_people = all(self._kinds(each, window) - ANY_KIND == {"person"} for each in (short, full))
        return "first_name" if are_people and first_name(full.name) == name else None

    def _agree(self, one: Named, other: Named, window: Window) -> bool:
        first, second = (self._kinds(each, window) - ANY_KIND for each in (one, other))
        return not first or not second or not first.isdisjoint(second)

    def _are_countable(self, one: Named, other: Named, window: Window) -> bool:
        kinds = self._kinds(one, window) | self._kinds(other, window)
        return kinds <= COUNTABLE and is_common(one.forms) and is_common(other.forms)

    def _kinds(self, one: Named, window: Window) -> set[EntityKind]:
        return {each.kind for each in self._by_id.within(one.entity_id, window)}

    def _directed(self, short: Named, full: Named, rule: Rule, day: int) -> Sameness:
        window = day - DAYS_BEFORE, day
        of_day = [each for each in (short, full) if self._by_id.within(each.entity_id, (day, day))]
        source = max(of_day, key=lambda each: self._first_seen(each, window))
        target = full if source is short else short
        names = {each: self._by_id.within(each.entity_id, window)[-1].name for each in (short, full)}
        return Sameness(
            source_id=source.entity_id,
            target_id=target.entity_id,
            rule=rule,
            names=(names[source], names[target]),
            short=names[short] if rule in ("alias", "first_name") else None,
        )

    def _first_seen(self, one: Named, window: Window) -> tuple[int, datetime, str]:
        first = self._by_id.within(one.entity_id, window)[0]
        return first.day, first.first_time, first.entity_id


class _Index:
    """Mentions by a key, each key's in the order of their days."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[list[int], list[Named]]] = {}

    def add(self, key: str, named: Named) -> None:
        days, held = self._held.setdefault(key, ([], []))
        days.append(named.day)
        held.append(named)

    def within(self, key: str, window: Window) -> Sequence[Named]:
        """The mentions of a key from the first to the last day, both included."""
        days, held = self._held.get(key, ((), ()))
        return held[bisect_left(days, window[0]) : bisect_right(days, window[1])] if key else ()


def _short_names(one: Named) -> set[str]:
    """What else an entity may be called: its other forms, and a person's first name."""
    names = {fold(form) for form in one.forms}
    if one.kind == "person" and (first := first_name(one.name)):
        names.add(first)
    return {name for name in names if len(name) > 1} - {fold(one.name)}


def _pair(one: Named, other: Named) -> Pair:
    low, high = sorted((one.entity_id, other.entity_id))
    return low, high
