"""What does the page of one user's day show?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from rem_dagster.model.dream import Dream
from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.held import Brief, Held, HeldDay, held_days
from rem_dagster.recall.journal.ribbon import Ribbon, ribbon_of
from rem_dagster.recall.journal.rows import DayRows, rows_between
from rem_dagster.recall.journal.shown import LIST_LENGTH, Showing, ShownMoment
from rem_dagster.recall.journal.sources import counts_in_words
from rem_dagster.recall.kinds import in_order
from rem_dagster.recall.spans import time_of
from rem_dagster.store.database import Store

PART = 40
"""Moments of one page; a day of more has several."""
PageState = Literal["current", "undreamt", "stale", "unfinished", "failed", "empty", "future", "first_run"]


@dataclass(frozen=True)
class TypeTime:
    """How much time of a day, week or month moments of one type cover."""

    moment_type: str
    time: timedelta
    share: float
    """Of the type that has most, from 0 to 1."""


@dataclass(frozen=True)
class Part:
    """Which of several pages of a day this is."""

    number: int = 1
    of: int = 1
    first: int = 1
    """Place of its first moment in the day, from 1."""


@dataclass(frozen=True)
class DayView:
    """All that one page about one user's day shows."""

    user_id: str
    day: date
    today: date
    zone: ZoneInfo
    state: PageState
    held: HeldDay
    before: date | None
    """The nearest earlier day that holds something."""
    after: date | None
    lede: str | None = None
    moments: tuple[ShownMoment, ...] = ()
    """Those of this part, in the order of their starts."""
    part: Part = Part()
    parts_of: Mapping[str, int] = field(default_factory=dict)
    """Moment's id -> the part that holds it."""
    ahead: tuple[ShownMoment, ...] = ()
    """What the day announces of the next one."""
    ribbon: Ribbon | None = None
    hours: tuple[TypeTime, ...] = ()
    dream: Dream | None = None
    items: str = ""
    """`41 messages, 3 notes and 2 commits`."""
    arrived: int | None = 0
    """Items that came after the dream; None when the day changed but its count did not."""

    @property
    def covered(self) -> timedelta:
        """Time that lies in at least one moment."""
        return self.held.covered


def day_view(
    store: Store, day: date, *, user_id: str, calendar: Calendar, today: date, part: int = 1
) -> DayView:
    """The page of a day; one that holds nothing is a page too.

    Args:
        part: of a day with very many moments, from 1; one that is not there is the nearest that is.
    """
    held = held_days(store, user_id=user_id)
    on = held.on(day)
    is_there = on.is_to_be_read or on.dream is not None
    rows = rows_between(store, day, day, user_id=user_id).get(day) if is_there else None
    return view_of_rows(store, held, day, rows, user_id=user_id, calendar=calendar, today=today, part=part)


def whole_day(store: Store, day: date, *, user_id: str, calendar: Calendar, today: date) -> DayView:
    """The page of a day with the moments of all its parts."""
    held = held_days(store, user_id=user_id)
    rows = rows_between(store, day, day, user_id=user_id).get(day)

    def view(part: int) -> DayView:
        return view_of_rows(
            store, held, day, rows, user_id=user_id, calendar=calendar, today=today, part=part
        )

    first = view(1)
    more = (each for part in range(2, first.part.of + 1) for each in view(part).moments)
    return replace(first, moments=(*first.moments, *more), part=Part())


def view_of_rows(
    store: Store,
    held: Held,
    day: date,
    rows: DayRows | None,
    *,
    user_id: str,
    calendar: Calendar,
    today: date,
    part: int = 1,
) -> DayView:
    """The page of a day of which all was read already; without rows, one that holds nothing."""
    on = held.on(day)
    view = DayView(
        user_id=user_id,
        day=day,
        today=today,
        zone=calendar.zone,
        state=_state(held, on, today),
        held=on,
        before=held.before(day),
        after=held.after(day),
    )
    return view if rows is None else _filled(store, view, rows, calendar, part)


def _state(held: Held, on: HeldDay, today: date) -> PageState:
    if on.state != "empty" or on.moments:
        return on.state if on.state != "empty" else "current"
    if held.is_empty:
        return "first_run"
    return "future" if on.day > today else "empty"


def _filled(store: Store, view: DayView, rows: DayRows, calendar: Calendar, part: int) -> DayView:
    happened = [each for each in rows.moments if not each.is_prediction]
    ahead = [each for each in rows.moments if each.is_prediction]
    items, dream = rows.items, rows.dream
    on_page = part_of(len(happened), part)
    shown = happened[on_page.first - 1 : on_page.first - 1 + PART]
    look = Showing(store, view.user_id, items)
    return replace(
        view,
        lede=rows.lede,
        moments=look.shown(shown),
        part=on_page,
        parts_of={each.id: place // PART + 1 for place, each in enumerate(happened)},
        ahead=look.shown(ahead[:LIST_LENGTH]),
        ribbon=ribbon_of(view.held.moments, list(items.values()), calendar.window_of(view.day), view.zone),
        hours=time_by_type(happened),
        dream=dream,
        items=counts_in_words(each.kind for each in items.values()),
        arrived=_arrived(view.held, dream),
    )


def part_of(moments: int, wanted: int) -> Part:
    """The part of a day's moments that is nearest to a number."""
    parts = max(-(-moments // PART), 1)
    number = min(max(wanted, 1), parts)
    return Part(number, parts, (number - 1) * PART + 1)


def time_by_type(moments: Sequence[Moment | Brief]) -> tuple[TypeTime, ...]:
    """The time of each type, most first; overlaps of one type count once."""
    by_type: dict[str, list[Moment | Brief]] = {}
    for each in moments:
        by_type.setdefault(each.moment_type, []).append(each)
    times = {name: time_of(by_type[name]) for name in in_order(set(by_type))}
    most = max(times.values(), default=timedelta()) or timedelta(seconds=1)
    return tuple(
        TypeTime(name, time, time / most) for name, time in sorted(times.items(), key=lambda each: -each[1])
    )


def _arrived(held: HeldDay, dream: Dream | None) -> int | None:
    if held.state != "stale":
        return 0
    more = held.input.items - (dream.counts.get("items", 0) if dream else 0)
    return more if more > 0 else None
