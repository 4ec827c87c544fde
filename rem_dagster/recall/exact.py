"""Which messages and documents does a search find that took its words as they stand, and asked no model?"""

from rem_dagster.errors import InputError, UnknownUserError
from rem_dagster.recall.hits import SearchTable
from rem_dagster.recall.request import Request
from rem_dagster.recall.search import find
from rem_dagster.store.database import Store
from rem_dagster.store.text.tokens import tokens

TABLES: tuple[SearchTable, ...] = ("messages", "resources")


def rows_with(store: Store, query: str, *, user_id: str | None, limit: int) -> list[str]:
    """The ids of the best messages and chunks of documents, `limit` of each at most; no vectors are used.

    Raises:
        InputError: there are no words, or one that is not held was read as another: what is found then is
            not what was asked about.
    """
    if not query.strip():
        raise InputError("There are no words to search for. Nothing was changed.")
    ids: list[str] = []
    read_as: set[str] = set()
    for table in TABLES:
        try:
            found = find(store, query, Request(table, user_id, limit=limit, embedder=lambda: None))
        except UnknownUserError:
            return []
        if other := set(found.terms) - set(tokens(query)):
            read_as |= other
        else:
            ids += [hit.id for hit in found.hits]
    if read_as and not ids:
        raise InputError(
            f"A word of {query!r} is held nowhere; the nearest is {', '.join(sorted(read_as))}. Nothing was "
            "changed. Search for words that are there: `rem search` shows what is found."
        )
    return ids
