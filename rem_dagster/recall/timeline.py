"""What happened in a span of time, or on one day?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rem_dagster.model.dream import Dream
from rem_dagster.model.ids import derive_id
from rem_dagster.model.moment import Moment, happened
from rem_dagster.model.summary import Summary
from rem_dagster.model.window import Calendar, Window
from rem_dagster.model.words import Period
from rem_dagster.recall.cases import of_sessions, sessions_of_case
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, at_or_after, before, equals, in_days, within
from rem_dagster.store.records import record_of


@dataclass(frozen=True)
class DayCounts:
    """How many stored items of one user's day there are."""

    messages: int = 0
    resources: int = 0
    sessions: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened that day, as far as the home knows."""
        return not (self.messages or self.resources or self.sessions)


@dataclass(frozen=True)
class DayPage:
    """All that one page about one user's day shows."""

    user_id: str
    day: date
    window: Window
    moments: tuple[Moment, ...]
    """In the order of their starts; predictions are not among them."""
    summary: Summary | None
    """None when the day was not dreamt, or holds nothing."""
    counts: DayCounts
    dream: Dream | None
    """The row of the ledger; None when the day was never dreamt."""
    predictions: tuple[Moment, ...] = ()
    """What the day announces of the next one."""


def timeline(store: Store, window: Window, *, user_id: str | None, case: str | None = None) -> list[Moment]:
    """Moments that overlap a window, by start, then end, then id.

    window          ├──────────────┤
    in      ├────┤    ├──┤  ·   ├────┤
    out  ├──┤                        ├──┤

    A prediction is out: nobody lived it. The page of the day that announces it has it.

    Args:
        user_id: whose moments; None is everybody's.
        case: only moments that cite sessions of this case.

    Raises:
        UnknownCaseError: no session that may be read belongs to the case.
    """
    where = all_of(_of(user_id), before("start_time", window.end), at_or_after("end_time", window.start))
    moments = (record_of(Moment, row) for row in store.read("moments", where=where).to_pylist())
    inside = [each for each in happened(moments) if window.overlaps(each.start_time, each.end_time)]
    if case is not None:
        inside = of_sessions(inside, sessions_of_case(store, case, user_id=user_id))
    return sorted(inside, key=lambda each: (each.start_time, each.end_time, each.id))


def summaries_in(
    store: Store, window: Window, *, user_id: str | None, period: Period | None = None
) -> list[Summary]:
    """Summaries of periods that begin in a window, by start, the longer period first.

    Args:
        period: of days, weeks or months alone; None is all.
    """
    where = all_of(_of(user_id), within("start_time", window), equals("period", period) if period else None)
    found = [record_of(Summary, row) for row in store.read("summaries", where=where).to_pylist()]
    return sorted(found, key=lambda each: (each.start_time, -each.end_time.timestamp(), each.user_id))


def summary_of(store: Store, *, user_id: str, period: Period, first_day: date) -> Summary | None:
    """The summary of the day, week or month that begins with a day; None where there is none."""
    where = equals("id", derive_id(user_id, period, first_day.isoformat()))
    rows = store.read("summaries", where=where).to_pylist()
    return record_of(Summary, rows[0]) if rows else None


def day_counts(store: Store, *, user_id: str, first: date, last: date) -> Mapping[date, DayCounts]:
    """The items of each local day from first to last (both included) that holds any."""
    where = all_of(_of(user_id), in_days(first.isoformat(), last.isoformat()))
    counted: dict[str, dict[str, int]] = {}
    for table in ("messages", "resources", "sessions"):
        for day in store.read(table, ["partition_key"], where)["partition_key"].value_counts().to_pylist():
            counted.setdefault(day["values"], {})[table] = day["counts"]
    return {date.fromisoformat(day): DayCounts(**counts) for day, counts in sorted(counted.items())}


def day_page(
    store: Store, day: date, *, calendar: Calendar, user_id: str, case: str | None = None
) -> DayPage:
    """All that the home knows of one user's local day; an empty day is a page too.

    Args:
        case: only moments that cite sessions of this case; the summary, of the whole day, is left out.

    Raises:
        UnknownCaseError: none of the user's sessions belongs to the case.
    """
    of_day = all_of(_of(user_id), equals("partition_key", day.isoformat()))
    found = [record_of(Moment, row) for row in store.read("moments", where=of_day).to_pylist()]
    if case is not None:
        found = of_sessions(found, sessions_of_case(store, case, user_id=user_id))
    in_order = sorted(found, key=lambda each: (each.start_time, each.end_time, each.id))
    summaries = store.read("summaries", where=all_of(of_day, equals("period", "day"))).to_pylist()
    dreams = store.read("dreams", where=of_day).to_pylist()
    return DayPage(
        user_id=user_id,
        day=day,
        window=calendar.window_of(day),
        moments=tuple(happened(in_order)),
        summary=record_of(Summary, summaries[0]) if summaries and case is None else None,
        counts=day_counts(store, user_id=user_id, first=day, last=day).get(day, DayCounts()),
        dream=record_of(Dream, dreams[0]) if dreams else None,
        predictions=tuple(each for each in in_order if each.is_prediction),
    )


def latest_day_of_case(store: Store, case: str, *, user_id: str, until: date) -> date | None:
    """The latest local day up to one that has a moment of a case; None where there is none.

    Raises:
        UnknownCaseError: none of the user's sessions belongs to the case.
    """
    sessions = sessions_of_case(store, case, user_id=user_id)
    held = store.read("moments", ["partition_key", "session_ids"], _of(user_id)).to_pylist()
    days = {row["partition_key"] for row in held if not sessions.isdisjoint(row["session_ids"] or ())}
    return max((date.fromisoformat(day) for day in days if day <= until.isoformat()), default=None)


def _of(user_id: str | None) -> str | None:
    return equals("user_id", user_id) if user_id is not None else None
