"""Which terms of one user's text begin as a word does?"""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from weakref import WeakKeyDictionary

from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, any_of, equals, quoted

KEPT_LETTERS = 64
"""How many (table, user, letter) one store keeps between searches."""
Months = Mapping[str, int]
"""By term, in how many parts of the index (months) it occurs."""

_keeping = Lock()
_kept: WeakKeyDictionary[Store, "OrderedDict[tuple[str, str, str], tuple[int, Months]]"] = WeakKeyDictionary()


def terms_beginning(store: Store, table: str, letter: str, *, user_id: str) -> Months:
    """All terms of one user in one table that begin with a letter; of nobody else.

    Read through the index of terms: 8 ms of 100,000 messages.
    """
    version = store.dataset("postings").version
    key = (table, user_id, letter)
    with _keeping:
        kept = _kept.setdefault(store, OrderedDict())
        held_version, months = kept.get(key, (None, {}))
        if held_version == version:
            kept.move_to_end(key)
            return months
    where = all_of(equals("user_id", user_id), equals("`table`", table), _begins_with("term", letter))
    counted = store.read("postings", ["term"], where)["term"].value_counts()
    months = dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))
    with _keeping:
        kept[key] = (version, months)
        while len(kept) > KEPT_LETTERS:
            kept.popitem(last=False)
    return months


def _begins_with(column: str, letter: str) -> str | None:
    after = chr(ord(letter) + 1)
    return any_of(f"{column} >= {quoted(letter)} AND {column} < {quoted(after)}")
