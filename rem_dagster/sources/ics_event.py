"""How does one time of an event become an item?"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rem_dagster.model.activity import ResourceItem
from rem_dagster.sources.front_matter import normal_tags
from rem_dagster.sources.ics_parse import BROKEN
from rem_dagster.sources.ics_series import Occurrence
from rem_dagster.sources.ics_text import links_in, plain_text
from rem_dagster.sources.kind import Place
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.text import replace_surrogates
from rem_dagster.sources.times import YEARS, SaidTime, offset_minutes

CONFERENCES = (
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
)
NO_PERSON = ("ROOM", "RESOURCE")
NO_NAME = "(no title)"
SHOWN_PEOPLE = 20
"""Names that an event's text lists; its metadata lists up to ten times as many."""


def event_items(occurrence: Occurrence, place: Place) -> Iterator[ResourceItem | Problem]:
    """The item of one time of an event, or why there is none."""
    where, event = occurrence.block.where, occurrence.event
    try:
        people = _People(event, place)
        if people.is_declined:
            yield Problem(where, None, "was declined", "skipped")
            return
        at = event["DTSTART"]
        said = _said(at.dt)
        if zone := _unknown_zone(at):
            reason = "names a time zone that is not known; the home's was taken"
            yield Problem(where, "DTSTART", reason, "notice", shown(zone))
        yield _item(occurrence, people, said)
    except BROKEN as error:
        yield Problem(where, None, "cannot be read", got=shown(str(error)))


class _People:
    """Who is asked to an event, and whose it is."""

    def __init__(self, event: Any, place: Place) -> None:
        organizers, attendees = _all(event, "ORGANIZER"), _all(event, "ATTENDEE")
        self.is_own = not organizers or any(_is_me(each, place) for each in organizers)
        self.is_declined = any(_is_me(each, place) and _state(each) == "DECLINED" for each in attendees)
        coming = [each for each in attendees if _state(each) != "DECLINED" and not _is_thing(each)]
        named = (_name(each) for each in [*organizers, *coming] if not _is_me(each, place))
        self.names = [name for name in dict.fromkeys(named) if name]


def _item(occurrence: Occurrence, people: _People, said: SaidTime) -> ResourceItem:
    event, calendar = occurrence.event, occurrence.block.calendar
    name = " ".join(_text(event, "SUMMARY").split()) or NO_NAME
    where, described = " ".join(_text(event, "LOCATION").split()), _description(event)
    url = _text(event, "URL").strip()
    joined = next((text for each in CONFERENCES if (text := _text(event, each).strip())), "")
    metadata = {
        "people": people.names[: 10 * SHOWN_PEOPLE],
        "location": where,
        "conference": joined or next(iter(links_in(where)), ""),
        "links": links_in(url, joined, where, described),
        "channel": calendar.name,
    }
    sentence = _sentence(name, people.names, where)
    content = f"{sentence}\n\n{described}" if described else sentence
    is_dated = said.is_date_only
    return ResourceItem(
        native_id=replace_surrogates(occurrence.native_id),
        name=name,
        content=content,
        category="event",
        uri=url if url.startswith(("http://", "https://")) else None,
        tags=normal_tags(_categories(event)),
        created_at=said.at,
        utc_offset_minutes=said.utc_offset_minutes,
        time_confidence="assumed_time" if is_dated else "exact",
        active_start_time=said.at,
        active_end_time=_end(event, said),
        trust="own" if people.is_own else "third_party",
        metadata={key: value for key, value in metadata.items() if value},
    )


def _sentence(name: str, people: list[str], where: str) -> str:
    """What is known of an event beside its description; an address for a place is in its metadata alone."""
    rest = [f"{len(people) - SHOWN_PEOPLE} more"] if len(people) > SHOWN_PEOPLE else []
    *first, last = [*people[:SHOWN_PEOPLE], *rest] or [""]
    listed = f"{', '.join(first)} and {last}" if first else last
    told = f"{name} with {listed}" if listed else name
    told += f", {where}" if where and links_in(where) != [where] else ""
    return told if told.endswith((".", "!", "?", "…")) else f"{told}."


def _said(at: date) -> SaidTime:
    """A time of a calendar: with a zone an instant, else a local time, else a day."""
    if not isinstance(at, datetime):
        return SaidTime(datetime(at.year, at.month, at.day), is_date_only=True)  # noqa: DTZ001 - local
    if at.tzinfo is None:
        return SaidTime(at)
    # UTC is how calendars write any time: it tells nothing of the clock that people went by
    offset = None if str(at.tzinfo) == "UTC" else offset_minutes(at)
    return SaidTime(at.astimezone(UTC), offset)


def _end(event: Any, start: SaidTime) -> datetime | None:
    """When it ends; None where that is not told, or lies before its start."""
    told, lasts = getattr(event.get("DTEND"), "dt", None), getattr(event.get("DURATION"), "dt", None)
    if isinstance(told, date) and told.year in YEARS:
        end = _said(told).at
    elif isinstance(lasts, timedelta):
        end = start.at + lasts
    else:
        end = start.at + timedelta(days=1) if start.is_date_only else start.at
    is_alike = (end.tzinfo is None) == (start.at.tzinfo is None)
    return end if is_alike and end > start.at and end.year in YEARS else None


def _unknown_zone(at: Any) -> str | None:
    zone = at.params.get("TZID") if hasattr(at, "params") else None
    is_local = isinstance(at.dt, datetime) and at.dt.tzinfo is None
    return str(zone) if zone and is_local else None


def _text(event: Any, name: str) -> str:
    """A property as text; of several the first."""
    return next((replace_surrogates(str(value)) for value in _all(event, name)), "")


def _description(event: Any) -> str:
    return plain_text(_text(event, "DESCRIPTION") or _text(event, "X-ALT-DESC"))


def _categories(event: Any) -> list[str]:
    told = (each for held in _all(event, "CATEGORIES") for each in getattr(held, "cats", [held]))
    return [replace_surrogates(str(each)) for each in told]


def _all(event: Any, name: str) -> list[Any]:
    """A property as often as it is there."""
    value = event.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _name(address: Any) -> str:
    """What a person is called, else the e-mail address."""
    said = _param(address, "CN").strip().strip("'\"").strip()
    return said.removeprefix("mailto:") if said else _email(address)


def _email(address: Any) -> str:
    text = replace_surrogates(str(address)).strip()
    return text[7:] if text.lower().startswith("mailto:") else text


def _is_me(address: Any, place: Place) -> bool:
    return place.is_me(_email(address), _name(address), _param(address, "EMAIL"))


def _state(address: Any) -> str:
    return _param(address, "PARTSTAT").upper()


def _is_thing(address: Any) -> bool:
    return _param(address, "CUTYPE").upper() in NO_PERSON


def _param(address: Any, name: str) -> str:
    value = getattr(address, "params", {}).get(name, "")
    return replace_surrogates(str(value[0] if isinstance(value, list) and value else value))
