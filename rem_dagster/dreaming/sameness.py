"""Which entities of a day are, under another name, one of the day or of the thirty days before?

    D-30 ········· D
     "Ana Souza"   "Ana"          "Ana" ── same_as ──> "Ana Souza"

Two entities become one where the names say so and nothing speaks against it: their kinds agree, a short
name belongs to one full name of these days, and the user never said that they differ. Where names alone
would be a guess, the days must speak for it too: a text that says so, one e-mail address, a conversation
or company in common.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Literal

from rem_dagster.dreaming.sameness_forms import FormRule, Pairing, is_owned, keys_of, rule_of
from rem_dagster.dreaming.sameness_said import Said, are_one_person
from rem_dagster.dreaming.sameness_seen import ANY_KIND, Index, Named, Seen, Window
from rem_dagster.dreaming.spelling import first_name, fold, is_common, singulars
from rem_dagster.dreaming.spelling_names import called, short_name, short_names
from rem_dagster.model.words import EntityKind

__all__ = ["DAYS_BEFORE", "SURENESS", "Named", "Names", "Pair", "Rule", "Sameness"]

DAYS_BEFORE = 30
"""How far back a day is linked."""
Rule = Literal["spelling", "stated", "address", "plural", "alias", "first_name", "surname", FormRule]
SURENESS: Mapping[Rule, float] = {
    "spelling": 1.0,
    "stated": 0.97,
    "address": 0.95,
    "letters": 0.95,
    "form": 0.9,
    "plural": 0.9,
    "usual": 0.85,
    "alias": 0.8,
    "first_name": 0.7,
    "nickname": 0.65,
    "initials": 0.6,
    "surname": 0.6,
    "slip": 0.5,
}
"""The weight of an edge by each rule, the surest first."""
COUNTABLE: frozenset[EntityKind] = frozenset({"tool", "thing", "topic"})
Pair = tuple[str, str]
"""Two entities, the lesser id first."""


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


@dataclass(frozen=True)
class _Match:
    """Two mentions that are one; where the first is but part of the other's name, `is_part`."""

    rule: Rule
    short: Named
    full: Named
    is_part: bool = False


class Names:
    """The entities of one user, ready to be asked which of them are one."""

    def __init__(
        self,
        named: Iterable[Named],
        apart: Set[Pair] = frozenset(),
        stated: Mapping[int, Set[Said]] | None = None,
    ) -> None:
        """Take all mentions that any day asked for can see.

        Args:
            apart: pairs that the user keeps apart.
            stated: day -> pairs of entities, both ways round, of which a text of that day says that they
                are one, and whether they must be of one kind.
        """
        self._apart = apart
        self._stated = stated or {}
        self._of_day: defaultdict[int, list[Named]] = defaultdict(list)
        self._by_id, self._by_name, self._by_singular, self._by_short, self._by_key = (
            Index() for _ in range(5)
        )
        for each in sorted(named, key=lambda each: (each.day, each.entity_id)):
            self._of_day[each.day].append(each)
            self._by_id.add(each.entity_id, each)
            self._by_name.add(fold(each.name), each)
            for singular in singulars(each.name):
                self._by_singular.add(singular, each)
            for short in _short_names(each):
                self._by_short.add(short, each)
            for key in _keys(each):
                self._by_key.add(key, each)
        self._seen = Seen(self._by_id, sorted(self._of_day))

    def same_before(self, day: int) -> list[Sameness]:
        """The pairs of one day's entities, each once, by the surest rule, in the order of their ids.

        The later one points to the earlier; of two that the day itself holds, the one that these days
        saw first is the target.
        """
        window = day - DAYS_BEFORE, day
        found: dict[Pair, Sameness] = {}
        for one in self._of_day.get(day, ()):
            for match in self._alike(one, window):
                pair = _pair(match.short, match.full)
                if pair[0] == pair[1] or pair in self._apart:
                    continue
                if pair not in found or SURENESS[match.rule] > SURENESS[found[pair].rule]:
                    found[pair] = self._directed(match, day)
        return [found[pair] for pair in sorted(found)]

    def _alike(self, one: Named, window: Window) -> Iterator[_Match]:
        """What an entity of the day is one with; where that tells, the short name comes first."""
        for other in self._by_name.within(fold(one.name), window):
            if self._seen.agree(one, other, window):
                yield _Match("spelling", one, other)
        plural = [other for name in singulars(one.name) for other in self._by_name.within(name, window)]
        for other in (*plural, *self._by_singular.within(fold(one.name), window)):
            if self._are_countable(one, other, window):
                yield _Match("plural", one, other)
        yield from self._said(one, window)
        yield from self._forms(one, window)
        yield from self._shorts(one, window)

    def _said(self, one: Named, window: Window) -> Iterator[_Match]:
        """Those of whom a text of the day says so, and those who write from one address."""
        for first, second, of_one_kind in self._stated.get(one.day, ()):
            if one.entity_id == first:
                agree = self._seen.share_kind if of_one_kind else self._seen.agree
                for other in self._by_id.within(second, (one.day, one.day)):
                    if agree(one, other, window):
                        yield _Match("stated", one, other)
        for address in one.addresses:
            for other in self._by_key.within(f"address {address}", window):
                if are_one_person(address, one.name, other.name) and self._seen.agree(one, other, window):
                    yield _Match("address", one, other)

    def _forms(self, one: Named, window: Window) -> Iterator[_Match]:
        for key in keys_of(one):
            others = {
                other.entity_id: other
                for other in self._by_key.within(key, window)
                if fold(other.name) != fold(one.name)
            }
            if is_owned(key) and len({fold(each.name) for each in others.values()}) != 1:
                continue
            for other in others.values():
                if rule := rule_of(key, Pairing(one, other, self._seen, window)):
                    yield _Match(rule, one, other)

    def _shorts(self, one: Named, window: Window) -> Iterator[_Match]:
        """Names that are part of what another is called."""
        for short in _short_forms(one):
            for other in self._owners(short, window):
                if rule := self._rule_for(one, other, short, window):
                    yield _Match(rule, one, other, is_part=True)
        for short in _short_names(one):
            if self._owners(short, window):
                for other in self._by_key.within(f"short {short}", window):
                    if rule := self._rule_for(other, one, short, window):
                        yield _Match(rule, other, one, is_part=True)

    def _owners(self, short: str, window: Window) -> list[Named]:
        """The mentions of the one full name that a short name stands for; none where it may be several."""
        owners = [each for each in self._by_short.within(short, window) if fold(each.name) != short]
        return owners if _are_one({each.name for each in owners}) else []

    def _rule_for(self, short: Named, full: Named, key: str, window: Window) -> Rule | None:
        seen = self._seen
        is_named = not seen.kinds(full, window) <= ANY_KIND  # a topic's alias is but a word for it
        if is_named and key in map(fold, full.forms) and seen.agree(short, full, window):
            return "alias"
        if not seen.are_people(short, full, window=window):
            return None
        if first_name(full.name) == key:
            return "first_name" if seen.are_in_touch(short, full, window) else None
        if key not in short_names(full.name) or not seen.are_near(short, full, window):
            return None
        if ". " in key:
            return "initials"
        return "surname" if key == fold(full.name.split()[-1]) else "nickname"

    def _are_countable(self, one: Named, other: Named, window: Window) -> bool:
        kinds = self._seen.kinds(one, window) | self._seen.kinds(other, window)
        return kinds <= COUNTABLE and is_common(one.forms) and is_common(other.forms)

    def _directed(self, match: _Match, day: int) -> Sameness:
        window = day - DAYS_BEFORE, day
        short, full = match.short, match.full
        of_day = [each for each in (short, full) if self._by_id.within(each.entity_id, (day, day))]
        source = max(of_day, key=lambda each: self._first_seen(each, window))
        target = full if source is short else short
        names = {each: self._by_id.within(each.entity_id, window)[-1].name for each in (short, full)}
        return Sameness(
            source_id=source.entity_id,
            target_id=target.entity_id,
            rule=match.rule,
            names=(names[source], names[target]),
            short=names[short] if match.is_part else None,
        )

    def _first_seen(self, one: Named, window: Window) -> tuple[int, int, str]:
        first = self._by_id.within(one.entity_id, window)[0]
        return first.day, int(first.first_time.timestamp() * 1e6), first.entity_id


def _keys(one: Named) -> Iterator[str]:
    yield from keys_of(one)
    yield from (f"short {each}" for each in _short_forms(one))
    yield from (f"address {each}" for each in one.addresses)


def _short_forms(one: Named) -> set[str]:
    """What a name is, where it may be part of another's."""
    forms = {fold(one.name)}
    if one.kind == "person" and (short := short_name(one.name)):
        forms.add(short)
    return forms


def _short_names(one: Named) -> set[str]:
    """What else an entity may be called: its other forms, and a person's first name and nicknames."""
    names = {fold(form) for form in one.forms}
    if one.kind == "person":
        first = first_name(one.name)
        names |= {first, *short_names(one.name)} if first else short_names(one.name)
    return {name for name in names if len(name) > 1} - {fold(one.name)}


def _are_one(names: Set[str]) -> bool:
    """Whether some full names are spellings of one, or nicknames of one with a surname."""
    by_fold = {fold(name): name for name in names}
    if len(by_fold) < 2:
        return bool(by_fold)
    return bool(frozenset.intersection(*(called(name) for name in by_fold.values())))


def _pair(one: Named, other: Named) -> Pair:
    low, high = sorted((one.entity_id, other.entity_id))
    return low, high
