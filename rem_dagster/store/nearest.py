"""Which rows lie nearest to a vector, and when is an index worth its making?

Filters hold before the cut, with an index or without:

    all vectors ─> this user's, this table's, of this time ─> the nearest of these
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rem_dagster.errors import QueryError
from rem_dagster.model.window import Window
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, any_of, at_or_after, before, equals, is_in
from rem_dagster.store.vectors import count_vectors, dimension_of, has_vectors, table_of

INDEX_FROM_ROWS = 100_000
"""Below, comparing with every row is quick enough: 0.45 s at 100,000 rows on a busy machine."""
FLAT_UP_TO_ROWS = 10_000
"""So few that pass the filters are compared one by one though there is an index. Measured at 100,000 rows of
384 numbers: 500 rows of a week take 3 ms so and 73 ms by the index, 20,000 of a user 210 ms and 63 ms."""
PROBES, REFINE = 20, 5
"""Parts of the index that are searched, and how many times more rows are then compared exactly.
Measured at 100,000 rows: all of the ten nearest are found; with the defaults 88 of 100."""
_ENDS = {"moments": "end_time", "resources": "active_end_time"}
_STARTS = {"moments": "start_time", "resources": "created_at"}


@dataclass(frozen=True)
class Near:
    """A row and the cosine of its vector with the one asked for."""

    id: str
    user_id: str
    cosine: float


def nearest(
    store: Store,
    model: str,
    vector: npt.NDArray[np.float32],
    *,
    table: str,
    user_id: str | None = None,
    window: Window | None = None,
    limit: int,
    flat_up_to_rows: int = FLAT_UP_TO_ROWS,
) -> list[Near]:
    """The rows of a table whose vectors are most like one, the most alike first.

    Args:
        user_id: this user's rows alone; None is everybody's.
        window: only rows that share an instant with it.
        flat_up_to_rows: how many that pass the filters are compared one by one, whatever index there is.

    Raises:
        QueryError: the vectors of this model have another number of dimensions.
    """
    if limit <= 0 or not has_vectors(store, model):
        return []
    held = dimension_of(store, model)
    if held != len(vector):
        raise QueryError(
            f"The vectors of {model!r} in this home have {held} numbers and the question's has "
            f"{len(vector)}: another model goes by that name now. `rem embed --rebuild` makes them anew. "
            "Nothing was changed."
        )
    where = all_of(
        equals("`table`", table),
        equals("user_id", user_id) if user_id is not None else None,
        _within(store, table, window, user_id) if window is not None else None,
    )
    by_index = is_indexed(store, model) and store.count(table_of(model), where) > flat_up_to_rows
    asked = {
        "column": "vector",
        "q": vector,
        "k": limit,
        "metric": "cosine",
        "nprobes": PROBES,
        "refine_factor": REFINE if by_index else None,
        "use_index": by_index,
    }
    columns = ["id", "user_id", "_distance"]
    rows = store.of_newest(
        table_of(model),
        "search",
        lambda held: held.to_table(columns=columns, filter=where, prefilter=True, nearest=asked),
    )
    return [Near(row["id"], row["user_id"], 1.0 - row["_distance"]) for row in rows.to_pylist()]


def ensure_index(store: Store, model: str, *, from_rows: int = INDEX_FROM_ROWS) -> bool:
    """Make the index of a model's vectors where there are enough of them; whether it was made now.

    It takes minutes where there are many, so no dream and no partition's run may call this. What is written
    later is found without it, and joins it when the table is optimised.
    """
    if count_vectors(store, model) < max(from_rows, 1) or is_indexed(store, model):
        return False
    store.index_vectors(table_of(model))
    return True


def is_indexed(store: Store, model: str) -> bool:
    """Whether a model's vectors have an index."""
    found: Sequence[object] = store.of_newest(
        table_of(model), "list the indexes of", lambda held: held.list_indices()
    )
    return any(isinstance(each, dict) and each["fields"] == ["vector"] for each in found)


def _within(store: Store, table: str, window: Window, user_id: str | None) -> str | None:
    """Rows that share an instant with a window: those that begin in it, and those that reach into it.

    begin before and end after its start   ├────────┤      few: named by their ids
    begin within                               ├──────┤
                                             ├── window ──┤
    """
    return any_of(
        all_of(at_or_after("occurred_at", window.start), before("occurred_at", window.end)),
        is_in("id", ids) if (ids := _reaching_into(store, table, window, user_id)) else None,
    )


def _reaching_into(store: Store, table: str, window: Window, user_id: str | None) -> list[str]:
    if table not in _ENDS:
        return []
    where = all_of(
        before(_STARTS[table], window.start),
        at_or_after(_ENDS[table], window.start),
        equals("user_id", user_id) if user_id is not None else None,
    )
    rows: pa.Table = store.read(table, ["id", _ENDS[table]], where)
    return [row["id"] for row in rows.to_pylist() if row[_ENDS[table]] > window.start]
