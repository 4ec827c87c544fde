"""What was read of some tables, kept for as long as they have the same versions?"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from rem_dagster.store.database import Store

MOST_KEPT = 24
"""Things that are kept of a store; those that were not made for longest go first."""
_Made = TypeVar("_Made")
_Key = tuple[str, str]
_keeping = Lock()
_kept: WeakKeyDictionary[Store, dict[_Key, tuple[tuple[object, ...], object]]] = WeakKeyDictionary()


def kept(store: Store, key: _Key, tables: Sequence[str], make: Callable[[], _Made]) -> _Made:
    """What `make` made of some tables, made anew once one of them has another version.

    Args:
        key: what it is, and whose.
    """
    return kept_of(store, key, tuple(store.dataset(table).version for table in tables), make)


def kept_of(store: Store, key: _Key, source: tuple[object, ...], make: Callable[[], _Made]) -> _Made:
    """What `make` made of a source, made anew once that is another one."""
    with _keeping:
        held = _kept.setdefault(store, {}).get(key)
    if held is not None and _is_same(held[0], source):
        return held[1]  # type: ignore[return-value]  # by its key it is what `make` makes
    made = make()
    with _keeping:
        all_kept = _kept.setdefault(store, {})
        all_kept.pop(key, None)
        all_kept[key] = (source, made)
        while len(all_kept) > MOST_KEPT:
            all_kept.pop(next(iter(all_kept)))
    return made


def _is_same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Versions by their numbers, things that were kept by themselves."""
    return len(one) == len(other) and all(
        a == b if isinstance(a, int) else a is b for a, b in zip(one, other, strict=True)
    )
