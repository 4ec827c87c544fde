"""Which messages and documents does a search find that took its words as they stand, and asked no model?"""

from collections.abc import Mapping, Sequence

from rem_dagster.errors import InputError, UnknownUserError
from rem_dagster.recall.hits import SearchTable
from rem_dagster.recall.request import Request
from rem_dagster.recall.search import find
from rem_dagster.store.database import Store
from rem_dagster.store.text.tokens import tokens

MOST = 1_000
"""Hits that are looked at."""
TEXTS: Mapping[SearchTable, Sequence[str]] = {"messages": ("content",), "resources": ("name", "content")}


def rows_with(store: Store, query: str, *, user_id: str | None, limit: int) -> list[str]:
    """The ids of the best messages and chunks of documents that hold every word, `limit` of each at most.

    Other forms of a word count, other words do not: no vectors are used, what was said beside is no hit, and
    a word that is held nowhere finds nothing.

    Raises:
        InputError: there are no words.
    """
    if not query.strip():
        raise InputError("There are no words to search for. Nothing was changed.")
    ids: list[str] = []
    for table in TEXTS:
        try:
            found = find(store, query, Request(table, user_id, limit=MOST, embedder=lambda: None))
        except UnknownUserError:
            return []
        words = set(found.terms)
        if words and words <= set(tokens(query)):
            best = [hit.id for hit in found.hits]
            ids += _holding(store, table, best, words)[:limit]
    return ids


def _holding(store: Store, table: SearchTable, ids: Sequence[str], words: set[str]) -> list[str]:
    """Those rows that hold all words, in their order."""
    rows = store.read_in(table, "id", ids, ["id", *TEXTS[table]]).to_pylist() if ids else []
    texts = {row["id"]: "\n".join(row[name] or "" for name in TEXTS[table]) for row in rows}
    return [each for each in ids if words <= set(tokens(texts.get(each, "")))]
