"""What is stored of the days that pages show, read for many of them at once?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rem_dagster.model.dream import Dream
from rem_dagster.model.moment import Moment
from rem_dagster.recall.journal.sources import SourceItem, items_between
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days
from rem_dagster.store.records import record_of


@dataclass(frozen=True)
class DayRows:
    """What is stored of one user's day."""

    moments: tuple[Moment, ...] = ()
    """Predictions too, in the order of their starts."""
    lede: str | None = None
    dream: Dream | None = None
    items: Mapping[str, SourceItem] = field(default_factory=dict)


def rows_between(store: Store, first: date, last: date, *, user_id: str) -> dict[date, DayRows]:
    """The rows of one user's days from first to last, both included; a day without any is left out.

    Five tables are read, however many days there are.
    """
    of_days = all_of(equals("user_id", user_id), in_days(first.isoformat(), last.isoformat()))
    moments: dict[date, list[Moment]] = {}
    for row in store.read("moments", where=of_days).to_pylist():
        moments.setdefault(date.fromisoformat(row["partition_key"]), []).append(record_of(Moment, row))
    daily = all_of(of_days, equals("period", "day"))
    summaries = store.read("summaries", ["partition_key", "content"], daily).to_pylist()
    ledes = {date.fromisoformat(row["partition_key"]): row["content"] or None for row in summaries}
    dreams = {
        date.fromisoformat(row["partition_key"]): record_of(Dream, row)
        for row in store.read("dreams", where=of_days).to_pylist()
    }
    items = items_between(store, first, last, user_id=user_id)
    return {
        day: DayRows(
            tuple(sorted(moments.get(day, ()), key=lambda each: (each.start_time, each.end_time, each.id))),
            ledes.get(day),
            dreams.get(day),
            items.get(day, {}),
        )
        for day in sorted(moments.keys() | ledes.keys() | dreams.keys() | items.keys())
    }
