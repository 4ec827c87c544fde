"""How is a moment shown: what of it, how much at most, and with which of its quotes?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from rem_dagster.model.moment import Evidence, Moment
from rem_dagster.recall.journal.sources import SourceItem, counts_in_words, items_named
from rem_dagster.store.database import Store

LONG_GAP = timedelta(hours=1)
QUOTES, QUOTES_ON_FULL_PAGES, FULL_PAGE = 12, 3, 25
"""Quotes of a moment, and how few where a page has so many moments."""
QUOTE_LETTERS, SUMMARY_LETTERS, TITLE_LETTERS, LIST_LENGTH = 700, 1_500, 240, 12
STEM = 6
"""Letters of a feeling's name that its other forms share: `frustrated`, `frustrating`."""


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
class Showing:
    """What is needed to show the moments of one page."""

    store: Store
    user_id: str
    items: Mapping[str, SourceItem]
    """Of the day."""

    def shown(self, moments: Sequence[Moment]) -> tuple[ShownMoment, ...]:
        """Moments as they are shown, with the gaps between them."""
        most = QUOTES_ON_FULL_PAGES if len(moments) >= FULL_PAGE else QUOTES
        elsewhere = {quote.source_id for each in moments for quote in each.evidence} - self.items.keys()
        known = {**self.items, **items_named(self.store, elsewhere, user_id=self.user_id)}
        shown: list[ShownMoment] = []
        ended: datetime | None = None
        for each in moments:
            gap = each.start_time - ended if ended is not None else None
            shown.append(_one(each, known, most, gap if gap is not None and gap >= LONG_GAP else None))
            ended = max(ended or each.end_time, each.end_time)
        return tuple(shown)


def show_moments(store: Store, moments: Sequence[Moment], *, user_id: str) -> tuple[ShownMoment, ...]:
    """Moments of any days as a page shows them, in the order given."""
    items = items_named(store, {source for each in moments for source in _sources(each)}, user_id=user_id)
    return Showing(store, user_id, items).shown(moments)


def _one(moment: Moment, known: Mapping[str, SourceItem], most: int, gap: timedelta | None) -> ShownMoment:
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
