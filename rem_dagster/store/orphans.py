"""Which derived rows belong to nothing that is there any more?

    moments, mentions, edges of dream and link,
    day summaries, links_state                    without a row of the ledger for their (user, day)
    vectors_*                                     without the row that they are of
    postings                                      without the docs of their part of the text index
    messages                                      without their session: told, and kept

Raw rows, corrections, edges of the user or of an import, and what `replaced` keeps are never orphans: no
dream can make them again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from rem_dagster.store.database import Store, translated
from rem_dagster.store.filters import any_of, equals, is_in
from rem_dagster.store.links_state import linked_as
from rem_dagster.store.vectors import EMBEDDED, embedded_ids, models_held, table_of

OF_A_DREAM = any_of(equals("generated_by", "dream"), equals("generated_by", "link"))
OF_A_DAY: Mapping[str, str | None] = {
    "moments": None,
    "mentions": None,
    "edges": OF_A_DREAM,
    "summaries": equals("period", "day"),
    "links_state": linked_as("link"),
}
"""Tables whose rows stand for a dream of (user, day), and which of their rows do."""
AT_ONCE = 5_000
"""Ids in one deletion."""


@dataclass(frozen=True)
class Orphans:
    """The rows of one table that belong to nothing."""

    table: str
    ids: Sequence[str]
    days: frozenset[str] = frozenset()
    """The ISO days whose dreams made them; none where no dream did."""

    def __len__(self) -> int:
        return len(self.ids)


def find_orphans(store: Store) -> list[Orphans]:
    """The rows that may be deleted, by table; tables without any are left out."""
    keys = ["user_id", "partition_key"]
    rows = {table: store.read(table, ["id", *keys], where) for table, where in OF_A_DAY.items()}
    ledger = store.read("dreams", keys)  # after the rows: a dream is in the ledger before it writes any
    found = []
    for table, held in rows.items():
        alone = _without(held, ledger, keys)
        found.append(Orphans(table, _ids(alone), frozenset(alone["partition_key"].to_pylist())))
    for model in models_held(store):
        table = table_of(model)
        gone = [
            each
            for source in EMBEDDED
            for each in _ids(
                _without(
                    store.read(table, ["id"], equals("`table`", source)), embedded_ids(store, source), ["id"]
                )
            )
        ]
        found.append(Orphans(table, gone))
    postings = store.read("postings", ["id", "slice_key"])
    found.append(
        Orphans("postings", _ids(_without(postings, store.read("docs", ["slice_key"]), ["slice_key"])))
    )
    return [each for each in found if each]


def delete_orphans(store: Store, found: Sequence[Orphans]) -> None:
    """Delete rows that were found, each table's in few commits.

    Call it while nobody else dreams their days or writes the text index.
    """
    for each in found:
        for at in range(0, len(each), AT_ONCE):
            store.delete(each.table, is_in("id", each.ids[at : at + AT_ONCE]))


def count_messages_without_session(store: Store) -> int:
    """How many messages name a session that is not there."""
    sessions = store.read("sessions", ["id"]).rename_columns(["session_id"])
    return int(_without(store.read("messages", ["id", "session_id"]), sessions, ["session_id"]).num_rows)


def _without(rows: pa.Table, others: pa.Table, keys: Sequence[str]) -> pa.Table:
    """The rows for which there is no other of the same keys."""
    with translated("compare tables", "memory"):
        return rows.join(others.select(keys), list(keys), join_type="left anti")


def _ids(rows: pa.Table) -> list[str]:
    return sorted(rows["id"].to_pylist())
