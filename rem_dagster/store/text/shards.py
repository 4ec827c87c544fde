"""How is one user's month of text laid out as postings?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from rem_dagster.model.ids import derive_id, digest_text
from rem_dagster.store.tables import DOCS, POSTINGS
from rem_dagster.store.text.draft import Draft, Postings
from rem_dagster.store.text.entries import Entry

MOST_SHARDS = 96
"""A search touches a row per term and shard: 250 rows take 11 ms, 4,632 rows 96 ms."""


@dataclass(frozen=True, order=True)
class Shard:
    """A part of one user's text in one table: a month (`2025-10`) or an old year (`2009`)."""

    name: str
    user_id: str
    table: str

    @property
    def key(self) -> str:
        """Its slice key in both tables of the index."""
        return f"{self.user_id}/{self.table}/{self.name}"


def fold_months(months: Iterable[str]) -> dict[str, str]:
    """The shard of each month of one user: itself, or its year where there are too many months.

    2009-01 2009-02 … 2016-12 │ 2017-01 2017-02 … 2025-10
    └─ 2009 ─┘  …  └─ 2016 ─┘ │ each month is a shard
    """
    shards = {month: month for month in months}
    years = sorted({month[:4] for month in shards})
    while len(set(shards.values())) > MOST_SHARDS and years:
        year = years.pop(0)
        shards |= {month: year for month in shards if month[:4] == year}
    return shards


def laid_out(shard: Shard, digest: str, draft: Draft) -> tuple[pa.Table, pa.Table]:
    """The rows of one shard: its postings, one per term, and its one row of docs.

    A doc's number is its place in the order (thread, time), threads by their first item, so that
    neighbours in a conversation are neighbours in number.
    """
    order = _in_thread_order(draft.entries)
    ordered = [draft.entries[place] for place in order]
    lengths = [draft.lengths[place] for place in order]
    mark = digest + _layout_of(ordered, lengths)
    return _posting_rows(shard, mark, draft.postings(order)), _docs_row(shard, mark, ordered, lengths)


def _layout_of(ordered: Sequence[Entry], lengths: Sequence[int]) -> str:
    """What tells two layouts apart that are to be of the same source.

    Rows that come in while a writer reads are in its shard and not in its digest: its postings would fit
    the docs of another writer by that digest, and not by their numbers.
    """
    placed = (f"{entry.id} {length}" for entry, length in zip(ordered, lengths, strict=True))
    return "." + digest_text("\n".join(placed))[:8]


def _in_thread_order(entries: Sequence[Entry]) -> list[int]:
    """The places of the entries, in order."""
    first: dict[str, Any] = {}
    for entry in entries:
        known = first.get(entry.thread)
        if known is None or entry.started_at < known:
            first[entry.thread] = entry.started_at

    def key(place: int) -> tuple[Any, ...]:
        entry = entries[place]
        return first[entry.thread], entry.thread, entry.started_at, entry.ordinal, entry.id

    return sorted(range(len(entries)), key=key)


def _posting_rows(shard: Shard, digest: str, postings: Postings) -> pa.Table:
    terms = postings.terms
    starts = pa.array(postings.starts)
    same = {"user_id": shard.user_id, "table": shard.table, "shard": shard.name}
    same |= {"slice_key": shard.key, "digest": digest}
    columns: dict[str, Any] = {name: pa.repeat(value, len(terms)) for name, value in same.items()}
    columns["id"] = [derive_id(shard.user_id, shard.table, shard.name, term) for term in terms]
    columns["term"] = terms
    columns["docs"] = pa.ListArray.from_arrays(starts, pa.array(postings.docs))
    columns["tfs"] = pa.ListArray.from_arrays(starts, pa.array(postings.times))
    return pa.table(columns, schema=POSTINGS.schema)


def _docs_row(shard: Shard, digest: str, ordered: Sequence[Entry], lengths: list[int]) -> pa.Table:
    names = sorted({entry.author for entry in ordered})
    codes = {name: code for code, name in enumerate(names)}
    threads: list[int] = []
    for number, entry in enumerate(ordered):
        new = number > 0 and entry.thread != ordered[number - 1].thread
        threads.append((threads[-1] if threads else 0) + new)
    row = {
        "id": derive_id(shard.user_id, shard.table, shard.name),
        "user_id": shard.user_id,
        "table": shard.table,
        "shard": shard.name,
        "slice_key": shard.key,
        "digest": digest,
        "row_ids": [entry.id for entry in ordered],
        "started_at": [entry.started_at for entry in ordered],
        "ended_at": [entry.ended_at for entry in ordered],
        "lengths": lengths,
        "threads": threads,
        "authors": [codes[entry.author] for entry in ordered],
        "flags": [entry.flags for entry in ordered],
        "author_names": names,
    }
    return pa.Table.from_pylist([row], schema=DOCS.schema)
