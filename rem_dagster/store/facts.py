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
    lists = moments[FACTS].chunk(0) if moments.num_rows else pa.array([], moments.schema.field(FACTS).type)
    texts, sources = lists.flatten().flatten()
    rows = moments.select(_OF_MOMENT).take(pc.list_parent_indices(lists))
    ids = [
        fact_id(moment, text) for moment, text in zip(rows["id"].to_pylist(), texts.to_pylist(), strict=True)
    ]
    rows = rows.set_column(0, "id", pa.array(ids, pa.string()))
    return rows.append_column("text", texts).append_column("source_ids", sources)


def each_once(facts: pa.Table) -> pa.Table:
    """The facts without those that their moment states twice."""
    _, places = np.unique(np.array(facts["id"].to_pylist(), object), return_index=True)
    return facts.take(pa.array(np.sort(places)))


def fact_id(moment_id: str, text: str) -> str:
    """The id of a fact, from which `moment_of` gives its moment."""
    return f"{moment_id}/{blake2b((text or '').encode(), digest_size=8).hexdigest()}"


def moment_of(fact: str) -> str:
    """The id of the moment that states a fact."""
    return fact.rpartition("/")[0]


def slice_of(moments_slice: str) -> str:
    """The slice of the facts of one dream, other than that of its moments."""
    return f"{moments_slice}/{FACTS}"
