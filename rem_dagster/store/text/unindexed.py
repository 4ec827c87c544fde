"""How is a home searched whose summaries no write has indexed yet?

Homes made before summaries had a text index get it by the next dream or `rem doctor`. Until then the few
summaries of a user, one a day at most, are laid out in memory for one search.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias
from weakref import WeakKeyDictionary

import pyarrow as pa

from rem_dagster.store.database import Store
from rem_dagster.store.filters import is_in
from rem_dagster.store.tables import DOCS, POSTINGS
from rem_dagster.store.text.draft import Draft
from rem_dagster.store.text.entries import COLUMNS, entries_of
from rem_dagster.store.text.shards import Shard, laid_out

TABLE = "summaries"
_WHOLE = "all"
Laid: TypeAlias = tuple[pa.Table, pa.Table]
_kept: WeakKeyDictionary[Store, tuple[int, Sequence[str], Laid | None]] = WeakKeyDictionary()
"""Of the last search: the version of the summaries, the users, and what was laid out for them."""


def lay_out_summaries(store: Store, indexed: Iterable[str], *, user_id: str | None) -> Laid | None:
    """Postings and docs of the summaries of users who have no part of the index; None when there are none.

    Args:
        indexed: users who have one.
        user_id: the one user, or None for all.
    """
    done = set(indexed)
    if user_id in done:
        return None
    users = [user_id] if user_id is not None else _users(store)
    missing = tuple(user for user in users if user not in done)
    version = store.dataset(TABLE).version
    held_version, held_users, held = _kept.get(store, (None, (), None))
    if (held_version, held_users) != (version, missing):
        held = _laid_out(store, missing)
        _kept[store] = (version, missing, held)
    return held


def _laid_out(store: Store, missing: Sequence[str]) -> Laid | None:
    rows = store.read(TABLE, COLUMNS[TABLE], is_in("user_id", missing)).to_pylist() if missing else []
    if not rows:
        return None
    held: dict[str, Draft] = defaultdict(Draft)
    for entry in entries_of(TABLE, rows, {}):
        held[entry.user_id].add(entry)
    parts = [laid_out(Shard(_WHOLE, user, TABLE), "", draft) for user, draft in sorted(held.items())]
    postings = pa.concat_tables([POSTINGS.schema.empty_table(), *(rows for rows, _ in parts)])
    return postings, pa.concat_tables([DOCS.schema.empty_table(), *(rows for _, rows in parts)])


def _users(store: Store) -> list[str]:
    return sorted(store.read(TABLE, ["user_id"])["user_id"].unique().to_pylist())
