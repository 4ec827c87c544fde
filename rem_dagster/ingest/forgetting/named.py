"""By which names is a person known, and what names them?

Ruth ── spelt so in a mention ── "Ruth Adeyemi", "ruth a." ── the user said they are one ── "Dr Adeyemi"
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rem_dagster.model.names import fold
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Names:
    """All spellings of some people's names."""

    spellings: tuple[str, ...]

    def are_in(self, row: Mapping[str, Any]) -> bool:
        """Whether a row was said by one of them, lists one, or holds a name as whole words."""
        if any(fold(each) in self._folded for each in (row.get("author") or "", *_people(row)) if each):
            return True
        texts = (row.get("name") or "", row.get("content") or "")
        return any(self._pattern.search(_plain(text)) for text in texts)

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(map(fold, self.spellings))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_whole, sorted(self.spellings, key=len, reverse=True))))


def names_of(store: Store, people: Sequence[str], of_user: str | None) -> Names:
    """Every spelling under which these people are known.

    Args:
        of_user: a filter of the rows that are asked about; None is all.
    """
    wanted = {fold(name) for name in people}
    columns = ["entity_id", "name", "surface_forms"]
    mentions = store.read("mentions", columns, all_of(of_user, equals("kind", "person"))).to_pylist()
    forms: dict[str, set[str]] = {}
    for row in mentions:
        forms.setdefault(row["entity_id"], set()).update((row["name"], *(row["surface_forms"] or ())))
    meant = {entity for entity, spelt in forms.items() if wanted & set(map(fold, spelt))}
    for one, other in _said_to_be_one(store, of_user):
        if one in meant or other in meant:
            meant |= {one, other}
    spellings = {*people, *(form for entity in meant for form in forms.get(entity, ()))}
    return Names(tuple(sorted(each for each in spellings if fold(each))))


def _said_to_be_one(store: Store, of_user: str | None) -> Iterable[tuple[str, str]]:
    where = all_of(of_user, equals("generated_by", "user"), equals("edge_type", "same_as"))
    rows = store.read("edges", ["source_id", "target_id"], where).to_pylist()
    return [(row["source_id"], row["target_id"]) for row in rows]


def _people(row: Mapping[str, Any]) -> list[str]:
    """Who is listed beside the author, where the source says so."""
    text = row.get("metadata") or ""
    if '"people"' not in text:
        return []
    held = json.loads(text).get("people")
    return [str(each) for each in held] if isinstance(held, list) else []


def _plain(text: str) -> str:
    """A text as names are compared: without case, accents and odd spaces."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return _SPACES.sub(" ", "".join(each for each in parts if not unicodedata.combining(each)))


def _whole(name: str) -> str:
    """A pattern of the name that is no part of a longer word, in scripts that set words apart."""
    plain = _plain(name).strip()
    before = r"(?<!\w)" if _is_spaced(plain[0]) else ""
    after = r"(?!\w)" if _is_spaced(plain[-1]) else ""
    return f"{before}{re.escape(plain)}{after}"


def _is_spaced(letter: str) -> bool:
    return (letter.isalnum() or letter == "_") and unicodedata.east_asian_width(letter) not in "WF"
