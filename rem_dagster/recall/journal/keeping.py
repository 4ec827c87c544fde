"""What was read of some tables, kept for as long as they have the same versions?"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from rem_dagster.store.database import Store

MOST_USERS = 4
"""Of whom the same thing is kept of a store; what was not asked for longest goes first."""
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
    if held is None or not _is_same(held[0], source):
        held = source, make()
    with _keeping:
        all_kept = _kept.setdefault(store, {})
        all_kept.pop(key, None)
        all_kept[key] = held
        for each in [each for each in all_kept if each[0] == key[0]][:-MOST_USERS]:
            del all_kept[each]
    return held[1]  # type: ignore[return-value]  # by its key it is what `make` makes


def _is_same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Versions by their numbers, things that were kept by themselves."""
    return len(one) == len(other) and all(
        a == b if isinstance(a, int) else a is b for a, b in zip(one, other, strict=True)
    )
