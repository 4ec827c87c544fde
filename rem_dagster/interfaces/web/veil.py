"""How does a journal look that may be shown to anybody?

Each word is another one of the same length and each name a stand-in, always the same one for one veil, so
that the page keeps its shape and not even its source tells what it was.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import chain

from rem_dagster.memory import Memory
from rem_dagster.store.filters import equals

NAMED = frozenset(("person", "place", "organization", "project"))
_WORD = re.compile(r"\d+|[^\W\d_]+", re.UNICODE)
_FILLER = (
    *("a", "o", "as", "in", "of", "so", "to", "we", "and", "day", "far", "low", "old", "sea", "sky", "way"),
    *("blue", "door", "east", "lake", "moss", "rain", "salt", "tide", "wind", "amber", "birch", "cloud"),
    *("ember", "field", "grove", "light", "maple", "river", "stone", "water", "autumn", "bridge", "candle"),
    *("garden", "harbor", "island", "meadow", "silver", "winter", "bramble", "evening", "lantern", "morning"),
    *("orchard", "pebbles", "thistle", "causeway", "driftway", "mountain", "seashore", "woodland"),
    *("afternoon", "driftwood", "hillsides", "moonlight", "riverbank", "waterfall"),
    *("evergreens", "woodcutter", "lighthouses", "cobblestones", "thunderstorms", "wintergardens"),
)
_NAMES = (
    *("Alma", "Bruno", "Celia", "Dario", "Edda", "Felix", "Greta", "Hugo", "Irma", "Jonas", "Klara", "Linus"),
    *(
        "Mira",
        "Nils",
        "Orla",
        "Paul",
        "Quinn",
        "Rosa",
        "Sven",
        "Thea",
        "Ulla",
        "Vera",
        "Wim",
        "Xenia",
        "Yara",
    ),
    *("Zeno", "Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Heron", "Iris", "Juniper"),
)


@dataclass(frozen=True)
class Veil:
    """Stand-ins for one home, by a secret of its own."""

    names: Iterable[str] = ()
    """Of people, places and projects, which keep one stand-in each wherever they are told."""
    key: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    @cached_property
    def _stand_ins(self) -> dict[str, str]:
        parts = {part.lower() for name in self.names for part in _WORD.findall(name) if not part.isdigit()}
        free = [name for name in _NAMES if name.lower() not in parts]
        found: dict[str, str] = {}
        for place, part in enumerate(sorted(parts, key=self._digest)):
            found[part] = free[place] if place < len(free) else self._filler(part)
        return found

    def text(self, text: str) -> str:
        """A text of the same shape without one of its words."""
        return _WORD.sub(lambda match: self._word(match[0]), text)

    def name(self, text: str) -> str:
        """A name's stand-in."""
        return self.text(text)

    def _word(self, word: str) -> str:
        if word.isdigit():
            return "".join(str(each % 10) for each in self._digest(word).ljust(len(word), b"7")[: len(word)])
        stand_in = self._stand_ins.get(word.lower()) or self._filler(word.lower())
        if word.isupper() and len(word) > 1:
            return stand_in.upper()
        return stand_in.capitalize() if word[:1].isupper() else stand_in.lower()

    def _filler(self, word: str) -> str:
        """A word of the same length, or nearly, that is not the word itself."""
        number = int.from_bytes(self._digest(word)[:4], "big")
        length = min(len(word), max(map(len, _FILLER)))
        fitting = [each for each in _FILLER if len(each) == length and each != word]
        if not fitting:
            fitting = [each for each in _FILLER if abs(len(each) - length) <= 1 and each != word]
        return fitting[number % len(fitting)]

    def _digest(self, word: str) -> bytes:
        return hmac.new(self.key, word.lower().encode(), sha256).digest()


def veil_of(memory: Memory) -> Veil:
    """A new veil over one user's journal, which knows the names in it."""
    user_id = memory.user_id or memory.home.settings.user
    rows = memory.store.read("mentions", ["kind", "name", "surface_forms"], equals("user_id", user_id))
    kinds, names, forms = (rows[column].to_pylist() for column in rows.column_names)
    told = (
        (name, *(spelt or ())) for kind, name, spelt in zip(kinds, names, forms, strict=True) if kind in NAMED
    )
    return Veil(frozenset(chain([user_id], *told)))
