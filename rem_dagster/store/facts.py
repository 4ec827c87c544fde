"""Which facts do moments state, and of which sources?

A fact is known by its moment and its words: who dreams a day again and says the same has the same facts.
"""

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.store.database import Store

FACTS = "facts"
"""As what their vectors are told apart from those of whole rows."""
CITED_TABLES = ("messages", "resources")
"""Of which facts can rest on rows."""
_OF_MOMENT = ["id", "user_id", "start_time", "partition_key", "slice_key"]


def read_facts(store: Store, where: str | None = None) -> pa.Table:
    """One row for each fact: id, text and source_ids; the rest is its moment's.

    Args:
        where: which moments, as a filter.
    """
    moments = store.read("moments", [*_OF_MOMENT, FACTS], where).combine_chunks()
    parents, texts, sources = _flat(moments)
    rows = moments.select(_OF_MOMENT).take(parents)
    stated = zip(rows["id"].to_pylist(), texts.to_pylist(), strict=True)
    ids = pa.array([fact_id(moment, text) for moment, text in stated], pa.string())
    return rows.set_column(0, "id", ids).append_column("text", texts).append_column("source_ids", sources)


def count_facts(store: Store) -> int:
    """How many facts there are, each once; 90,000 take 0.04 s of the processor."""
    parents, texts, _ = _flat(store.read("moments", [FACTS]).combine_chunks())
    stated = pa.table({"moment": parents, "text": texts})
    return int(stated.group_by(["moment", "text"]).aggregate([]).num_rows)


def each_once(facts: pa.Table) -> pa.Table:
    """The facts without those that their moment states twice."""
    _, places = np.unique(np.array(facts["id"].to_pylist(), object), return_index=True)
    return facts.take(pa.array(np.sort(places)))


def fact_id(moment_id: str, text: str) -> str:
    """The id of a fact, from which `moment_of` gives its moment."""
    return f"{moment_id}/{blake2b(text.encode(), digest_size=8).hexdigest()}"


def moment_of(fact: str) -> str:
    """The id of the moment that states a fact."""
    return fact.rpartition("/")[0]


def slice_of(moments_slice: str) -> str:
    """The slice of the facts of one dream, other than that of its moments."""
    return f"{moments_slice}/{FACTS}"


def _flat(moments: pa.Table) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Of each fact the number of its moment, its text and its sources."""
    kind = moments.schema.field(FACTS).type
    lists = moments[FACTS].chunk(0) if moments.num_rows else pa.array([], kind)
    texts, sources = lists.flatten().flatten()
    return pc.list_parent_indices(lists), pc.fill_null(texts, ""), sources
