"""How is a moment shown: what of it, how much at most, and with which of its quotes?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rem_dagster.model.moment import Evidence, Moment
from rem_dagster.recall.journal.sources import SourceItem, counts_in_words, items_named
from rem_dagster.store.database import Store

LONG_GAP = timedelta(hours=1)
LETTERS_OF_A_PAGE = 150_000
"""About so many letters of moments a page may hold, so that it stays short whatever they tell."""
TITLE_LETTERS, SUMMARY_LETTERS, NAME_LETTERS, LIST_LENGTH = 240, 1_500, 60, 12
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
class Limits:
    """How much of a moment is shown."""

    title: int
    summary: int
    quotes: int
    quote: int
    outcome: int
    listed: int
    """Outcomes, tags or people."""


def limits_for(moments: int) -> Limits:
    """How much of each is shown where a page has so many moments: the fewer the more."""
    share = LETTERS_OF_A_PAGE // max(moments, 1)
    return Limits(
        title=_between(120, share // 25, TITLE_LETTERS),
        summary=_between(400, share // 8, SUMMARY_LETTERS),
        quotes=_between(2, share // 1_600, 12),
        quote=_between(240, share // 20, 700),
        outcome=_between(80, share // 60, 200),
        listed=_between(5, share // 500, LIST_LENGTH),
    )


def _between(least: int, wanted: int, most: int) -> int:
    return min(max(least, wanted), most)


@dataclass(frozen=True)
class Showing:
    """What is needed to show the moments of one page."""

    store: Store
    user_id: str
    items: Mapping[str, SourceItem]
    """Of the day."""

    def shown(self, moments: Sequence[Moment]) -> tuple[ShownMoment, ...]:
        """Moments as they are shown, with the gaps between them."""
        limits = limits_for(len(moments))
        elsewhere = {quote.source_id for each in moments for quote in each.evidence} - self.items.keys()
        known = {**self.items, **items_named(self.store, elsewhere, user_id=self.user_id)}
        shown: list[ShownMoment] = []
        ended: datetime | None = None
        for each in moments:
            gap = each.start_time - ended if ended is not None else None
            shown.append(_one(each, known, limits, gap if gap is not None and gap >= LONG_GAP else None))
            ended = max(ended or each.end_time, each.end_time)
        return tuple(shown)


def show_moments(store: Store, moments: Sequence[Moment], *, user_id: str) -> tuple[ShownMoment, ...]:
    """Moments of any days as a page shows them, in the order given."""
    items = items_named(store, {source for each in moments for source in _sources(each)}, user_id=user_id)
    return Showing(store, user_id, items).shown(moments)


def _one(
    moment: Moment, known: Mapping[str, SourceItem], limits: Limits, gap: timedelta | None
) -> ShownMoment:
    quotes = _distinct(moment.evidence)
    new = [each for each in moment.outcomes if each.lower() not in moment.name.lower()]
    return ShownMoment(
        id=moment.id,
        name=cut(moment.name, limits.title),
        moment_type=moment.moment_type,
        summary=cut(moment.summary, limits.summary),
        start_time=moment.start_time,
        end_time=moment.end_time,
        outcomes=_few(new, limits.listed, limits.outcome),
        tags=_few(moment.tags, limits.listed, NAME_LETTERS),
        people=_few(moment.people, limits.listed, NAME_LETTERS),
        feelings=_feelings(moment),
        quotes=tuple(_quoted(each, known, limits) for each in quotes[: limits.quotes]),
        quotes_left=max(len(quotes) - limits.quotes, 0),
        made_of=counts_in_words(known[each].kind for each in _sources(moment) if each in known),
        gap_before=gap,
        confidence=moment.confidence,
        is_by_others=moment.trust == "third_party",
    )


def _quoted(evidence: Evidence, known: Mapping[str, SourceItem], limits: Limits) -> Quoted:
    source = known.get(evidence.source_id)
    if source is not None and source.title is not None:
        source = replace(source, title=cut(source.title, limits.title))
    return Quoted(cut(evidence.quote, limits.quote), source)


def cut(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _few(texts: Sequence[str], most: int, letters: int) -> tuple[str, ...]:
    return tuple(cut(each, letters) for each in texts[:most])


def _distinct(evidence: Sequence[Evidence]) -> list[Evidence]:
    return list({(each.source_id, each.quote): each for each in evidence}.values())


def _feelings(moment: Moment) -> tuple[Feeling, ...]:
    """The feelings whose very word is in a quote, each with the first such quote."""
    found = {}
    for each in moment.emotion_tags:
        shows = (quote.quote for quote in moment.evidence if each[:STEM] in quote.quote.lower())
        if (quote := next(shows, None)) is not None:
            found[each] = Feeling(each, cut(quote, SUMMARY_LETTERS))
    return tuple(found.values())


def _sources(moment: Moment) -> Sequence[str]:
    """The messages and documents that a moment cites."""
    cited = moment.metadata.get("source_ids")
    told = [each for each in cited if isinstance(each, str)] if isinstance(cited, list) else []
    return told or [*moment.resource_ids, *(each.source_id for each in moment.evidence)]
