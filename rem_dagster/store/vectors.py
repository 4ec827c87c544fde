"""Which rows have a vector of a model, and what are one user's?"""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.errors import HomeMissingError, StoreError
from rem_dagster.store.database import Store
from rem_dagster.store.facts import FACTS, count_facts, each_once, moment_of, read_facts, slice_of
from rem_dagster.store.filters import all_of, equals, is_in, quoted
from rem_dagster.store.tables import vectors_spec
from rem_dagster.store.text.read import UserDocs, all_row_ids

if TYPE_CHECKING:
    import lance

PREFIX = "vectors_"
EMBEDDED_TABLES = ("messages", "resources", "moments")
EMBEDDED = (*EMBEDDED_TABLES, FACTS)
"""What has vectors: whole rows of tables, and each fact that moments state."""
IDS_AT_ONCE = 5_000
MOST_FRAGMENTS = 20
"""Every write leaves one; a table of more is compacted."""
KEPT_ROWS = 200_000
"""How many vectors one store keeps between searches, over all users: 300 MB at 384 numbers each."""

_COLUMNS = {
    "messages": ("content",),
    "resources": ("name", "content"),
    "moments": ("name", "summary", "search_text"),
}
_OLDEST_FIRST = [("occurred_at", "ascending"), ("id", "ascending")]
_ROW = ["id", "user_id", "occurred_at", "partition_key", "slice_key", "content_hash"]


@dataclass(frozen=True, eq=False)
class UserVectors:
    """One user's vectors in the order of the docs of the text index; both arrays have one length."""

    matrix: npt.NDArray[np.float32]
    """float32[rows, dimension]; a row of zeros where there is no vector."""
    is_held: npt.NDArray[np.bool_]


_Kept: TypeAlias = "OrderedDict[tuple[str, UserDocs], tuple[int, UserVectors]]"
_keeping = Lock()
_kept: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()


@dataclass(frozen=True)
class Scope:
    """Some users' rows of some days; None is all. ISO days, both included."""

    user_ids: Sequence[str] | None = None
    first_day: str | None = None
    last_day: str | None = None

    @property
    def where(self) -> str | None:
        """The filter of its rows."""
        return all_of(
            is_in("user_id", self.user_ids) if self.user_ids is not None else None,
            f"partition_key >= {quoted(self.first_day)}" if self.first_day else None,
            f"partition_key <= {quoted(self.last_day)}" if self.last_day else None,
        )


EVERYTHING = Scope()


def table_of(model: str) -> str:
    """The name of a model's table, whether or not it is there."""
    return vectors_spec(model, 1).name


def has_vectors(store: Store, model: str) -> bool:
    """Whether the model's table is there."""
    try:
        store.dataset(table_of(model))
    except HomeMissingError:
        return False
    return True


def missing(store: Store, table: str, model: str, scope: Scope = EVERYTHING) -> pa.Table:
    """Rows that have no vector of their content yet, without their text; oldest first, ties by id."""
    rows = _source(store, table, scope)
    if has_vectors(store, model):
        rows = rows.join(_held(store, table, model, scope), ["id", "content_hash"], join_type="left anti")
    return rows.sort_by(_OLDEST_FIRST)


def everything(store: Store, table: str, scope: Scope = EVERYTHING) -> pa.Table:
    """All rows that are to have vectors, as `missing` gives those that have none."""
    return _source(store, table, scope).sort_by(_OLDEST_FIRST)


def texts_of(store: Store, table: str, ids: Sequence[str]) -> dict[str, str]:
    """What is embedded of some rows, by id; rows that are gone are left out."""
    if table == FACTS:
        return _texts_of_facts(store, ids)
    rows = store.read_in(table, "id", ids, ["id", *_COLUMNS[table]])
    return {row["id"]: _text(table, row) for row in rows.to_pylist()}


def write_vectors(
    store: Store, table: str, model: str, rows: pa.Table, vectors: npt.NDArray[np.float32]
) -> None:
    """Store the vectors of some rows of `missing`, in their order; one atomic commit.

    The model's table is made when it is not there.

    Raises:
        StoreError: the vectors that are there have another number of dimensions.
    """
    spec = vectors_spec(model, vectors.shape[1])
    if (held := dimension_of(store, model)) not in (None, vectors.shape[1]):
        raise StoreError(
            f"The vectors of {model!r} in {store.uri} have {held} numbers and the new ones "
            f"{vectors.shape[1]}: another model goes by that name now. Nothing was written. "
            "`rem embed --rebuild` makes all of them anew."
        )
    if not has_vectors(store, model):
        store.create_table(spec)
    flat = pa.array(np.ascontiguousarray(vectors, np.float32).reshape(-1))
    columns = {name: rows[name] for name in _ROW} | {
        "table": pa.array([table] * rows.num_rows, pa.string()),
        "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
    }
    store.upsert(spec.name, pa.table([columns[name] for name in spec.schema.names], spec.schema))


def remove_gone(store: Store, table: str, model: str, scope: Scope = EVERYTHING) -> int:
    """Delete the vectors of rows that are no longer there, and return how many they were."""
    if not has_vectors(store, model):
        return 0
    held = _held(store, table, model, scope)
    gone = held.join(_source(store, table, scope).select(["id"]), "id", join_type="left anti")
    ids = sorted(gone["id"].to_pylist())
    for at in range(0, len(ids), IDS_AT_ONCE):
        store.delete(table_of(model), is_in("id", ids[at : at + IDS_AT_ONCE]))
    return len(ids)


def drop_vectors(store: Store, model: str) -> None:
    """Remove all vectors of a model."""
    store.drop_table(table_of(model))


def compact_vectors(store: Store, model: str) -> None:
    """Bring many small writes together, where there are many."""
    if has_vectors(store, model) and len(store.dataset(table_of(model)).get_fragments()) > MOST_FRAGMENTS:
        store.optimize(table_of(model))


def vectors_by_day(store: Store, model: str, scope: Scope) -> dict[str, int]:
    """ISO day -> how many vectors of a model its rows have; days without one are left out."""
    if not has_vectors(store, model):
        return {}
    days = store.read(table_of(model), ["partition_key"], scope.where)["partition_key"]
    return dict(Counter(days.to_pylist()))


def models_held(store: Store) -> list[str]:
    """The models of which vectors are held, as their tables name them; each stands for the model's name."""
    return [name.removeprefix(PREFIX) for name in store.names() if name.startswith(PREFIX)]


def dimension_of(store: Store, model: str) -> int | None:
    """Numbers in each vector of a model; None when there is none."""
    if not has_vectors(store, model):
        return None
    return int(store.dataset(table_of(model)).schema.field("vector").type.list_size)


def count_vectors(store: Store, model: str) -> int:
    """How many vectors of a model there are, over all users and tables."""
    return store.count(table_of(model)) if has_vectors(store, model) else 0


def read_vectors(store: Store, model: str, docs: UserDocs) -> UserVectors | None:
    """The vectors of one user's rows of one table; None when there is none.

    They are compared one by one: an index pays only from 100,000 rows on.
    """
    if not has_vectors(store, model):
        return None
    key = (model, docs)
    where = all_of(equals("user_id", docs.user_id), equals("`table`", docs.table))

    def read(held: "lance.LanceDataset") -> UserVectors:
        with _keeping:
            kept = _kept.setdefault(store, OrderedDict())
            version, vectors = kept.get(key, (None, None))
            if vectors is not None and version == held.version:
                kept.move_to_end(key)
                return vectors
        rows = held.to_table(columns=["id", "vector"], filter=where)
        vectors = _in_order(*_matrix_of(rows), all_row_ids(store, docs))
        with _keeping:
            kept[key] = (held.version, vectors)
            while len(kept) > 1 and sum(len(each.is_held) for _, each in kept.values()) > KEPT_ROWS:
                kept.popitem(last=False)
        return vectors

    vectors = store.of_newest(table_of(model), "read", read)
    return vectors if vectors.is_held.any() else None


def vectors_where(store: Store, model: str, where: str | None) -> tuple[pa.Array, npt.NDArray[np.float32]]:
    """The ids and the vectors that pass a filter, in one order."""
    return _matrix_of(store.read(table_of(model), ["id", "vector"], where))


def _matrix_of(rows: pa.Table) -> tuple[pa.Array, npt.NDArray[np.float32]]:
    held = rows["vector"].combine_chunks()
    matrix = held.flatten().to_numpy().reshape(rows.num_rows, held.type.list_size)
    return rows["id"].combine_chunks(), matrix


def embedded_ids(store: Store, table: str) -> pa.Table:
    """The ids of all rows that are to have vectors."""
    return read_facts(store).select(["id"]) if table == FACTS else store.read(table, ["id"])


def count_embedded(store: Store) -> int:
    """How many rows are to have vectors, facts too."""
    return count_facts(store) + sum(store.count(table) for table in EMBEDDED_TABLES)


def _in_order(held: pa.Array, found: npt.NDArray[np.float32], ids: pa.Array) -> UserVectors:
    places = pc.index_in(ids, value_set=held).fill_null(-1).to_numpy()
    is_held = places >= 0
    matrix = np.zeros((len(ids), found.shape[1]), np.float32)
    matrix[is_held] = found[places[is_held]]
    return UserVectors(matrix, is_held)


def _held(store: Store, table: str, model: str, scope: Scope) -> pa.Table:
    where = all_of(equals("`table`", table), scope.where)
    return store.read(table_of(model), ["id", "content_hash"], where)


def _source(store: Store, table: str, scope: Scope) -> pa.Table:
    """The rows that are to have vectors, in the columns of `_ROW`."""
    if table == "moments":
        return _moments(store, scope)
    if table == FACTS:
        return _facts(store, scope)
    slices = ["slice_key"] if table == "resources" else []
    columns = ["id", "user_id", "created_at", "partition_key", "content_hash", *slices]
    rows = store.read(table, columns, scope.where)
    if not slices:
        rows = rows.append_column("slice_key", pa.nulls(rows.num_rows, pa.string()))
    named = ["occurred_at" if name == "created_at" else name for name in rows.schema.names]
    return rows.rename_columns(named).select(_ROW)


def _moments(store: Store, scope: Scope) -> pa.Table:
    """Moments; the hash is of what is embedded, so that a dream which says the same costs nothing."""
    texts = list(_COLUMNS["moments"])
    columns = ["id", "user_id", "start_time", "partition_key", "slice_key", *texts]
    rows = store.read("moments", columns, scope.where)
    hashes = [_hash(_text("moments", row)) for row in rows.select(texts).to_pylist()]
    rows = rows.append_column("content_hash", pa.array(hashes, pa.int64()))
    named = ["occurred_at" if name == "start_time" else name for name in rows.schema.names]
    return rows.rename_columns(named).select(_ROW)


def _facts(store: Store, scope: Scope) -> pa.Table:
    """Facts; their id follows from their words, so that one that was said before costs nothing."""
    facts = each_once(read_facts(store, scope.where))
    slices = [slice_of(each) for each in facts["slice_key"].to_pylist()]
    hashes = [_hash(each) for each in facts["text"].to_pylist()]
    facts = facts.rename_columns({"start_time": "occurred_at"}).drop_columns("slice_key")
    facts = facts.append_column("slice_key", pa.array(slices, pa.string()))
    return facts.append_column("content_hash", pa.array(hashes, pa.int64())).select(_ROW)


def _texts_of_facts(store: Store, ids: Sequence[str]) -> dict[str, str]:
    moments = sorted({moment_of(each) for each in ids})
    held: dict[str, str] = {}
    for at in range(0, len(moments), IDS_AT_ONCE):
        facts = read_facts(store, is_in("id", moments[at : at + IDS_AT_ONCE]))
        held |= zip(facts["id"].to_pylist(), facts["text"].to_pylist(), strict=True)
    return {each: held[each] for each in ids if each in held}


def _text(table: str, row: dict[str, str | None]) -> str:
    """The raw text of a row; who speaks is left out, as names draw all of a person's words together."""
    if table == "moments":
        return row["search_text"] or f"{row['name']}. {row['summary']}"
    content = row["content"] or ""
    name = row.get("name") or ""
    return content if content.startswith(name) else f"{name}\n{content}"


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
