"""How do the pictures of a day, a week or a month reach the page of an event?

The UI shows a picture in Markdown when it is a `data:` address; SVG that stands in the text itself, it
drops. Markdown of 1,000 characters and more it shows on a click: so there is a strip that is shorter.
"""

import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from urllib.parse import quote

import dagster as dg

from rem_dagster.dreaming.rollup_periods import Rolled, period_from
from rem_dagster.model.moment import Moment, happened
from rem_dagster.model.window import Calendar, days_between
from rem_dagster.recall.picture import (
    MOST_TITLES,
    Seconds,
    picture_of_day,
    picture_of_days,
    seconds_by_type,
    strip_of_day,
)
from rem_dagster.store.database import Store
from rem_dagster.store.filters import in_days
from rem_dagster.store.records import record_of

COLUMNS = (
    *("id", "user_id", "partition_key", "name", "summary", "start_time", "end_time", "created_at"),
    *("moment_type", "dream_id"),
)
SAFE = "/:=',;-."
"""What needs no percent sign in an address that stands in Markdown."""
MOST_USERS = 3
"""Users with a picture in one event; each is drawn for itself."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>!|~#&])|^(\s*)([-+]|\d+[.)])(?=\s)", re.MULTILINE)


def moments_of(store: Store, first_day: str, last_day: str) -> Mapping[str, list[Moment]]:
    """What happened on each ISO day from first to last (both included), in the order of time."""
    found: dict[str, list[Moment]] = defaultdict(list)
    rows = store.read("moments", COLUMNS, in_days(first_day, last_day)).to_pylist()
    moments = happened(record_of(Moment, row) for row in rows)
    for each in sorted(moments, key=lambda each: (each.start_time, each.end_time, each.id)):
        found[each.partition_key].append(each)
    return found


def strip_of_moments(moments: Sequence[Moment], day: date, calendar: Calendar) -> dg.MarkdownMetadataValue:
    """The hours of a day by type, one strip for each user, without any title."""
    window, zone = calendar.window_of(day), calendar.zone
    return _drawn(moments, lambda held: (f"{len(held)} moments", strip_of_day(held, window, zone)))


def picture_of_moments(moments: Sequence[Moment], day: date, calendar: Calendar) -> dg.MarkdownMetadataValue:
    """The hours of a day with its titles, one picture for each user."""
    window, zone = calendar.window_of(day), calendar.zone
    users = len({each.user_id for each in moments})
    most = MOST_TITLES // max(min(users, MOST_USERS), 1)
    return _drawn(
        moments, lambda held: (f"{len(held)} moments", picture_of_day(held, window, zone, most=most))
    )


def picture_of_period(moments: Sequence[Moment], period: Rolled, key: str) -> dg.MarkdownMetadataValue:
    """The hours by type of each day of a week or month, one picture for each user."""
    span = period_from(key, period)
    days = list(days_between(span.first_day, span.last_day))
    return _drawn(moments, lambda held: (span.name, picture_of_days(_seconds_by_day(held, days))))


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: it makes no link and fetches no picture."""
    return _SPECIAL.sub(lambda found: found[2] + "\\" + found[3] if found[3] else "\\" + found[1], text)


def _by_user(moments: Iterable[Moment]) -> Mapping[str, list[Moment]]:
    found: dict[str, list[Moment]] = {}
    for each in sorted(moments, key=lambda each: each.user_id):
        found.setdefault(each.user_id, []).append(each)
    return found


def _seconds_by_day(moments: Sequence[Moment], days: Iterable[date]) -> Mapping[date, Seconds]:
    by_day: dict[str, list[Moment]] = defaultdict(list)
    for each in moments:
        by_day[each.partition_key].append(each)
    return {day: seconds_by_type(by_day[day.isoformat()]) for day in days}


def _drawn(
    moments: Iterable[Moment], draw: Callable[[Sequence[Moment]], tuple[str, str]]
) -> dg.MarkdownMetadataValue:
    """One picture for each user; `draw` gives what it is called where it cannot be seen, and its SVG."""
    by_user = _by_user(moments)
    parts = []
    for user, held in list(by_user.items())[:MOST_USERS]:
        if len(by_user) > 1:
            parts.append(f"**{escaped(user)}**")
        name, svg = draw(held)
        parts.append(f"![{name}]({_address(svg)})")
    if len(by_user) > MOST_USERS:
        parts.append(f"and {len(by_user) - MOST_USERS} more users")
    return dg.MetadataValue.md("\n\n".join(parts))


def _address(svg: str) -> str:
    """SVG as an address, in the shorter of two ways to write it."""
    return min(
        f"data:image/svg+xml,{quote(svg, safe=SAFE)}",
        f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}",
        key=len,
    )
