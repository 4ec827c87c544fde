"""Which hits are most like a question in meaning, whatever their words?"""

from collections.abc import Sequence

from rem_dagster.errors import QueryError
from rem_dagster.recall.allowed import members_of, passing
from rem_dagster.recall.asked_words import Asked
from rem_dagster.recall.hits import Hit, Ranked, hits_of
from rem_dagster.recall.request import Request
from rem_dagster.recall.semantic import by_meaning
from rem_dagster.store.database import Store
from rem_dagster.store.nearest import Near
from rem_dagster.store.text.read import UserDocs
from rem_dagster.store.vectors import EMBEDDED_TABLES

_SPARE = 10
MORE_AT_ONCE = 8
"""How many times further to look where the nearest rows are not of the case, or hold what is left out."""


def meant_hits(
    store: Store, asked: Asked, users: Sequence[UserDocs], tables: Sequence[str], how: Request
) -> list[Hit]:
    """The nearest rows of some tables, best first; cosines of several tables can be compared.

    Args:
        users: those whose rows are searched.

    Raises:
        QueryError: there is no embedding model, or no vector of it, or the tables' rows have none.
    """
    embedded = [table for table in tables if table in EMBEDDED_TABLES]
    if not embedded:
        raise QueryError(
            f"--semantic ranks by vectors, and {', '.join(tables)} have none: search them by words, or "
            f"--schema {', '.join(EMBEDDED_TABLES)} by meaning. Nothing was changed."
        )
    hits: list[Hit] = []
    for table in embedded:
        near = _near(store, asked, [each for each in users if each.table == table], table, how)
        told = [{"alike": each.cosine} if how.explain else {} for each in near]
        ranked = [
            Ranked(each.id, each.user_id, each.cosine, signals)
            for each, signals in zip(near, told, strict=True)
        ]
        hits += hits_of(store, table, ranked, how.limit)
    return sorted(hits, key=lambda hit: -hit.score)[: how.limit]


def _near(store: Store, asked: Asked, users: Sequence[UserDocs], table: str, how: Request) -> list[Near]:
    """The nearest rows of one table that hold what is asked for."""
    members = members_of(store, table, how.case_id, user_id=how.user_id)
    limit = how.limit + _SPARE
    while True:
        near = by_meaning(
            *(store, asked.text, users),
            table=table,
            user_id=how.user_id,
            window=how.window,
            limit=limit,
            embedder=how.embedder,
        )
        kept = [each for each in near if members is None or each.id in members.of(each.user_id)]
        if asked.phrases or asked.without:
            good = passing(store, table, [each.id for each in kept], asked)
            kept = [each for each in kept if each.id in good]
        if len(kept) >= how.limit or len(near) < limit:
            return kept
        limit *= MORE_AT_ONCE
