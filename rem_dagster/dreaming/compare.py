"""What did a re-dream change?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rem_dagster.dreaming.resolve import cited_sources
from rem_dagster.dreaming.wording import flat, words_of
from rem_dagster.model.moment import Moment

SHARED_ENOUGH = 0.5
"""Share of the sources of two moments that both cite, from which on they are the same one, told anew."""
ClaimKind = Literal["fact", "outcome", "intention", "emotion"]


@dataclass(frozen=True)
class DayVersion:
    """What one dream made of one user's day, and what made it."""

    dream_id: str
    engine: str
    model: str | None
    agentlet_version: str
    recipe: str
    dreamt_at: datetime | None
    moments: tuple[Moment, ...] = ()
    summary: str | None = None
    """None where the day had none."""


@dataclass(frozen=True)
class Pair:
    """The same moment as two dreams tell it."""

    before: Moment
    after: Moment


@dataclass(frozen=True)
class Claim:
    """One claim of a day, as it was written."""

    kind: ClaimKind
    text: str


@dataclass(frozen=True)
class Changes:
    """What is different after a re-dream; moments in time order, claims as the day tells them."""

    added: tuple[Moment, ...] = ()
    gone: tuple[Moment, ...] = ()
    kept: tuple[Pair, ...] = ()
    """Moments that both have, whether or not they are told differently."""
    lost: tuple[Claim, ...] = ()
    gained: tuple[Claim, ...] = ()
    summary_before: str | None = None
    summary_after: str | None = None

    @property
    def retitled(self) -> tuple[Pair, ...]:
        """Moments that have another title."""
        return tuple(pair for pair in self.kept if flat(pair.before.name) != flat(pair.after.name))

    @property
    def moved(self) -> tuple[Pair, ...]:
        """Moments that begin or end at another time."""
        return tuple(pair for pair in self.kept if _times(pair.before) != _times(pair.after))

    @property
    def retyped(self) -> tuple[Pair, ...]:
        """Moments that are of another type."""
        return tuple(pair for pair in self.kept if pair.before.moment_type != pair.after.moment_type)

    @property
    def is_resummed(self) -> bool:
        """Whether the day is summed up in other words."""
        return flat(self.summary_before or "") != flat(self.summary_after or "")

    @property
    def is_empty(self) -> bool:
        """Whether a reader would see no difference."""
        parts = (self.added, self.gone, self.lost, self.gained, self.retitled, self.moved, self.retyped)
        return not (any(parts) or self.is_resummed)


def compare(before: DayVersion, after: DayVersion) -> Changes:
    """What a reader of the second version finds different from the first.

    Moments are the same where they rest on mostly the same sources, whatever they are called; a claim is
    the same where its words are, whichever moment makes it.
    """
    kept = _pairs(before.moments, after.moments)
    had, has = {pair.before.id for pair in kept}, {pair.after.id for pair in kept}
    claims_before, claims_after = _claims(before.moments), _claims(after.moments)
    return Changes(
        added=tuple(each for each in _in_order(after.moments) if each.id not in has),
        gone=tuple(each for each in _in_order(before.moments) if each.id not in had),
        kept=kept,
        lost=tuple(claim for key, claim in claims_before.items() if key not in claims_after),
        gained=tuple(claim for key, claim in claims_after.items() if key not in claims_before),
        summary_before=before.summary,
        summary_after=after.summary,
    )


def claims_in(moments: Sequence[Moment]) -> int:
    """How many verified claims moments make: themselves, their facts, outcomes, intentions and feelings."""
    return sum(
        1 + len(each.facts) + len(each.outcomes) + len(each.intentions) + len(each.emotion_tags)
        for each in moments
    )


def lost_share(before: int, after: int) -> float:
    """Share of claims that are gone, by their number; 0 where there were none or there are more now."""
    return max(0.0, (before - after) / before) if before else 0.0


def _pairs(before: Sequence[Moment], after: Sequence[Moment]) -> tuple[Pair, ...]:
    """Which moments are the same: the most alike first, each once; in the order of the first's times."""
    alike = [(_likeness(old, new), Pair(old, new)) for old in before for new in after]
    pairs: list[Pair] = []
    had, has = set[str](), set[str]()
    for _, pair in sorted(
        (each for each in alike if each[0] >= SHARED_ENOUGH), key=lambda each: _rank(*each)
    ):
        if pair.before.id not in had and pair.after.id not in has:
            pairs.append(pair)
            had.add(pair.before.id)
            has.add(pair.after.id)
    return tuple(sorted(pairs, key=lambda pair: _order(pair.before)))


def _likeness(one: Moment, other: Moment) -> float:
    """Sources that both cite over those that either does; without any, an equal title is all there is."""
    if one.is_prediction != other.is_prediction:
        return 0.0
    first, second = _sources(one), _sources(other)
    if not first | second:
        return float(flat(one.name) == flat(other.name))
    return len(first & second) / len(first | second)


def _rank(likeness: float, pair: Pair) -> tuple[float, bool, bool, list[tuple[datetime, datetime, str]]]:
    """The more alike the earlier; ties by title, then id. Which of the two came first plays no part."""
    old, new = pair.before, pair.after
    both = sorted((_order(old), _order(new)))
    return -likeness, flat(old.name) != flat(new.name), old.id != new.id, both


def _sources(moment: Moment) -> set[str]:
    stated = {source for each in (*moment.facts, *moment.intentions) for source in each.source_ids}
    return {*cited_sources(moment), *stated, *(quote.source_id for quote in moment.evidence)}


def _claims(moments: Sequence[Moment]) -> dict[tuple[str, ...], Claim]:
    """The claims of a day by kind and words, each as it is written first."""
    found: dict[tuple[str, ...], Claim] = {}
    for moment in _in_order(moments):
        for claim in _claims_of(moment):
            found.setdefault((claim.kind, *(words_of(claim.text) or [flat(claim.text)])), claim)
    return found


def _claims_of(moment: Moment) -> Iterator[Claim]:
    yield from (Claim("fact", each.text) for each in moment.facts)
    yield from (Claim("outcome", each) for each in moment.outcomes)
    yield from (Claim("intention", each.text) for each in moment.intentions)
    yield from (Claim("emotion", each) for each in moment.emotion_tags)


def _in_order(moments: Sequence[Moment]) -> list[Moment]:
    return sorted(moments, key=_order)


def _order(moment: Moment) -> tuple[datetime, datetime, str]:
    return moment.start_time, moment.end_time, moment.id


def _times(moment: Moment) -> tuple[datetime, datetime]:
    return moment.start_time, moment.end_time
