"""What does a note say of each day, read a month at a time?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from rem_dagster.model.moment import Moment, happened
from rem_dagster.model.window import Calendar
from rem_dagster.recall.export.block_text import DayText, Writing, block_of
from rem_dagster.recall.journal.sources import items_named
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days
from rem_dagster.store.records import record_of

DAYS_AT_ONCE = 31


@dataclass(frozen=True)
class DayTexts:
    """What is written of some days."""

    writing: Writing
    days: dict[date, DayText] = field(default_factory=dict)

    def on(self, day: date) -> DayText:
        """What is written of a day; nothing, where nothing is stored."""
        return self.days.get(day, DayText(day, ()))

    def block(self, day: date) -> str:
        """The block of a day."""
        return block_of(self.on(day), self.writing)


def days_told(store: Store, *, user_id: str, first: date | None, last: date | None) -> set[date]:
    """The days of a range of which anything was dreamt."""
    where = all_of(equals("user_id", user_id), in_days(_iso(first), _iso(last)))
    told = store.read("moments", ["partition_key"], where)["partition_key"].unique().to_pylist()
    summed = store.read("summaries", ["partition_key"], all_of(where, equals("period", "day")))
    return {date.fromisoformat(each) for each in (*told, *summed["partition_key"].unique().to_pylist())}


def read_days(store: Store, first: date, last: date, *, user_id: str, calendar: Calendar) -> DayTexts:
    """What is written of the days from first to last, both included."""
    of_days = all_of(equals("user_id", user_id), in_days(first.isoformat(), last.isoformat()))
    rows = store.read("moments", None, of_days).to_pylist()
    moments: dict[str, list[Moment]] = {}
    for moment in happened(record_of(Moment, row) for row in rows):
        moments.setdefault(moment.partition_key, []).append(moment)
    summed = store.read("summaries", ["partition_key", "content"], all_of(of_days, equals("period", "day")))
    summaries = {row["partition_key"]: row["content"] for row in summed.to_pylist()}
    quoted = {quote.source_id for held in moments.values() for each in held for quote in each.evidence}
    writing = Writing(user_id, calendar.zone, items_named(store, quoted, user_id=user_id))
    return DayTexts(
        writing,
        {
            date.fromisoformat(key): DayText(
                date.fromisoformat(key),
                tuple(
                    sorted(moments.get(key, ()), key=lambda each: (each.start_time, each.end_time, each.id))
                ),
                summaries.get(key),
            )
            for key in moments.keys() | summaries.keys()
        },
    )


def stretches(days: Sequence[date]) -> Iterator[list[date]]:
    """Days in order, in parts that span a month at most."""
    part: list[date] = []
    for day in days:
        if part and day - part[0] >= timedelta(days=DAYS_AT_ONCE):
            yield part
            part = []
        part.append(day)
    if part:
        yield part


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
