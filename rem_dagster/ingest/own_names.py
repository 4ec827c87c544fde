"""Under which names did a person speak, as far as earlier imports knew?"""

from rem_dagster.errors import HomeMissingError
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals


def own_names(home: Home, kind: str, user_id: str) -> tuple[str, ...]:
    """The authors of what is stored of a kind as the person's own words, sorted; none in a new home."""
    store = Store(home.tables_uri, home.settings.storage_options)
    where = all_of(
        equals("user_id", user_id), equals("source", kind), equals("trust", "own"), "author IS NOT NULL"
    )
    try:
        authors = store.read("messages", ["author"], where)["author"]
    except HomeMissingError:
        return ()
    return tuple(sorted(authors.unique().to_pylist()))
