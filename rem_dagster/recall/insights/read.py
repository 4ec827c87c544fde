"""Which moments does a pattern rest on, and which days and hours do they lie in?

window         ├────────────────┤
moments    ├───────┤   ├──┤  ├─────┤    clipped to it; predictions are left out
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rem_dagster.model.words import PREDICTION
from rem_dagster.recall.cases import sessions_of_case
from rem_dagster.recall.insights.asked import Asked, By
from rem_dagster.recall.insights.pieces import Array, covered_by, cut, day_from, milliseconds
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, at_or_after, before, equals

if TYPE_CHECKING:
    import pandas
    import pyarrow

COLUMNS = ("id", "name", "start_time", "end_time", "moment_type", "tags", "emotion_tags", "people")
MORE_COLUMNS = ("outcomes", "session_ids", "evidence")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Lived:
    """What one user lived in a window."""

    asked: Asked
    moments: "pandas.DataFrame"
    """`id`, `name`, `type`, `start` and `end` clipped to the window, `start_day`; in order of time."""
    table: "pyarrow.Table"
    """The stored rows of the same moments, in the same order."""
    sessions: frozenset[str] | None
    """The case's; None where no case is asked for."""

    @cached_property
    def pieces(self) -> "pandas.DataFrame":
        """The moments cut at local hours, with `type`."""
        found = cut(self.moments, self.asked.calendar)
        return found.assign(type=self.moments["type"].to_numpy()[found["moment"].to_numpy()])

    @cached_property
    def _exploded(self) -> dict[str, "pandas.DataFrame"]:
        return {}

    def exploded(self, column: str) -> "pandas.DataFrame":
        """A row for each different text of a list of each moment: `moment` and `value`."""
        if column not in self._exploded:
            self._exploded[column] = self._explode(column)
        return self._exploded[column]

    def _explode(self, column: str) -> "pandas.DataFrame":
        import pandas
        import pyarrow.compute as pc

        lists = self.table[column].combine_chunks()
        values = pc.list_flatten(lists).to_pandas()
        found = pandas.DataFrame({"moment": pc.list_parent_indices(lists).to_numpy(), "value": values})
        return found.drop_duplicates().reset_index(drop=True)

    def pieces_of(self, column: str, among: Sequence[str] | None = None) -> "pandas.DataFrame":
        """The pieces of moments with a `value` each, for every text of a list column.

        Args:
            among: only these texts.
        """
        values = self.exploded(column)
        if among is not None:
            values = values[values["value"].isin(list(among))]
        return self.pieces.merge(values, on="moment")

    def ids_of(self, places: Sequence[int]) -> tuple[str, ...]:
        """The ids of moments by their places, each once, in the order of time."""
        return tuple(self.ids[sorted(set(places))])

    @cached_property
    def ids(self) -> Array:
        """The moments' ids, by their places."""
        return self.moments["id"].to_numpy(dtype=object)

    @cached_property
    def seconds(self) -> int:
        """Seconds that lie in at least one moment."""
        import numpy as np

        return int(covered_by(np.zeros(len(self.moments), dtype=np.int64), 1, self.moments)[0])

    def marked(self, places: Iterable[int]) -> Array:
        """Whether each moment is one of some places."""
        import numpy as np

        mark = np.zeros(len(self.moments), dtype=bool)
        mark[np.fromiter(places, dtype=np.int64)] = True
        return mark

    @cached_property
    def days(self) -> int:
        """Local days that have a moment."""
        return int(self.pieces["day"].nunique())

    def day_of(self, places: Iterable[int]) -> str | None:
        """The latest day that one of some moments begins on, in ISO form."""
        chosen = list(places)
        return day_from(self._begin_days[chosen].max()).isoformat() if chosen else None

    @cached_property
    def _begin_days(self) -> Array:
        """The ordinal of the day on which each moment begins, by their places."""
        return self.pieces.drop_duplicates("moment")["day"].to_numpy()

    def with_period(self, pieces: "pandas.DataFrame", by: By) -> "pandas.DataFrame":
        """Pieces with the `period` each lies in: an ISO day or month, a week's first day, a weekday, an hour.

        `order` puts periods into their order: time, the home's week, the day.
        """
        first = self.asked.calendar.week_starts_on
        if by == "hour":
            order = pieces["hour"]
        elif by == "weekday":
            order = (pieces["weekday"] - first) % 7
        elif by == "week":
            order = pieces["day"] - (pieces["weekday"] - first) % 7
        else:
            order = pieces["day"]
        names = {each: period_name(int(each), by, first) for each in order.unique()}
        named = pieces.assign(order=order, period=order.map(names).astype(object))
        if by == "month":  # the first of its days there are stands for it
            named["order"] = named.groupby("period")["order"].transform("min") if len(named) else order
        return named


def read_lived(store: Store, asked: Asked, *, needs: Sequence[str] = MORE_COLUMNS) -> Lived:
    """The moments that overlap a window, from one read.

    Args:
        needs: which of `MORE_COLUMNS` are read, too.

    Raises:
        UnknownCaseError: no session belongs to the case.
    """
    sessions = sessions_of_case(store, asked.case, user_id=asked.user_id) if asked.case is not None else None
    columns = [*COLUMNS, *needs]
    if sessions is not None and "session_ids" not in columns:
        columns.append("session_ids")
    window = asked.window
    where = all_of(
        equals("user_id", asked.user_id),
        before("start_time", window.end),
        at_or_after("end_time", window.start),
    )
    table = store.read("moments", columns, where)
    return _lived(asked, _of_sessions(_inside(table, asked), sessions), sessions)


def period_name(order: int, by: By, week_starts_on: int) -> str:
    """What a period is called: `2025-10-14`, `2025-10`, `Tuesday`, `14:00`."""
    if by == "hour":
        return f"{order:02}:00"
    if by == "weekday":
        return WEEKDAYS[(order + week_starts_on) % 7]
    day = day_from(order).isoformat()
    return day[:7] if by == "month" else day


def _inside(table: "pyarrow.Table", asked: Asked) -> "pyarrow.Table":
    """What happened, and not only touches the window's beginning; by start, end and id."""
    import pyarrow as pa
    import pyarrow.compute as pc

    start = pa.scalar(asked.window.start, type=table.schema.field("start_time").type)
    touches_only = pc.and_(
        pc.equal(table["end_time"], start), pc.less(table["start_time"], table["end_time"])
    )
    table = table.filter(pc.and_(pc.invert(touches_only), pc.not_equal(table["moment_type"], PREDICTION)))
    return table.sort_by([("start_time", "ascending"), ("end_time", "ascending"), ("id", "ascending")])


def _of_sessions(table: "pyarrow.Table", sessions: frozenset[str] | None) -> "pyarrow.Table":
    if sessions is None:
        return table
    cites = [not sessions.isdisjoint(each or ()) for each in table["session_ids"].to_pylist()]
    return table.filter(cites)


def _lived(asked: Asked, table: "pyarrow.Table", sessions: frozenset[str] | None) -> Lived:
    import numpy as np
    import pandas
    import pyarrow as pa

    first, last = milliseconds(asked.window.start), milliseconds(asked.window.end)
    starts, ends = (table[name].cast(pa.int64()).to_numpy() // 1000 for name in ("start_time", "end_time"))
    starts = np.clip(starts, first, last)
    moments = pandas.DataFrame(
        {
            "id": table["id"].to_pandas(),
            "name": table["name"].to_pandas(),
            "type": table["moment_type"].to_pandas(),
            "start": starts,
            "end": np.maximum(np.clip(ends, first, last), starts),
        }
    )
    return Lived(asked, moments, table, sessions)
