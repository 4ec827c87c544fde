"""Which postings does a process that searches often need not read again?"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeAlias
from weakref import WeakKeyDictionary

from rem_dagster.store.database import Store
from rem_dagster.store.text.places import Places

KEPT_POSTINGS = 4_000_000
"""How many a store keeps over all terms, at 8 bytes each: the frequent words of a million messages."""
Versions: TypeAlias = tuple[int, int]
"""Of the tables `docs` and `postings`; what was read under others is dropped."""
OfUsers: TypeAlias = Mapping[str, Places]


@dataclass
class _Kept:
    versions: Versions = (-1, -1)
    size: int = 0
    terms: OrderedDict[tuple[str, str | None, str], OfUsers] = field(default_factory=OrderedDict)


_keeping = Lock()
_kept: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()


def kept_places(
    store: Store, versions: Versions, table: str, user_id: str | None, terms: Iterable[str]
) -> dict[str, OfUsers]:
    """Where those terms stand that were read before: term -> user -> places, of none where none has it."""
    found: dict[str, OfUsers] = {}
    with _keeping:
        kept = _kept.get(store)
        if kept is None or kept.versions != versions:
            return found
        for term in terms:
            key = (table, user_id, term)
            if key in kept.terms:
                found[term] = kept.terms[key]
                kept.terms.move_to_end(key)
    return found


def keep_places(
    store: Store, versions: Versions, table: str, user_id: str | None, read: Mapping[str, OfUsers]
) -> None:
    """Keep what was read, and let go of what was not asked for longest."""
    with _keeping:
        kept = _kept.setdefault(store, _Kept())
        if kept.versions != versions:
            kept = _kept[store] = _Kept(versions)
        for term, users in read.items():
            if (key := (table, user_id, term)) not in kept.terms:
                kept.terms[key] = users
                kept.size += _size(users)
        while kept.size > KEPT_POSTINGS:
            kept.size -= _size(kept.terms.popitem(last=False)[1])


def _size(users: OfUsers) -> int:
    """Postings, and a few more for what holds them."""
    return 20 + sum(len(places.docs) + 20 for places in users.values())
