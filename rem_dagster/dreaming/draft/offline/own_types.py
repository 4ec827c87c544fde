"""Does a group clearly speak of a type that the user made?

The engine knows words, not what they mean. A type's words are the stems of its name and description,
without those that describe built-in types or kinds of things in general. A group is of a type where

- it is called by its name: as written ("gardening", "family time") or, in two sentences or titles, in
  other forms of all its words; and a third of all sentences and titles have a word of the type; or
- two different words of the type occur, and half of all sentences and titles have one; or
- a tag that somebody gave is the name, and half of the items have it.

Anything less is left to the built-in types.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.language import stem, weight_of, words_of
from rem_dagster.dreaming.draft.offline.reading import is_machine
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, OPT_IN_MOMENT_TYPES

NAMED_SHARE, DESCRIBED_SHARE = 1 / 3, 1 / 2
"""Share of the sentences and titles that must have a word of the type: where it is named, and where not."""
TAGGED_SHARE = 1 / 2
"""Share of the items that must have its tag."""
TWICE = 2
MOST_SENTENCES = 30
"""Sentences of one item that are looked at."""
_GENERAL = frozenset(
    """activity activities session sessions kind sort type thing anything something everything time moment
    example including etc event task topic related relating concerning general various""".split()  # noqa: SIM905
)
"""Words with which one describes a type of whatever kind."""


@dataclass(frozen=True)
class OwnType:
    """A user's type, and the words by which one knows it."""

    name: str
    named: frozenset[str]
    """Stems of its name."""
    described: frozenset[str]
    """Stems of its description."""

    @property
    def words(self) -> frozenset[str]:
        """All of them."""
        return self.named | self.described

    @property
    def as_written(self) -> re.Pattern[str]:
        """The name, as a person writes it."""
        words = r"[\s_-]+".join(map(re.escape, self.name.split("_")))
        return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def own_type_of(group: Group, types: Mapping[str, str], language: str) -> str | None:
    """The user's type that a group bears out most; None where it clearly speaks of none.

    Ties go to the type that stands first.
    """
    best: tuple[float, str] | None = None
    for name, description in types.items():
        if name in BUILT_IN_MOMENT_TYPES or name in OPT_IN_MOMENT_TYPES:
            continue
        share = _share_of(group, own_type(name, description, language), language)
        if share and (best is None or share > best[0]):
            best = share, name
    return best[1] if best else None


@lru_cache(maxsize=256)
def own_type(name: str, description: str, language: str) -> OwnType:
    """A type with the stems of its words in a language."""
    built_in = f"{' '.join(BUILT_IN_MOMENT_TYPES)} {' '.join(BUILT_IN_MOMENT_TYPES.values())}".replace(
        "_", " "
    )
    common = _stems(built_in, language) | {stem(word, language) for word in _GENERAL}
    return OwnType(
        name=name,
        named=_stems(name.replace("_", " "), language),
        described=_stems(description, language) - common,
    )


def _share_of(group: Group, kind: OwnType, language: str) -> float:
    """The share of sentences and titles that speak of a type; 0 where it is not borne out."""
    if _is_tagged(group, kind):
        return 1.0
    places = list(_places(group))
    found = [_stems(place, language) & kind.words for place in places]
    in_other_forms = sum(kind.named <= words for words in found) if kind.named else 0
    is_named = in_other_forms >= TWICE or any(kind.as_written.search(place) for place in places)
    share = sum(map(bool, found)) / len(places) if places else 0.0
    if is_named:
        return share if share >= NAMED_SHARE else 0.0
    is_described = len(frozenset().union(*found)) >= TWICE
    return share if is_described and share >= DESCRIBED_SHARE else 0.0


def _is_tagged(group: Group, kind: OwnType) -> bool:
    name = kind.name.replace("_", "-")
    tagged = [r for r in group.readings if name in {re.sub(r"[\s_]+", "-", t.lower()) for t in r.item.tags}]
    return bool(tagged) and len(tagged) >= TAGGED_SHARE * len(group.readings)


def _places(group: Group) -> Iterator[str]:
    """Titles and the sentences that people say, each title once."""
    titles: dict[str, None] = {}
    for reading in group.readings:
        if is_machine(reading.item):
            continue
        if reading.item.category != "commit":  # a commit's name is its first sentence
            titles |= dict.fromkeys(filter(None, (reading.item.name, reading.item.session_title)))
        yield from (s.shown for s in reading.sentences[:MOST_SENTENCES] if s.is_own)
    yield from titles


def _stems(text: str, language: str) -> frozenset[str]:
    """The stems of the words that say something."""
    return frozenset(stem(word, language) for word in words_of(text) if weight_of(word, language) == 1)
