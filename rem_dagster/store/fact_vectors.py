"""What do the vectors of facts say of the rows that the facts rest on?"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.store.database import Store
from rem_dagster.store.facts import CITED_TABLES, FACTS, read_facts
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.text.read import UserDocs, all_row_ids
from rem_dagster.store.vectors import KEPT_ROWS, table_of, vectors_where


@dataclass(frozen=True, eq=False)
class FactVectors:
    """The facts of one user's rows; `facts` and `rows` have one length, a pair for each source of a fact."""

    matrix: npt.NDArray[np.float32]
    """float32[facts, dimension]"""
    facts: npt.NDArray[np.intp]
    """Numbers of rows of the matrix."""
    rows: npt.NDArray[np.intp]
    """Numbers of docs of the text index."""

    def __len__(self) -> int:
        return len(self.matrix)


_Kept = OrderedDict[tuple[str, UserDocs], tuple[tuple[int, int], FactVectors]]
_keeping = Lock()
_kept: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()


def read_fact_vectors(store: Store, model: str, docs: UserDocs) -> FactVectors | None:
    """The vectors of the facts that rest on a user's rows of one table; None when there is none.

    Call it where the model has vectors at all. What a later dream states counts from the next `rem embed` on.
    """
    if docs.table not in CITED_TABLES:
        return None
    versions = (store.dataset(table_of(model)).version, store.dataset("moments").version)
    with _keeping:
        kept = _kept.setdefault(store, OrderedDict())
        known, vectors = kept.get((model, docs), (None, None))
        if vectors is not None and known == versions:
            kept.move_to_end((model, docs))
            return vectors if len(vectors) else None
    vectors = _read(store, model, docs)
    with _keeping:
        kept[model, docs] = (versions, vectors)
        while len(kept) > 1 and sum(len(each) for _, each in kept.values()) > KEPT_ROWS:
            kept.popitem(last=False)
    return vectors if len(vectors) else None


def _read(store: Store, model: str, docs: UserDocs) -> FactVectors:
    of_user = equals("user_id", docs.user_id)
    ids, matrix = vectors_where(store, model, all_of(of_user, equals("`table`", FACTS)))
    if not len(ids):
        return FactVectors(matrix, np.empty(0, np.intp), np.empty(0, np.intp))
    stated = read_facts(store, of_user)
    sources = stated["source_ids"].combine_chunks()
    places = pc.index_in(stated["id"].combine_chunks(), value_set=ids).take(pc.list_parent_indices(sources))
    rows = pc.index_in(sources.flatten(), value_set=all_row_ids(store, docs))
    both = pa.table({"fact": places, "row": rows}).drop_null()
    facts = both["fact"].to_numpy().astype(np.intp)
    used, numbers = np.unique(facts, return_inverse=True)
    return FactVectors(matrix[used], numbers, both["row"].to_numpy().astype(np.intp))
