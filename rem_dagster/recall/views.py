"""What does `rem query` see: which views, over which tables, with which columns?"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from rem_dagster.recall.sameness import groups_of
from rem_dagster.store.database import Store
from rem_dagster.store.tables import TABLES

if TYPE_CHECKING:
    import duckdb

HIDDEN = frozenset({"slice_key", "content_hash"})
"""Columns that only the machinery needs."""
PLAIN = ("sessions", "messages", "moments", "mentions", "edges", "summaries", "dreams", "corrections")
VIEW_SOURCES: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in PLAIN},
    "resources": ("resources", "summaries"),
    "entities": ("mentions", "edges"),
}
"""Each view with the tables that it reads."""

_RAW = "stored_{table}"
_SUMMARY_AS = {
    "source": "'rem'",
    "native_id": "id",
    "document_id": "id",
    "chunk_ordinal": "0",
    "category": "CASE period WHEN 'day' THEN 'summary' ELSE 'summary_' || period END",
    "tags": "[]::VARCHAR[]",
    "trust": "'own'",
    "active_start_time": "start_time",
    "active_end_time": "end_time",
    "time_confidence": "'exact'",
}
_SUMMARY_HAS = frozenset({"id", "user_id", "name", "content", "created_at", "partition_key", "metadata"})
_ENTITIES = """
    SELECT coalesce(joined.entity_id, m.entity_id) AS id, m.user_id,
           arg_max(m.name, (m.count, m.partition_key)) AS name,
           arg_max(m.kind, (m.count, m.partition_key)) AS kind,
           list_sort(list_distinct(flatten(list(coalesce(m.surface_forms, []) || [m.name])))) AS aliases,
           min(m.first_time) AS first_seen, max(m.last_time) AS last_seen,
           sum(m.count)::BIGINT AS mention_count
    FROM stored_mentions m LEFT JOIN same_as joined ON joined.member = m.entity_id
    GROUP BY 1, 2
"""


def columns_of(view: str) -> list[str]:
    """The columns of a view, in their order."""
    if view == "entities":
        return ["id", "user_id", "name", "kind", "aliases", "first_seen", "last_seen", "mention_count"]
    return [name for name in TABLES[view].schema.names if name not in HIDDEN]


def views_named(sql: str) -> list[str]:
    """The views whose names occur in a statement, whatever they stand for there."""
    words = set(re.findall(r"\w+", sql.lower()))
    return [view for view in VIEW_SOURCES if view in words]


def make_views(
    connection: "duckdb.DuckDBPyConnection", store: Store, views: list[str], *, user_id: str | None
) -> None:
    """Register the tables that some views read, and create the views."""
    for table in sorted({table for view in views for table in VIEW_SOURCES[view]}):
        dataset = store.dataset(table) if user_id is None else store.dataset_of(table, user_id)
        connection.register(_RAW.format(table=table), dataset)
    if "entities" in views:
        connection.register("same_as", _same_as(store, user_id))
    for view in views:
        connection.execute(f'CREATE OR REPLACE TEMP VIEW "{view}" AS {_definition(view)}')


def _definition(view: str) -> str:
    if view == "entities":
        return _ENTITIES
    columns = columns_of(view)
    plain = f"SELECT {', '.join(columns)} FROM {_RAW.format(table=view)}"
    if view != "resources":
        return plain
    as_resource = ", ".join(
        name if name in _SUMMARY_HAS else f"{_SUMMARY_AS.get(name, 'NULL')} AS {name}" for name in columns
    )
    return f"{plain} UNION ALL SELECT {as_resource} FROM stored_summaries"


def _same_as(store: Store, user_id: str | None) -> pa.Table:
    """Entities that are one, each with the least id among them."""
    groups = groups_of(store, user_id)
    held = {"member": list(groups), "entity_id": list(groups.values())}
    return pa.table(held, schema=pa.schema([("member", pa.string()), ("entity_id", pa.string())]))
