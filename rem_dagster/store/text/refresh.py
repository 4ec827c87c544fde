"""Which parts of the text index are out of date, and how are they made again?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from rem_dagster.locks import Shared, hold
from rem_dagster.model.ids import digest_text
from rem_dagster.settings import postgres_url
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, any_of, equals, is_in
from rem_dagster.store.room import give_back
from rem_dagster.store.tables import DOCS, POSTINGS
from rem_dagster.store.text.draft import Draft
from rem_dagster.store.text.entries import COLUMNS, entries_of
from rem_dagster.store.text.months import HASHES, Months, months_of
from rem_dagster.store.text.shards import Shard, fold_months, laid_out
from rem_dagster.store.text.tokens import versions_in

INDEXED_TABLES = ("messages", "resources", "moments", "summaries")
INDEX_VERSION = "2"
"""Raise it when the same row gives other terms: every shard is then made again."""
CHUNK_ROWS = 50_000
"""Source rows whose postings are written in one merge, unless they are too many."""
READ_ROWS = 2_000
"""Source rows that are read at a time, unless one shard has more."""
PLAIN_ROWS = 200
"""Source rows that are taken out of Arrow at a time."""
MOST_POSTINGS = 20_000
"""Postings that wait for a merge; one and what the merge makes of it take some kilobytes."""
ROUNDS = 5
"""How often to go after a source that moves while it is indexed; the next write goes on."""

WAIT_FOR_OTHER_WRITER = 3600.0
"""Seconds."""


@dataclass(frozen=True)
class Source:
    """What a shard is to hold: a digest of its rows, and about how many they are."""

    digest: str
    rows: int


def refresh_text(store: Store, tables: Sequence[str] = INDEXED_TABLES) -> int:
    """Make again every shard whose rows changed, and drop the shards of users and months that are gone.

    Costs one digest query per table, and another where a table moved meanwhile. Call it after every write
    to the tables named; facts of moments are part of the messages and resources that they cite. A home
    made before summaries were indexed gets their shards by the first call for them.

    Returns:
        The number of shards written or dropped.
    """
    written = 0
    with one_writer(store):
        for _ in range(ROUNDS):
            before = _versions_of(store, tables)
            stale = stale_shards(store, tables)
            for chunk in _chunks(stale):
                _rebuild(store, chunk)
            written += len(stale)
            if not stale or _versions_of(store, tables) == before:
                break
    return written


def _versions_of(store: Store, tables: Iterable[str]) -> dict[str, int]:
    """Of the tables that shards are made of: what is indexed of a version is not looked at again."""
    return {table: store.dataset(table).version for table in {"moments", "resources", *tables}}


def stale_shards(store: Store, tables: Sequence[str] = INDEXED_TABLES) -> dict[Shard, Source | None]:
    """Shards that differ from their source rows, with what they are to hold; None is nothing."""
    held = _held(store, tables)
    with_facts = {"moments"} if any(table not in HASHES for table in tables) else set()
    months = months_of(store, {*with_facts, *tables})
    stale: dict[Shard, Source | None] = {}
    for table in tables:
        cited = {} if table in HASHES else months["moments"]
        wanted = _wanted(table, months[table], cited)
        stale |= {shard: source for shard, source in wanted.items() if held.get(shard) != source.digest}
        stale |= {shard: None for shard in held if shard.table == table and shard not in wanted}
    return stale


def _held(store: Store, tables: Sequence[str]) -> dict[Shard, str]:
    rows = store.read("docs", ["user_id", "table", "shard", "digest"], is_in("`table`", tables))
    return {
        Shard(row["shard"], row["user_id"], row["table"]): row["digest"].partition(".")[0]
        for row in rows.to_pylist()
    }


def _wanted(
    table: str,
    months: Months,
    cited: Months,
) -> dict[Shard, Source]:
    of_user: dict[str, list[str]] = defaultdict(list)
    for user, month in months:
        of_user[user].append(month)
    parts: dict[Shard, list[str]] = defaultdict(list)
    rows: dict[Shard, int] = defaultdict(int)
    for user, held in of_user.items():
        for month, name in sorted(fold_months(held).items()):
            shard = Shard(name, user, table)
            parts[shard] += [month, str(months[user, month]), str(cited.get((user, month)))]
            rows[shard] += months[user, month][0]
    return {
        shard: Source(digest_text(INDEX_VERSION, *texts)[:16], rows[shard]) for shard, texts in parts.items()
    }


def _chunks(stale: Mapping[Shard, Source | None]) -> Iterator[dict[Shard, Source | None]]:
    """Shards of about `CHUNK_ROWS` source rows together, by table: few commits, as each leaves a fragment."""
    chunk: dict[Shard, Source | None] = {}
    size = 0
    for shard in sorted(stale, key=lambda shard: (shard.table, shard)):
        source = stale[shard]
        chunk[shard] = source
        size += source.rows if source else 0
        if size >= CHUNK_ROWS:
            yield chunk
            chunk, size = {}, 0
    if chunk:
        yield chunk


def _rebuild(store: Store, chunk: Mapping[Shard, Source | None]) -> None:
    """Write shards anew; texts and postings of a part of them are in memory at a time."""
    keys = [shard.key for shard, source in chunk.items() if source is None]
    parts: list[tuple[pa.Table, pa.Table]] = []
    for shards in _read_together(chunk):
        drafts = _read(store, list(shards))
        for shard, source in shards.items():
            parts.append(laid_out(shard, source.digest, drafts.pop(shard, Draft())))
            keys.append(shard.key)
        if sum(postings.num_rows for postings, _ in parts) >= MOST_POSTINGS:
            _write(store, keys, parts)
            keys, parts = [], []
    if keys:
        _write(store, keys, parts)


def _read_together(chunk: Mapping[Shard, Source | None]) -> Iterator[dict[Shard, Source]]:
    """The shards that hold something, of one table and about `READ_ROWS` rows together."""
    filled = [(shard, source) for shard, source in chunk.items() if source]
    for _, of_table in groupby(filled, lambda pair: pair[0].table):
        shards: dict[Shard, Source] = {}
        for shard, source in of_table:
            if shards and sum(each.rows for each in shards.values()) + source.rows > READ_ROWS:
                yield shards
                shards = {}
            shards[shard] = source
        yield shards


def _write(store: Store, keys: Sequence[str], parts: Sequence[tuple[pa.Table, pa.Table]]) -> None:
    """Write shards, docs last: their digest says that the postings are whole.

    Where there are no postings of them yet, none need be deleted: a merge that deletes holds the whole table
    in memory.
    """
    postings = pa.concat_tables([POSTINGS.schema.empty_table(), *(rows for rows, _ in parts)])
    postings = postings.sort_by("term")  # a search reads a term's rows together
    docs = pa.concat_tables([DOCS.schema.empty_table(), *(rows for _, rows in parts)])
    if store.count("postings", is_in("slice_key", keys)):
        store.replace_slices("postings", postings, keys)
    else:
        store.upsert("postings", postings)
    store.replace_slices("docs", docs, keys)
    give_back()


def _read(store: Store, shards: Sequence[Shard]) -> dict[Shard, Draft]:
    """What shards of one table hold."""
    table = shards[0].table
    where = _rows_of(shards)
    facts = _said_of(store, table, where)
    by_month = {(shard.user_id, shard.name): shard for shard in shards}

    def drafts(batches: Iterable[pa.RecordBatch]) -> dict[Shard, Draft]:
        held: dict[Shard, Draft] = defaultdict(Draft)
        rows = (row for batch in batches for row in batch.to_pylist())
        for entry in entries_of(table, rows, facts):
            shard = by_month.get((entry.user_id, entry.month)) or by_month[entry.user_id, entry.month[:4]]
            held[shard].add(entry)
        return held

    return store.fold(table, COLUMNS[table], where, drafts, rows=PLAIN_ROWS)


def _rows_of(shards: Sequence[Shard]) -> str | None:
    """Rows of some shards: per month, the users who have it."""
    users: dict[str, list[str]] = defaultdict(list)
    for shard in shards:
        users[shard.name].append(shard.user_id)
    return any_of(
        *(
            all_of(f"partition_key >= '{name}' AND partition_key < '{name}~'", is_in("user_id", of_users))
            for name, of_users in users.items()
        )
    )


def _said_of(store: Store, table: str, where: str | None) -> dict[str, list[str]]:
    """By row, what is indexed with it besides its own text."""
    if table == "summaries":
        return {}
    return _versions(store, where) if table == "moments" else _facts(store, where)


def _facts(store: Store, where: str | None) -> dict[str, list[str]]:
    """What the moments of those months state, by the source that they cite."""
    facts: dict[str, list[str]] = defaultdict(list)
    rows = store.read("moments", ["id", "facts"], where)
    for row in sorted(rows.to_pylist(), key=lambda row: str(row["id"])):
        for fact in row["facts"] or ():
            for source in fact["source_ids"] or ():
                facts[source].append(fact["text"])
    return facts


def _versions(store: Store, where: str | None) -> dict[str, list[str]]:
    """By moment, the versions that its commits name: thirty commits are told in a few words without them."""
    of_commit = {
        row["id"]: versions_in(f"{row['name']}\n{row['content']}")
        for row in store.read(
            "resources", ["id", "name", "content"], all_of(where, equals("category", "commit"))
        ).to_pylist()
    }
    rows = store.read("moments", ["id", "resource_ids"], where).to_pylist() if of_commit else ()
    named = {
        row["id"]: [version for each in row["resource_ids"] or () for version in of_commit.get(each, ())]
        for row in rows
    }
    return {moment: list(dict.fromkeys(versions)) for moment, versions in named.items() if versions}


@contextmanager
def one_writer(store: Store) -> Iterator[None]:
    """Let one process at a time write the index, on this machine and on those that share the tables.

    Two writers that overlap could leave a shard whose halves do not belong together, which a search
    passes over until the shard is made once more.

    Raises:
        HomeBusyError: another process did not end; the next write goes on where this one stopped.
    """
    url = postgres_url()
    with hold(
        Path(store.uri) if store.is_local else None,
        ["text"],
        wait_seconds=WAIT_FOR_OTHER_WRITER,
        shared=Shared(url, store.uri) if url else None,
    ):
        yield
