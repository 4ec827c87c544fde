"""What does one want to know in the morning: what was, what came of it, what is open, what is today?

Tuesday to Sunday   the last day before that holds something
Monday              Friday, Saturday and Sunday, those that hold something
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from rem_dagster.errors import WindowError
from rem_dagster.model.dream import Dream
from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.returning import (
    Named,
    TopicNote,
    last_time,
    named_on,
    topic_notes,
    year_ago,
)
from rem_dagster.recall.journal.standup_markdown import standup_markdown
from rem_dagster.recall.journal.standup_view import Appointment, Standup, StandupDay, State
from rem_dagster.recall.journal.threads import FADES_AFTER, threads
from rem_dagster.recall.timeline import day_page
from rem_dagster.store.database import Store
from rem_dagster.store.digest import DayDigest, day_digests
from rem_dagster.store.filters import all_of, at_or_after, before, equals, in_days

__all__ = ["Appointment", "Standup", "StandupDay", "standup", "standup_markdown"]

MONDAY, WEEKEND = 0, 3
YEARS = range(2, 9999)
LOOKED_BACK = (3, 31, None)
"""Days in which a day that holds something is looked for, one stretch after the other."""
NOTES = 3
WORDS = ("topic", "thing")
"""Kinds of what has no name of its own."""


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

    Raises:
        WindowError: the day lies where calendars begin or end.
    """
    if day.year not in YEARS:
        raise WindowError(f"There is no morning of {day}: no day around it can be told. Name another day.")
    digests = _days_before(store, day, user_id)
    reading = _Reading(store, user_id, calendar, digests)
    pages = [day_page(store, each, calendar=calendar, user_id=user_id) for each in digests]
    days = [
        StandupDay(
            page.day,
            _state(page.dream, held),
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
        faded=told.faded if with_faded else (),
        ahead=tuple(_ahead(reading, day)),
        predictions=pages[-1].predictions if pages and last == day - timedelta(days=1) else (),
        returning=tuple(_worth_a_word(named, last, calendar)),
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


def _state(dream: Dream | None, held: DayDigest) -> State:
    if dream is None:
        return "undreamt"
    if dream.status != "complete":
        return "failed" if dream.status == "failed" else "unfinished"
    return "current" if dream.input_digest == held.digest else "changed"


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


def _worth_a_word(named: Iterable[Named], day: date, calendar: Calendar) -> list[TopicNote]:
    """What is back, before names that are new; a word is worth one where several moments have it."""
    telling = [each for each in named if each.kind not in WORDS or len(each.moments) > 1]
    notes = topic_notes(telling, day, calendar=calendar, most=len(telling))
    back = [each for each in notes if each.why.startswith("back")]
    new = [each for each in notes if each.why.startswith("new") and each.kind not in WORDS]
    return [*back, *(replace(each, why="new") for each in new)][:NOTES]
