"""What does the page of one user's day show?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from rem_dagster.model.dream import Dream
from rem_dagster.model.moment import Evidence, Moment
from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.held import Brief, Held, HeldDay, held_days
from rem_dagster.recall.journal.ribbon import Ribbon, ribbon_of
from rem_dagster.recall.journal.sources import SourceItem, counts_in_words, items_named, items_of_day
from rem_dagster.recall.kinds import in_order
from rem_dagster.recall.spans import time_of
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals
from rem_dagster.store.records import record_of

PART = 60
"""Moments of one page; a day of more has several."""
LONG_GAP = timedelta(hours=1)
QUOTES, QUOTES_ON_FULL_PAGES, FULL_PAGE = 12, 3, 25
"""Quotes of a moment, and how few where a page has many moments."""
QUOTE_LETTERS, SUMMARY_LETTERS, TITLE_LETTERS, LIST_LENGTH = 700, 1_500, 240, 12
STEM = 6
"""Letters of a feeling's name that its other forms share: `frustrated`, `frustrating`."""
PageState = Literal["current", "undreamt", "stale", "unfinished", "failed", "empty", "future", "first_run"]


@dataclass(frozen=True)
class Quoted:
    """A verbatim quote and where it stands."""

    text: str
    source: SourceItem | None
    """None when it is no longer here."""


@dataclass(frozen=True)
class Feeling:
    """A feeling, with the quote that shows it."""

    name: str
    quote: str


@dataclass(frozen=True)
class ShownMoment:
    """A moment as its page shows it, everything bounded in length."""

    id: str
    name: str
    moment_type: str
    summary: str
    start_time: datetime
    end_time: datetime
    outcomes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    """Only those that a quote shows."""
    quotes: tuple[Quoted, ...] = ()
    quotes_left: int = 0
    """How many more there are than are shown."""
    made_of: str = ""
    """`41 messages and 3 notes`; empty where it is not known."""
    gap_before: timedelta | None = None
    """Time since the moment before in which nothing was recorded; None when it is less than an hour."""
    confidence: float | None = None
    is_by_others: bool = False

    @property
    def lasting(self) -> timedelta:
        """From its start to its end."""
        return self.end_time - self.start_time


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
    if not on.is_to_be_read and on.dream is None:
        return view
    return _filled(store, view, calendar, part)


def _state(held: Held, on: HeldDay, today: date) -> PageState:
    if on.state != "empty" or on.moments:
        return on.state if on.state != "empty" else "current"
    if held.is_empty:
        return "first_run"
    return "future" if on.day > today else "empty"


def _filled(store: Store, view: DayView, calendar: Calendar, part: int) -> DayView:
    key = all_of(equals("user_id", view.user_id), equals("partition_key", view.day.isoformat()))
    found = sorted(
        (record_of(Moment, row) for row in store.read("moments", where=key).to_pylist()),
        key=lambda each: (each.start_time, each.end_time, each.id),
    )
    happened = [each for each in found if not each.is_prediction]
    ahead = [each for each in found if each.is_prediction]
    summaries = store.read("summaries", ["content"], all_of(key, equals("period", "day"))).to_pylist()
    dreams = store.read("dreams", where=key).to_pylist()
    items = items_of_day(store, view.day.isoformat(), user_id=view.user_id)
    dream = record_of(Dream, dreams[0]) if dreams else None
    on_page = part_of(len(happened), part)
    shown = happened[on_page.first - 1 : on_page.first - 1 + PART]
    look = _Look(store, view.user_id, items, is_full=len(shown) >= FULL_PAGE)
    return replace(
        view,
        lede=(summaries[0]["content"] or None) if summaries else None,
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


@dataclass(frozen=True)
class _Look:
    """What is needed to show the moments of one page."""

    store: Store
    user_id: str
    items: Mapping[str, SourceItem]
    """Of the day."""
    is_full: bool
    """Whether the page has many moments, so that each is kept short."""

    def shown(self, moments: Sequence[Moment]) -> tuple[ShownMoment, ...]:
        """Moments as they are shown, with the gaps between them."""
        elsewhere = {quote.source_id for each in moments for quote in each.evidence} - self.items.keys()
        known = {**self.items, **items_named(self.store, elsewhere, user_id=self.user_id)}
        shown: list[ShownMoment] = []
        ended: datetime | None = None
        for each in moments:
            gap = each.start_time - ended if ended is not None else None
            shown.append(self._one(each, known, gap if gap is not None and gap >= LONG_GAP else None))
            ended = max(ended or each.end_time, each.end_time)
        return tuple(shown)

    def _one(self, moment: Moment, known: Mapping[str, SourceItem], gap: timedelta | None) -> ShownMoment:
        most = QUOTES_ON_FULL_PAGES if self.is_full else QUOTES
        quotes = _distinct(moment.evidence)
        return ShownMoment(
            id=moment.id,
            name=cut(moment.name, TITLE_LETTERS),
            moment_type=moment.moment_type,
            summary=cut(moment.summary, SUMMARY_LETTERS),
            start_time=moment.start_time,
            end_time=moment.end_time,
            outcomes=_few(each for each in moment.outcomes if each.lower() not in moment.name.lower()),
            tags=_few(moment.tags),
            people=_few(moment.people),
            feelings=_feelings(moment),
            quotes=tuple(
                Quoted(cut(each.quote, QUOTE_LETTERS), known.get(each.source_id)) for each in quotes[:most]
            ),
            quotes_left=max(len(quotes) - most, 0),
            made_of=counts_in_words(known[each].kind for each in _sources(moment) if each in known),
            gap_before=gap,
            confidence=moment.confidence,
            is_by_others=moment.trust == "third_party",
        )


def cut(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _few(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(cut(each, TITLE_LETTERS) for each in islice(texts, LIST_LENGTH))


def _distinct(evidence: Sequence[Evidence]) -> list[Evidence]:
    return list({(each.source_id, each.quote): each for each in evidence}.values())


def _feelings(moment: Moment) -> tuple[Feeling, ...]:
    """The feelings whose very word is in a quote, each with the first such quote."""
    found = {}
    for each in moment.emotion_tags:
        shows = (quote.quote for quote in moment.evidence if each[:STEM] in quote.quote.lower())
        if (quote := next(shows, None)) is not None:
            found[each] = Feeling(each, cut(quote, QUOTE_LETTERS))
    return tuple(found.values())


def _sources(moment: Moment) -> Sequence[str]:
    """The messages and documents that a moment cites."""
    cited = moment.metadata.get("source_ids")
    told = [each for each in cited if isinstance(each, str)] if isinstance(cited, list) else []
    return told or [*moment.resource_ids, *(each.source_id for each in moment.evidence)]


def _arrived(held: HeldDay, dream: Dream | None) -> int | None:
    if held.state != "stale":
        return 0
    more = held.input.items - (dream.counts.get("items", 0) if dream else 0)
    return more if more > 0 else None
