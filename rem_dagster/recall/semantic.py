"""Which rows are most like a question in meaning, whatever their words?"""

from collections.abc import Callable, Sequence

from rem_dagster.errors import QueryError
from rem_dagster.llm.embedder import Embedder
from rem_dagster.model.window import Window
from rem_dagster.recall.likeness import asked_by, without_names
from rem_dagster.store.database import Store
from rem_dagster.store.nearest import Near, nearest
from rem_dagster.store.text.read import UserDocs
from rem_dagster.store.vectors import has_vectors


def by_meaning(
    store: Store,
    query: str,
    users: Sequence[UserDocs],
    *,
    table: str,
    user_id: str | None,
    window: Window | None,
    limit: int,
    embedder: Callable[[], Embedder | None],
) -> list[Near]:
    """The rows whose vectors are most like the question's, best first; user and time hold before the cut.

    Args:
        users: those whose rows are searched; their authors' names are no part of what is meant.
        user_id: the one user, or None for all.

    Raises:
        QueryError: there is no embedding model, or no row has a vector of it.
        ModelError: the model failed.
        BudgetError: asking it would pass a limit.
    """
    model = embedder()
    if model is None:
        from rem_dagster.llm.embedder_choice import NO_EMBEDDER  # what it imports costs a third of a search

        raise QueryError(f"--semantic ranks by meaning alone. {NO_EMBEDDER} Nothing was changed.")
    if not has_vectors(store, model.name):
        raise QueryError(
            f"--semantic ranks by meaning alone, and no row has a vector of {model.name!r} yet. `rem embed` "
            "makes them; without --semantic search goes by words. Nothing was changed."
        )
    if not users or not query.strip():
        return []
    names = [name for docs in users for name in docs.author_names]
    text = without_names(query, names) or query
    [vector] = model.embed([text], asked_by(users))
    return nearest(store, model.name, vector, table=table, user_id=user_id, window=window, limit=limit)
