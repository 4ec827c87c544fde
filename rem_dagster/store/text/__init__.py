"""The text index: postings and docs, kept in two tables and derived from the others."""

from rem_dagster.store.text.refresh import INDEXED_TABLES, one_writer, refresh_text, stale_shards
from rem_dagster.store.text.tokens import tokens

__all__ = ["INDEXED_TABLES", "one_writer", "refresh_text", "stale_shards", "tokens"]
