"""How do moments stand in a calendar?

Two exports of the same days are the same bytes: an event's stamp is its moment's, not the hour of the export.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from rem_dagster.model.moment import Moment
from rem_dagster.model.own_output import CALENDAR_MAKER, OWN_UID
from rem_dagster.model.window import Calendar
from rem_dagster.recall.export.day_texts import days_told, read_days, stretches
from rem_dagster.recall.journal.escaping import plain
from rem_dagster.recall.kinds import word_of
from rem_dagster.store.database import Store

if TYPE_CHECKING:
    from icalendar import Event

MOST_QUOTES = 3
HEAD = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{CALENDAR_MAKER}\r\nX-WR-CALNAME:Moments\r\n".encode()
FOOT = b"END:VCALENDAR\r\n"


def calendar_days(store: Store, *, user_id: str, first: date | None, last: date | None) -> list[date]:
    """The days of a range that may have moments, in order."""
    return sorted(days_told(store, user_id=user_id, first=first, last=last))


def calendar_parts(
    store: Store, days: Sequence[date], *, user_id: str, calendar: Calendar
) -> Iterator[tuple[int, bytes]]:
    """The file in parts, each with the number of its moments: what begins it, the events of each stretch of
    days by start, and what ends it."""
    yield 0, HEAD
    for part in stretches(days):
        texts = read_days(store, part[0], part[-1], user_id=user_id, calendar=calendar)
        moments = [moment for day in part for moment in texts.on(day).moments]
        yield len(moments), b"".join(event_of(each).to_ical() for each in moments)
    yield 0, FOOT


def event_of(moment: Moment) -> "Event":
    """A moment as an event: of a moment without length, which a calendar has no end for, the start alone."""
    from icalendar import Event

    event = Event()
    event.add("uid", moment.id + OWN_UID)
    event.add("dtstamp", moment.created_at.replace(microsecond=0))
    start, end = (each.replace(microsecond=0) for each in (moment.start_time, moment.end_time))
    event.add("dtstart", start)
    if end > start:
        event.add("dtend", end)
    event.add("summary", plain(moment.name))
    event.add("description", _description(moment))
    event.add("categories", [plain(each) for each in (word_of(moment.moment_type), *moment.tags)])
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")  # it was lived: nobody is kept from meeting then
    return event


def _description(moment: Moment) -> str:
    outcomes = "\n".join(f"✓ {plain(each)}" for each in moment.outcomes)
    quotes = [f"“{plain(each.quote)}”" for each in moment.evidence]
    quoted = "\n".join(list(dict.fromkeys(quotes))[:MOST_QUOTES])
    return "\n\n".join(filter(None, (plain(moment.summary), outcomes, quoted)))
