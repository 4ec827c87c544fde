"""How is a row that was found shown: which sentence, which quote, said where?"""

from collections.abc import Collection, Sequence

from rem_dagster.model.window import Calendar
from rem_dagster.recall.hits import Hit
from rem_dagster.recall.journal.found import FoundItem, FoundMoment
from rem_dagster.recall.journal.marking import clipped, excerpt, marked
from rem_dagster.recall.journal.outline import Outline, Placed
from rem_dagster.recall.journal.sources import SourceItem, items_named
from rem_dagster.store.database import Store
from rem_dagster.store.text.tokens import tokens

TITLE, SENTENCE, QUOTE, ITEM = 200, 280, 220, 320
"""Characters that are shown."""


def shown_moments(
    store: Store, hits: Sequence[Hit], terms: Collection[str], *, user_id: str, outline: Outline
) -> tuple[FoundMoment, ...]:
    """Moments as a list of results has them, in the order given; without those that are gone."""
    quotes = {hit.id: _best_quote(hit, terms) for hit in hits}
    sources = items_named(store, {source for source, quote in quotes.values() if quote}, user_id=user_id)
    places = outline.places_of([hit.id for hit in hits]).tolist()
    return tuple(
        _moment(hit, terms, quotes[hit.id][1], sources.get(quotes[hit.id][0]), outline.placed(place))
        for hit, place in zip(hits, places, strict=True)
        if place >= 0
    )


def shown_items(
    store: Store, hits: Sequence[Hit], terms: Collection[str], *, user_id: str, calendar: Calendar
) -> tuple[FoundItem, ...]:
    """Messages and resources as a list of results has them, in the order given."""
    sources = items_named(store, [hit.id for hit in hits], user_id=user_id)
    return tuple(
        FoundItem(
            id=hit.id,
            day=calendar.day_of(hit.occurred_at),
            said=said,
            text=marked(excerpt(hit.text, terms, most=ITEM), terms),
            moment_id=hit.moment_id,
            moment_name=hit.moment_name,
        )
        for hit in hits
        if (said := sources.get(hit.id)) is not None
    )


def _moment(
    hit: Hit, terms: Collection[str], quote: str, said: SourceItem | None, placed: Placed
) -> FoundMoment:
    sentence = excerpt(hit.text, terms, most=SENTENCE)
    shown = clipped(" ".join(quote.split()), QUOTE)
    return FoundMoment(
        id=hit.id,
        day=placed.day,
        start=hit.occurred_at,
        end=hit.ended_at or hit.occurred_at,
        moment_type=placed.moment_type,
        title=marked(clipped(" ".join((hit.name or "").split()), TITLE), terms),
        sentence=marked(sentence, terms),
        quote=marked(shown, terms) if shown and shown not in sentence else (),
        said=said,
        trust=hit.trust,
    )


def _best_quote(hit: Hit, terms: Collection[str]) -> tuple[str, str]:
    """The source and words of the quote that holds most of what was looked for; the earliest of equals."""
    wanted = set(terms)
    best = max(hit.evidence, key=lambda each: len(wanted.intersection(tokens(each.quote))), default=None)
    return (best.source_id, best.quote) if best else ("", "")
