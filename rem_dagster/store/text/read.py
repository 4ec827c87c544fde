"""What does a search read of the text index?"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in
from rem_dagster.store.text.kept import keep_places, kept_places
from rem_dagster.store.text.places import Ints, Places
from rem_dagster.store.text.unindexed import lay_out_summaries

if TYPE_CHECKING:
    import lance

__all__ = ["Ints", "Places", "UserDocs", "UserPostings", "all_row_ids", "numbers_of", "read_text", "row_ids"]

Flags: TypeAlias = npt.NDArray[np.uint8]
Instants: TypeAlias = npt.NDArray[np.int64]
"""Microseconds since 1970 in UTC."""

KEPT_USERS = 32
"""How many users' docs one store keeps between searches; each costs about 35 bytes a row."""
_DOCS = ["user_id", "shard", "digest", "started_at", "ended_at", "lengths", "threads", "authors", "flags"]
_DOCS += ["author_names"]
_POSTINGS = ["digest", "term", "docs", "tfs"]
"""Few columns, as each costs: of a user the digest tells which shard it is, and which layout of it."""


@dataclass(frozen=True, eq=False)
class UserDocs:
    """One user's rows of one table in the order (shard, thread, time); all arrays have one length."""

    user_id: str
    table: str
    bases: Mapping[str, int]
    """The number of each shard's first doc."""
    digests: Mapping[str, str]
    lengths: Ints
    threads: Ints
    """Ascending; equal for docs of one thread."""
    authors: Ints
    """Indexes of `author_names`."""
    author_names: tuple[str, ...]
    flags: Flags
    started_at: Instants
    ended_at: Instants
    ids: dict[str, pa.Array] = field(default_factory=dict)
    """The row ids of the shards that were asked for so far."""

    def __len__(self) -> int:
        return len(self.lengths)


UserPostings: TypeAlias = dict[str, Places]
_keeping = Lock()
_kept: WeakKeyDictionary[Store, "OrderedDict[tuple[str, str | None], tuple[int, dict[str, UserDocs]]]"] = (
    WeakKeyDictionary()
)


def read_text(
    store: Store, table: str, terms: Iterable[str], *, user_id: str | None
) -> list[tuple[UserDocs, UserPostings]]:
    """Docs and postings of one user, or of every user that has rows in the table.

    A shard that is being written at this moment is read again, and left out if it stays torn.
    """
    wanted = set(terms)
    version, docs = _read_docs(store, table, user_id)
    versions = (version, store.dataset("postings").version)
    known = kept_places(store, versions, table, user_id, wanted)
    found: dict[str, UserPostings] = {}
    if missing := wanted - known.keys():
        rows = _read_postings(store, table, missing, user_id)
        if is_torn := _is_torn(docs, rows):
            version, docs = _read_docs(store, table, user_id)
            known, missing = {}, wanted
            rows = _read_postings(store, table, missing, user_id)
            is_torn = _is_torn(docs, rows)
        found = _places(docs, rows)
        if not is_torn:
            read = {
                term: {user: held[term] for user, held in found.items() if term in held} for term in missing
            }
            keep_places(store, (version, versions[1]), table, user_id, read)
    for term, users in known.items():
        for user, places in users.items():
            found.setdefault(user, {})[term] = places
    texts = [(docs[user], found.get(user, {})) for user in sorted(docs)]
    return texts if table != "summaries" else _with_unindexed(store, texts, wanted, user_id)


def _with_unindexed(
    store: Store, texts: list[tuple[UserDocs, UserPostings]], terms: set[str], user_id: str | None
) -> list[tuple[UserDocs, UserPostings]]:
    """The same and, in a home whose summaries no write has indexed yet, those of the users concerned."""
    laid = lay_out_summaries(store, [docs.user_id for docs, _ in texts], user_id=user_id)
    if laid is None:
        return texts
    postings, rows = laid
    docs = _by_user("summaries", rows)
    for row in rows.select(["user_id", "shard", "row_ids"]).to_pylist():
        docs[row["user_id"]].ids[row["shard"]] = pa.array(row["row_ids"], pa.string())
    few = postings.filter(pc.is_in(postings["term"], pa.array(sorted(terms), pa.string())))
    found = _places(docs, few)
    return sorted(
        [*texts, *((docs[user], found.get(user, {})) for user in docs)], key=lambda each: each[0].user_id
    )


def numbers_of(store: Store, docs: UserDocs, rows: Mapping[str, str]) -> Any:
    """The numbers of some rows among a user's docs, ascending; rows that are not indexed are left out.

    Args:
        rows: ISO day by id. Only the ids of those months are read.
    """
    shards = {day[:7] if day[:7] in docs.bases else day[:4] for day in rows.values()} & docs.bases.keys()
    _load_ids(store, docs, shards - docs.ids.keys())
    wanted = pa.array(sorted(rows), pa.string())
    parts = [
        docs.bases[shard] + np.flatnonzero(pc.is_in(docs.ids[shard], value_set=wanted).to_numpy(False))
        for shard in sorted(shards)
        if shard in docs.ids
    ]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.intp)


def row_ids(store: Store, docs: UserDocs, numbers: Sequence[int]) -> dict[int, str]:
    """The ids of some docs by their number; one that was replaced meanwhile is left out."""
    if not numbers:
        return {}
    starts = sorted((base, shard) for shard, base in docs.bases.items())
    edges = np.array([base for base, _ in starts])
    homes = [starts[place][1] for place in np.searchsorted(edges, numbers, side="right") - 1]
    _load_ids(store, docs, set(homes) - docs.ids.keys())
    return {
        number: docs.ids[shard][number - docs.bases[shard]].as_py()
        for shard, number in zip(homes, numbers, strict=True)
        if shard in docs.ids
    }


def all_row_ids(store: Store, docs: UserDocs) -> pa.Array:
    """The ids of all docs in their order; null where the shard was replaced meanwhile."""
    _load_ids(store, docs, docs.bases.keys() - docs.ids.keys())
    shards = sorted(docs.bases, key=lambda shard: docs.bases[shard])
    ends = [*(docs.bases[shard] for shard in shards[1:]), len(docs)]
    parts = [
        docs.ids[shard] if shard in docs.ids else pa.nulls(end - docs.bases[shard], pa.string())
        for shard, end in zip(shards, ends, strict=True)
    ]
    return pa.chunked_array(parts, pa.string()).combine_chunks()


def _load_ids(store: Store, docs: UserDocs, shards: Iterable[str]) -> None:
    keys = [f"{docs.user_id}/{docs.table}/{shard}" for shard in shards]
    if not keys:
        return
    rows = store.read("docs", ["shard", "digest", "row_ids"], is_in("slice_key", keys))
    for place, shard in enumerate(rows["shard"].to_pylist()):
        if rows["digest"][place].as_py() == docs.digests[shard]:
            docs.ids[shard] = rows["row_ids"][place].values


def _read_docs(store: Store, table: str, user_id: str | None) -> tuple[int, dict[str, UserDocs]]:
    """The docs of a table by user, and the version that they are of."""

    def read(held: "lance.LanceDataset") -> tuple[int, dict[str, UserDocs]]:
        with _keeping:
            kept = _kept.setdefault(store, OrderedDict())
            version, docs = kept.get((table, user_id), (None, {}))
            if version == held.version:
                kept.move_to_end((table, user_id))
                return held.version, docs
        docs = _by_user(table, held.to_table(columns=_DOCS, filter=_of(table, user_id)))
        with _keeping:
            kept[table, user_id] = (held.version, docs)
            while len(kept) > KEPT_USERS:
                kept.popitem(last=False)
        return held.version, docs

    return store.of_newest("docs", "read", read)


def _by_user(table: str, rows: pa.Table) -> dict[str, UserDocs]:
    rows = rows.sort_by([("user_id", "ascending"), ("shard", "ascending")]).combine_chunks()
    users = rows["user_id"].to_pylist()
    spans: dict[str, list[int]] = {}
    for place, user in enumerate(users):
        spans.setdefault(user, []).append(place)
    return {
        user: _user_docs(user, table, rows.slice(places[0], len(places))) for user, places in spans.items()
    }


def _user_docs(user: str, table: str, rows: pa.Table) -> UserDocs:
    shards = rows["shard"].to_pylist()
    sizes = [len(each) for each in rows["lengths"]]
    starts = np.concatenate(([0], np.cumsum(sizes)))[:-1].tolist()
    threads = [each.values.to_numpy() for each in rows["threads"]]
    after = np.cumsum([0, *(int(each[-1]) + 1 if len(each) else 0 for each in threads)])
    names: dict[str, int] = {}
    codes = [
        np.array([names.setdefault(name, len(names)) for name in each.as_py()] or [0], np.int32)
        for each in rows["author_names"]
    ]
    authors = [code[each.values.to_numpy()] for code, each in zip(codes, rows["authors"], strict=True)]
    return UserDocs(
        user_id=user,
        table=table,
        bases=dict(zip(shards, starts, strict=True)),
        digests=dict(zip(shards, rows["digest"].to_pylist(), strict=True)),
        lengths=_flat(rows, "lengths"),
        threads=np.concatenate([t + a for t, a in zip(threads, after[:-1], strict=True)]).astype(np.int32),
        authors=np.concatenate(authors).astype(np.int32),
        author_names=tuple(names),
        flags=_flat(rows, "flags"),
        started_at=_flat(rows, "started_at", pa.int64()),
        ended_at=_flat(rows, "ended_at", pa.int64()),
    )


def _flat(rows: pa.Table, column: str, kind: pa.DataType | None = None) -> Any:
    values = rows[column].combine_chunks().flatten()
    return (values.cast(kind) if kind is not None else values).to_numpy(zero_copy_only=False)


def _read_postings(store: Store, table: str, terms: Iterable[str], user_id: str | None) -> pa.Table:
    where = all_of(is_in("term", terms), _of(table, user_id))
    if user_id is None:
        rows = store.read("postings", ["user_id", *_POSTINGS], where)
    else:  # reading the one value of a column would cost as much as all the rest
        rows = store.read("postings", _POSTINGS, where)
        rows = rows.append_column("user_id", pa.repeat(user_id, rows.num_rows))
    return rows


def _of(table: str, user_id: str | None) -> str | None:
    return all_of(equals("user_id", user_id) if user_id is not None else None, equals("`table`", table))


def _is_torn(docs: Mapping[str, UserDocs], rows: pa.Table) -> bool:
    held = {(user, digest) for user, d in docs.items() for digest in d.digests.values()}
    return not held.issuperset(_origins(rows))


def _origins(rows: pa.Table) -> Iterator[tuple[str, str]]:
    return zip(rows["user_id"].to_pylist(), rows["digest"].to_pylist(), strict=True)


def _places(docs: Mapping[str, UserDocs], rows: pa.Table) -> dict[str, UserPostings]:
    """Where terms stand by user; rows of a shard that the docs do not have are left out."""
    first = {
        (user, digest): held.bases[shard]
        for user, held in docs.items()
        for shard, digest in held.digests.items()
    }
    bases = pa.array([first.get(each) for each in _origins(rows)], pa.int32())
    rows = rows.append_column("base", bases)
    rows = rows.filter(bases.is_valid()) if bases.null_count else rows
    rows = rows.sort_by([(name, "ascending") for name in ("user_id", "term", "base")]).combine_chunks()
    if not rows.num_rows:
        return {}
    lists = rows["docs"].chunk(0)
    sizes = lists.value_lengths().to_numpy()
    numbers = lists.flatten().to_numpy() + np.repeat(rows["base"].to_numpy(), sizes)
    times = rows["tfs"].chunk(0).flatten().to_numpy().astype(np.float32)
    terms = zip(rows["user_id"].to_pylist(), rows["term"].to_pylist(), strict=True)
    ends = dict(zip(terms, np.cumsum(sizes).tolist(), strict=True))  # of each term the end of its last shard
    found: dict[str, UserPostings] = {}
    for (user, term), start, end in zip(ends, [0, *ends.values()], ends.values(), strict=False):
        found.setdefault(user, {})[term] = Places(numbers[start:end].copy(), times[start:end].copy())
    return found
