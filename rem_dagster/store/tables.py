"""Which columns does each table have, and which are indexed?"""

from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

IndexKind = Literal["BTREE", "BITMAP", "LABEL_LIST"]

INSTANT = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.string())
EVIDENCE = pa.list_(pa.struct([pa.field("source_id", pa.string()), pa.field("quote", pa.string())]))
STATEMENTS = pa.list_(pa.struct([pa.field("text", pa.string()), pa.field("source_ids", TEXTS)]))
TOOL_CALLS = pa.list_(
    pa.struct(
        [pa.field("id", pa.string()), pa.field("name", pa.string()), pa.field("arguments", pa.string())]
    )
)
PRIMARY_KEY = {b"lance-schema:unenforced-primary-key": b"true"}
"""Without it, two writers of one empty slice leave duplicates and no error (lance issue 8949)."""


@dataclass(frozen=True)
class TableSpec:
    """One table: its Arrow schema, and the scalar index of each column that has one."""

    name: str
    schema: pa.Schema
    indexes: dict[str, IndexKind] = field(default_factory=dict)


def _spec(
    name: str, columns: dict[str, pa.DataType], *, required: str = "", **indexes: IndexKind
) -> TableSpec:
    needed = {"id", "user_id", *required.split()}
    fields = [
        pa.field(
            column, kind, nullable=column not in needed, metadata=PRIMARY_KEY if column == "id" else None
        )
        for column, kind in {"id": pa.string(), **columns}.items()
    ]
    return TableSpec(name, pa.schema(fields), {"id": "BTREE", **indexes})


TEXT, INT, BIG, REAL = pa.string(), pa.int32(), pa.int64(), pa.float64()

_RAW = {"user_id": TEXT, "source": TEXT, "native_id": TEXT}
_RAW_TAIL = {
    "partition_key": TEXT,
    "content_hash": BIG,
    "ingested_at": INSTANT,
    "metadata": TEXT,
}
_DERIVED = {"user_id": TEXT, "partition_key": TEXT, "slice_key": TEXT}

SESSIONS = _spec(
    "sessions",
    {
        **_RAW,
        "case_id": TEXT,
        "title": TEXT,
        "created_at": INSTANT,
        "ended_at": INSTANT,
        "utc_offset_minutes": INT,
        **_RAW_TAIL,
    },
    required="source native_id created_at partition_key content_hash",
    created_at="BTREE",
    partition_key="BTREE",
    user_id="BITMAP",
)
MESSAGES = _spec(
    "messages",
    {
        **_RAW,
        "session_id": TEXT,
        "seq": INT,
        "role": TEXT,
        "author": TEXT,
        "trust": TEXT,
        "content": TEXT,
        "tool_calls": TOOL_CALLS,
        "trace_id": TEXT,
        "span_id": TEXT,
        "created_at": INSTANT,
        "utc_offset_minutes": INT,
        "time_confidence": TEXT,
        **_RAW_TAIL,
    },
    required="source native_id session_id role content created_at partition_key content_hash",
    created_at="BTREE",
    partition_key="BTREE",
    session_id="BTREE",
    user_id="BITMAP",
)
RESOURCES = _spec(
    "resources",
    {
        **_RAW,
        "document_id": TEXT,
        "chunk_ordinal": INT,
        "name": TEXT,
        "content": TEXT,
        "uri": TEXT,
        "category": TEXT,
        "tags": TEXTS,
        "trust": TEXT,
        "active_start_time": INSTANT,
        "active_end_time": INSTANT,
        "created_at": INSTANT,
        "utc_offset_minutes": INT,
        "time_confidence": TEXT,
        "slice_key": TEXT,
        **_RAW_TAIL,
    },
    required=(
        "source native_id document_id name content category created_at partition_key content_hash slice_key"
    ),
    created_at="BTREE",
    partition_key="BTREE",
    document_id="BTREE",
    slice_key="BTREE",
    user_id="BITMAP",
)
MOMENTS = _spec(
    "moments",
    {
        **_DERIVED,
        "name": TEXT,
        "summary": TEXT,
        "start_time": INSTANT,
        "end_time": INSTANT,
        "created_at": INSTANT,
        "moment_type": TEXT,
        "tags": TEXTS,
        "emotion_tags": TEXTS,
        "people": TEXTS,
        "outcomes": TEXTS,
        "resource_ids": TEXTS,
        "session_ids": TEXTS,
        "evidence": EVIDENCE,
        "facts": STATEMENTS,
        "intentions": STATEMENTS,
        "trust": TEXT,
        "confidence": REAL,
        "search_text": TEXT,
        "metadata": TEXT,
        "dream_id": TEXT,
    },
    required="partition_key slice_key name summary start_time end_time moment_type dream_id",
    start_time="BTREE",
    partition_key="BTREE",
    slice_key="BTREE",
    user_id="BITMAP",
    tags="LABEL_LIST",
    emotion_tags="LABEL_LIST",
)
MENTIONS = _spec(
    "mentions",
    {
        **_DERIVED,
        "entity_id": TEXT,
        "name": TEXT,
        "kind": TEXT,
        "surface_forms": TEXTS,
        "source_ids": TEXTS,
        "moment_ids": TEXTS,
        "count": INT,
        "first_time": INSTANT,
        "last_time": INSTANT,
        "dream_id": TEXT,
    },
    required="partition_key slice_key entity_id name kind dream_id",
    entity_id="BTREE",
    partition_key="BTREE",
    slice_key="BTREE",
    user_id="BITMAP",
)
EDGES = _spec(
    "edges",
    {
        **_DERIVED,
        "source_id": TEXT,
        "target_id": TEXT,
        "edge_type": TEXT,
        "weight": REAL,
        "evidence": EVIDENCE,
        "valid_from": INSTANT,
        "valid_to": INSTANT,
        "generated_by": TEXT,
        "dream_id": TEXT,
        "metadata": TEXT,
    },
    required="partition_key slice_key source_id target_id edge_type generated_by",
    source_id="BTREE",
    target_id="BTREE",
    slice_key="BTREE",
    user_id="BITMAP",
    edge_type="BITMAP",
)
SUMMARIES = _spec(
    "summaries",
    {
        "user_id": TEXT,
        "period": TEXT,
        "partition_key": TEXT,
        "slice_key": TEXT,
        "name": TEXT,
        "content": TEXT,
        "start_time": INSTANT,
        "end_time": INSTANT,
        "created_at": INSTANT,
        "moment_ids": TEXTS,
        "input_hash": TEXT,
        "recipe": TEXT,
        "dream_id": TEXT,
        "metadata": TEXT,
    },
    required="period partition_key slice_key name content start_time end_time",
    partition_key="BTREE",
    slice_key="BTREE",
    user_id="BITMAP",
)
DREAMS = _spec(
    "dreams",
    {
        "user_id": TEXT,
        "partition_key": TEXT,
        "status": TEXT,
        "input_digest": TEXT,
        "input_hash": TEXT,
        "recipe": TEXT,
        "engine": TEXT,
        "model": TEXT,
        "agentlet": TEXT,
        "agentlet_version": TEXT,
        "counts": TEXT,
        "calls": INT,
        "prompt_tokens": BIG,
        "completion_tokens": BIG,
        "cost_usd": REAL,
        "coverage": REAL,
        "quarantine": TEXT,
        "error": TEXT,
        "attempts": INT,
        "dream_id": TEXT,
        "calls_paid": INT,
        "run_id": TEXT,
        "dreamt_at": INSTANT,
        "duration_seconds": REAL,
    },
    required="partition_key status",
    partition_key="BTREE",
    user_id="BITMAP",
)
CORRECTIONS = _spec(
    "corrections",
    {
        "user_id": TEXT,
        "partition_key": TEXT,
        "target": TEXTS,
        "verb": TEXT,
        "value": TEXT,
        "content_hash": BIG,
        "made_at": INSTANT,
    },
    required="partition_key verb content_hash",
    partition_key="BTREE",
    user_id="BITMAP",
)
POSTINGS = _spec(
    "postings",
    {
        "user_id": TEXT,
        "table": TEXT,
        "shard": TEXT,
        "slice_key": TEXT,
        "digest": TEXT,
        "term": TEXT,
        "docs": pa.list_(pa.int32()),
        "tfs": pa.list_(pa.uint8()),
    },
    required="table shard slice_key digest term",
    term="BTREE",
    slice_key="BTREE",
    user_id="BITMAP",
    table="BITMAP",
)
DOCS = _spec(
    "docs",
    {
        "user_id": TEXT,
        "table": TEXT,
        "shard": TEXT,
        "slice_key": TEXT,
        "digest": TEXT,
        "row_ids": TEXTS,
        "started_at": pa.list_(INSTANT),
        "ended_at": pa.list_(INSTANT),
        "lengths": pa.list_(pa.int32()),
        "threads": pa.list_(pa.int32()),
        "authors": pa.list_(pa.int32()),
        "flags": pa.list_(pa.uint8()),
        "author_names": TEXTS,
    },
    required="table shard slice_key digest",
    slice_key="BTREE",
    user_id="BITMAP",
)
LINKS_STATE = _spec(
    "links_state",
    {"user_id": TEXT, "partition_key": TEXT, "input_hash": TEXT},
    required="partition_key",
    partition_key="BTREE",
)
FORGOTTEN = _spec("forgotten", {"user_id": TEXT, "at": INSTANT})
SYNCS = _spec(
    "syncs",
    {
        "user_id": TEXT,
        "source": TEXT,
        "account": TEXT,
        "watermark": TEXT,
        "last_item_at": INSTANT,
        "last_sync_at": INSTANT,
        "counts": TEXT,
        "error": TEXT,
    },
    required="source account",
)
REPLACED = _spec(
    "replaced",
    {
        **_DERIVED,
        "dream_id": TEXT,
        "engine": TEXT,
        "model": TEXT,
        "agentlet_version": TEXT,
        "recipe": TEXT,
        "dreamt_at": INSTANT,
        "moments": TEXT,
        "summary": TEXT,
    },
    required="partition_key slice_key dream_id engine agentlet_version recipe moments",
    partition_key="BTREE",
    slice_key="BTREE",
    user_id="BITMAP",
)
"""What a day was before its last re-dream, `moments` as JSON. It is history, which no dream can make
again, so it is none of `TABLES`: it is made when the first day is replaced."""

ORIGINALS = _spec(
    "originals",
    {**_DERIVED, "dream_ids": TEXTS, "recipe": TEXT, "content": TEXT},
    required="partition_key slice_key recipe content",
    partition_key="BTREE",
    slice_key="BTREE",
    user_id="BITMAP",
)
"""What corrected days are without their corrections, `content` as JSON: made with the first of them."""
LATER_TABLES: dict[str, TableSpec] = {spec.name: spec for spec in (REPLACED, ORIGINALS)}
"""Tables that are made when there is something to keep, and about which two equal homes may differ."""

TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        SESSIONS,
        MESSAGES,
        RESOURCES,
        MOMENTS,
        MENTIONS,
        EDGES,
        SUMMARIES,
        DREAMS,
        CORRECTIONS,
        POSTINGS,
        DOCS,
        LINKS_STATE,
        FORGOTTEN,
        SYNCS,
    )
}
RAW_TABLES = ("sessions", "messages", "resources", "corrections")
"""The tables whose rows a dream reads."""
VOLATILE_COLUMNS = ("calls_paid", "run_id", "dreamt_at", "duration_seconds", "ingested_at")
"""What may differ between two homes that hold the same."""


def vectors_spec(model: str, dimension: int) -> TableSpec:
    """The table of one embedding model: `vector` is float32[dimension]."""
    columns = {
        "table": TEXT,
        "user_id": TEXT,
        "occurred_at": INSTANT,
        "partition_key": TEXT,
        "slice_key": TEXT,
        "content_hash": BIG,
        "vector": pa.list_(pa.float32(), dimension),
    }
    name = "vectors_" + "".join(letter if letter.isalnum() else "_" for letter in model.lower())
    return _spec(
        name, columns, required="table", user_id="BITMAP", partition_key="BTREE", occurred_at="BTREE"
    )
