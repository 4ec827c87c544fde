"""Which items of a segment belong to one moment?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rem_dagster.dreaming.draft.offline.changes import project_of
from rem_dagster.dreaming.draft.offline.language import CHATTER_WEIGHT, stem, weight_of, words_of
from rem_dagster.dreaming.draft.offline.reading import Reading, is_machine, stems_of

TALK_GAP = timedelta(minutes=90)
COMMIT_GAP = timedelta(hours=2)
FEW = 3
"""A block of fewer commits than this joins the next one of its repository within `WIDE_GAP`."""
WIDE_GAP = timedelta(hours=3)
NEAR = timedelta(minutes=30)
MOST_MOMENTS, MOST_OF_COMMITS = 9, 6
SHARED, ALIKE, TALK_ALIKE = 2.5, 0.19, 0.7
"""Weight of shared rare words, and their share of the smaller of two threads, from which on they are
about the same thing; conversations between people stay alone unless they are all about it."""


@dataclass(frozen=True)
class Group:
    """What becomes one moment: readings in time order."""

    readings: tuple[Reading, ...]

    @property
    def start(self) -> datetime:
        """When its first item begins."""
        return self.readings[0].item.occurred_at

    @property
    def end(self) -> datetime:
        """When its last item ends."""
        return max(max(r.item.ended_at, r.item.occurred_at) for r in self.readings)

    @property
    def threads(self) -> frozenset[str]:
        """What its items belong to."""
        return frozenset(thread_of(reading) for reading in self.readings)


def thread_of(reading: Reading) -> str:
    """The repository of a commit, else the item's own thread."""
    item = reading.item
    return f"commits in {project_of(item)}" if item.category == "commit" else item.thread


def is_question_session(group: Group) -> bool:
    """Whether a machine answers here."""
    return any(is_machine(reading.item) and reading.item.kind == "message" for reading in group.readings)


def groups_of(readings: Sequence[Reading], language: str) -> list[Group]:
    """Groups in time order; every reading is in at most one, and only noise is in none.

    Each thread is cut at its long silences; threads that run at the same time and share rare words
    are put together; the nearest ones are put together while there are too many.
    """
    threads: dict[str, list[Reading]] = {}
    for reading in readings:
        threads.setdefault(thread_of(reading), []).append(reading)
    blocks = [block for thread in threads.values() for block in _cut(thread)]
    kept = [block for block in blocks if not _is_noise(block)] or blocks
    return _capped(_joined(_in_order(kept), language))


def _cut(thread: Sequence[Reading]) -> list[Group]:
    """A thread cut at its silences; small blocks of commits reach further than large ones."""
    runs: list[list[Reading]] = []
    for reading in thread:
        if runs and _continues(runs[-1], reading):
            runs[-1].append(reading)
        else:
            runs.append([reading])
    return [Group(tuple(run)) for run in runs]


def _continues(run: Sequence[Reading], reading: Reading) -> bool:
    last = run[-1].item
    silence = reading.item.occurred_at - max(last.ended_at, last.occurred_at)
    if reading.item.category != "commit":
        return silence <= TALK_GAP
    return silence <= (WIDE_GAP if len(run) < FEW else COMMIT_GAP)


def _is_noise(group: Group) -> bool:
    """Whether only programs wrote it, or nobody said anything."""
    return all(is_machine(reading.item) or not reading.item.text.strip() for reading in group.readings)


def _joined(groups: list[Group], language: str) -> list[Group]:
    """Groups of different threads put together where they overlap in time and share rare words."""
    words = [_rare_words(group, language) for group in groups]
    spread = Counter(word for bag in words for word in bag)
    merged: list[tuple[Group, dict[str, float]]] = []
    for group, bag in zip(groups, words, strict=True):
        for place, (other, held) in enumerate(merged):
            if _belong(other, group) and _are_alike(held, bag, spread, _alike_enough(other, group)):
                merged[place] = (_union(other, group), {**held, **bag})
                break
        else:
            merged.append((group, bag))
    return [group for group, _ in merged]


def _belong(one: Group, other: Group) -> bool:
    if one.threads & other.threads:
        return False
    return one.start - NEAR <= other.end and other.start - NEAR <= one.end


def _rare_words(group: Group, language: str) -> dict[str, float]:
    """Stem -> weight of the content words of a group; chatter left out, its name's words counted."""
    bag: dict[str, float] = {}
    for reading in group.readings:
        if reading.item.category != "commit":
            bag.update(
                {
                    stem(w, language): 1.0
                    for w in words_of(reading.item.name or "")
                    if weight_of(w, language) == 1
                }
            )
        for sentence in reading.sentences[:40]:
            for word, weight in stems_of(sentence, language).items():
                if weight > CHATTER_WEIGHT and len(word) > 2:
                    bag[word] = max(weight, bag.get(word, 0.0))
    return bag


def _alike_enough(one: Group, other: Group) -> float:
    """How alike two groups must be: more where people talk, or where they only follow each other."""
    if any(len({name for r in group.readings for name in r.speakers}) > 1 for group in (one, other)):
        return TALK_ALIKE
    overlap = one.start <= other.end and other.start <= one.end
    return ALIKE if overlap else ALIKE * 1.4


def _are_alike(one: dict[str, float], other: dict[str, float], spread: Counter[str], least: float) -> bool:
    """Whether the shared words weigh enough; those of many groups count little."""
    common: float = sum(
        min(one[word], other[word]) / max(1, spread[word] - 1) ** 0.5 for word in one if word in other
    )
    return common >= max(SHARED, least * min(len(one), len(other)))


def _capped(groups: list[Group]) -> list[Group]:
    """At most `MOST_MOMENTS` groups: the smallest joins its neighbour, one of its own kind if it can."""
    groups = _in_order(groups)
    only_commits = all(r.item.category == "commit" for group in groups for r in group.readings)
    while len(groups) > (MOST_OF_COMMITS if only_commits else MOST_MOMENTS):
        small = min(range(len(groups)), key=lambda n: (_size(groups[n]), -n))
        near = min(_others(groups, small), key=lambda n: _distance(groups[small], groups[n]))
        union = _union(groups[small], groups[near])
        groups = _in_order([g for n, g in enumerate(groups) if n not in (small, near)] + [union])
    return groups


def _others(groups: Sequence[Group], place: int) -> Iterable[int]:
    return (n for n in range(len(groups)) if n != place)


def _distance(one: Group, other: Group) -> tuple[int, float]:
    """First by likeness (same thread, same kind, neither), then by seconds between."""
    kinds = {r.item.category for r in one.readings} & {r.item.category for r in other.readings}
    unlike = 0 if one.threads & other.threads else 1 if kinds else 2
    return unlike, abs((one.start - other.start).total_seconds())


def _size(group: Group) -> int:
    return sum(1 + min(len(reading.sentences), 20) for reading in group.readings)


def _union(one: Group, other: Group) -> Group:
    readings = sorted((*one.readings, *other.readings), key=lambda r: (r.item.occurred_at, r.item.source_id))
    return Group(tuple(readings))


def _in_order(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (group.start, group.readings[0].item.source_id))
