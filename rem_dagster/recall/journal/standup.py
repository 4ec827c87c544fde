"""What does one want to know in the morning: what was, what came of it, what is open, what is today?

    Tuesday to Sunday   the last day before that holds something
    Monday              Friday, Saturday and Sunday, those that hold something
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.returning import (
    PERSON,
    Earlier,
    TopicNote,
    last_time,
    named_on,
    topic_notes,
    year_ago,
)
from rem_dagster.recall.journal.threads import FADES_AFTER, ClosedThread, OpenThread, threads
from rem_dagster.recall.timeline import day_page
from rem_dagster.store.database import Store
from rem_dagster.store.digest import DayDigest, day_digests
from rem_dagster.store.filters import all_of, at_or_after, before, equals, in_days

State = Literal["current", "changed", "undreamt", "failed", "unfinished"]
MONDAY, WEEKEND = 0, 3
LOOKED_BACK = (3, 31, None)
"""Days in which a day that holds something is looked for, one stretch after the other."""
NOTES = 3
TELLING = ("new", "back")
"""How what is worth a word in the morning begins."""


@dataclass(frozen=True)
class StandupDay:
    """One of the days that a morning looks back on."""

    day: date
    state: State
    items: int
    summary: str | None = None
    moments: tuple[Moment, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether what is told of it is all that is stored of it."""
        return self.state == "current"


@dataclass(frozen=True)
class Appointment:
    """What a calendar has for the day."""

    id: str
    name: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Standup:
    """All that a morning's page tells."""

    user_id: str
    day: date
    zone: ZoneInfo
    days: tuple[StandupDay, ...]
    """In order; none where nothing before the day is stored."""
    open: tuple[OpenThread, ...] = ()
    closed: tuple[ClosedThread, ...] = ()
    """Those that were closed on one of the days."""
    faded: tuple[OpenThread, ...] = ()
    ahead: tuple[Appointment, ...] = ()
    predictions: tuple[Moment, ...] = ()
    """What the last day announces of this one."""
    returning: tuple[TopicNote, ...] = ()
    year_ago: Moment | None = None
    last_time: Earlier | None = None

    @property
    def undreamt(self) -> tuple[date, ...]:
        """The days of which not all is told."""
        return tuple(each.day for each in self.days if not each.is_current)

    @property
    def moments(self) -> list[Moment]:
        """Those of all days, in order."""
        return [moment for each in self.days for moment in each.moments]

    @property
    def own(self) -> list[OpenThread]:
        """The user's own open threads."""
        return [each for each in self.open if each.by is None]

    @property
    def of_others(self) -> list[OpenThread]:
        """What others said that they would do."""
        return [each for each in self.open if each.by is not None]


@dataclass(frozen=True)
class _Reading:
    store: Store
    user_id: str
    calendar: Calendar
    digests: Mapping[date, DayDigest] = field(default_factory=dict)


def standup(
    store: Store,
    day: date,
    *,
    user_id: str,
    calendar: Calendar,
    fades_after: int = FADES_AFTER,
    with_faded: bool = False,
) -> Standup:
    """The morning of a day, made of what is stored; no model is asked.

    Args:
        fades_after: days for which an open thread is carried on.
        with_faded: tell those too that faded.
    """
    digests = _days_before(store, day, user_id)
    reading = _Reading(store, user_id, calendar, digests)
    pages = [day_page(store, each, calendar=calendar, user_id=user_id) for each in digests]
    days = [
        StandupDay(
            page.day,
            _state(page.dream.status if page.dream else None, page.dream and page.dream.input_digest, held),
            held.items,
            page.summary.content if page.summary else None,
            page.moments,
        )
        for page, held in zip(pages, digests.values(), strict=True)
    ]
    last = days[-1].day if days else day - timedelta(days=1)
    told = threads(
        store, last, user_id=user_id, calendar=calendar, fades_after=fades_after, with_faded=with_faded
    )
    named = named_on(store, last, user_id=user_id) if days else []
    return Standup(
        user_id=user_id,
        day=day,
        zone=calendar.zone,
        days=tuple(days),
        open=told.open,
        closed=tuple(each for each in told.closed if each.on in digests),
        faded=told.faded,
        ahead=tuple(_ahead(reading, day)),
        predictions=pages[-1].predictions if pages and last == day - timedelta(days=1) else (),
        returning=tuple(_worth_a_word(topic_notes(named, last, calendar=calendar, most=len(named)))),
        year_ago=year_ago(store, day, user_id=user_id),
        last_time=last_time(store, last, user_id=user_id, named=named),
    )


def _days_before(store: Store, day: date, user_id: str) -> dict[date, DayDigest]:
    """The days that the morning looks back on, in order."""
    last = day - timedelta(days=1)
    for back in LOOKED_BACK:
        first = day - timedelta(days=back) if back else None
        found = day_digests(
            store,
            first_day=first.isoformat() if first else None,
            last_day=last.isoformat(),
            user_ids=[user_id],
        )
        held = {date.fromisoformat(key): each for (_, key), each in sorted(found.items()) if each.items}
        if held:
            weekend = day - timedelta(days=WEEKEND)
            return {
                each: digest
                for each, digest in held.items()
                if each == max(held) or (day.weekday() == MONDAY and each >= weekend)
            }
    return {}


def _state(status: str | None, dreamt_of: str | None, held: DayDigest) -> State:
    if status is None:
        return "undreamt"
    if status != "complete":
        return "failed" if status == "failed" else "unfinished"
    return "current" if dreamt_of == held.digest else "changed"


def _ahead(reading: _Reading, day: date) -> list[Appointment]:
    """The events of a calendar that begin on a day, by start."""
    window = reading.calendar.window_of(day)
    where = all_of(
        equals("user_id", reading.user_id),
        in_days(day.isoformat(), day.isoformat()),
        equals("category", "event"),
        at_or_after("active_start_time", window.start),
        before("active_start_time", window.end),
    )
    columns = ("id", "document_id", "name", "active_start_time", "active_end_time")
    rows = {row["document_id"]: row for row in reading.store.read("resources", columns, where).to_pylist()}
    found = [
        Appointment(row["id"], row["name"], row["active_start_time"], row["active_end_time"])
        for row in rows.values()
    ]
    return sorted(found, key=lambda each: (each.start, each.name, each.id))


def _worth_a_word(notes: Iterable[TopicNote]) -> list[TopicNote]:
    """What is back, before what is new: one expects new things of a day."""
    telling = [each for each in notes if each.kind != PERSON and each.why.startswith(TELLING)]
    return sorted(telling, key=lambda each: each.why.startswith("new"))[:NOTES]


def outcomes_of(moments: Sequence[Moment]) -> list[str]:
    """What came of some moments, each outcome once."""
    return list(dict.fromkeys(outcome for each in moments for outcome in each.outcomes))
