"""How is a row that was found shown: which sentence, which quote, said where?"""

from collections.abc import Collection, Mapping, Sequence

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


def sources_for(
    store: Store, moments: Sequence[Hit], items: Sequence[Hit], terms: Collection[str], *, user_id: str
) -> Mapping[str, SourceItem]:
    """What is told of the items that were found, and of those that moments' best quotes stand in."""
    quoted = {source for hit in moments for source, quote in [_best_quote(hit, terms)] if quote}
    return items_named(store, quoted | {hit.id for hit in items}, user_id=user_id)


def shown_moments(
    hits: Sequence[Hit], terms: Collection[str], sources: Mapping[str, SourceItem], outline: Outline
) -> tuple[FoundMoment, ...]:
    """Moments as a list of results has them, in the order given; without those that are gone."""
    places = outline.places_of([hit.id for hit in hits]).tolist()
    return tuple(
        _moment(hit, terms, sources, outline.placed(place))
        for hit, place in zip(hits, places, strict=True)
        if place >= 0
    )


def shown_items(
    hits: Sequence[Hit], terms: Collection[str], sources: Mapping[str, SourceItem], calendar: Calendar
) -> tuple[FoundItem, ...]:
    """Messages and resources as a list of results has them, in the order given."""
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
    hit: Hit, terms: Collection[str], sources: Mapping[str, SourceItem], placed: Placed
) -> FoundMoment:
    source, quote = _best_quote(hit, terms)
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
        said=sources.get(source),
        trust=hit.trust,
    )


def _best_quote(hit: Hit, terms: Collection[str]) -> tuple[str, str]:
    """The source and words of the quote that holds most of what was looked for; the earliest of equals."""
    wanted = set(terms)
    best = max(hit.evidence, key=lambda each: len(wanted.intersection(tokens(each.quote))), default=None)
    return (best.source_id, best.quote) if best else ("", "")
