"""What is found for some words, counted by time, type, person and table?

query ─ time in it ─> words ─> matching rows of each table ─┬─ counts, each without its own narrowing
                                                           └─ the best of those that are left
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

import numpy as np

from rem_dagster.errors import UnknownUserError
from rem_dagster.model.window import Window
from rem_dagster.recall.corpus import Bools
from rem_dagster.recall.hits import Hit, Ranked, hits_of
from rem_dagster.recall.journal.found import Chip, FoundMoment, Narrowed, SearchView
from rem_dagster.recall.journal.histogram import Histogram, histogram
from rem_dagster.recall.journal.matching import matching
from rem_dagster.recall.journal.narrowing import Candidates, Looking, microseconds
from rem_dagster.recall.journal.oneself import oneself
from rem_dagster.recall.journal.outline import Outline, read_outline
from rem_dagster.recall.journal.reading import Reading, read_query
from rem_dagster.recall.journal.showing import shown_items, shown_moments, sources_for
from rem_dagster.recall.request import Request
from rem_dagster.recall.scored import Limits, Sight, Sought, best_rows
from rem_dagster.recall.search import find
from rem_dagster.recall.typo import Texts
from rem_dagster.recall.when import find_when
from rem_dagster.store.filters import all_of, equals, within
from rem_dagster.store.text.read import row_ids

TABLES = ("moments", "messages", "resources")
MOMENTS_SHOWN, ITEMS_SHOWN, OF_ONE_TABLE = 12, 8, 30
MOST_SHOWN = 120
MOST_PEOPLE = 6
NEAREST = 3
_SPARE = 5
"""Rows more than are shown, for those that were deleted since the index was made."""


def look_up(looking: Looking, query: str, narrowed: Narrowed) -> SearchView:
    """What was found, moments first.

    Raises:
        QueryError: there is nothing to look for but what is to be left out.
    """
    said = " ".join(query.split())
    when, words = (
        (None, said) if narrowed.as_words else find_when(said, calendar=looking.calendar, now=looking.now)
    )
    narrowed = narrowed if narrowed.window or when is None else replace(narrowed, window=when.window)
    view = SearchView(said, words.strip(), when, narrowed)
    if view.words:
        return _with_words(looking, view)
    return view if narrowed.window is None else _of_time(looking, view)


def _with_words(looking: Looking, view: SearchView) -> SearchView:
    person = view.narrowed.person
    reading = read_query(
        looking.store, view.words, TABLES, user_id=looking.user_id, names=(person,) if person else ()
    )
    if not any(reading.texts.values()):
        return replace(view, is_empty_home=not looking.store.count("sessions", _of(looking)))
    outline = read_outline(looking.store, looking.user_id)
    tables = {
        table: Candidates(looking, outline, matching(looking.store, *held[0], reading), view.narrowed)
        for table, held in reading.texts.items()
        if held
    }
    view = replace(view, terms=reading.question.terms, notes=reading.notes)
    view = _counted(looking, view, tables, outline)
    view = _listed(looking, _drawn(looking, view, tables), tables, reading)
    return view if view.total else replace(view, nearest=_nearest(looking, view))


def _counted(
    looking: Looking, view: SearchView, tables: Mapping[str, Candidates], outline: Outline
) -> SearchView:
    counts = (Chip(name, int(np.count_nonzero(each.left))) for name, each in tables.items())
    view = replace(view, tables=tuple(counts))
    if moments := tables.get("moments"):
        of_types = moments.of_outline(moments.words & moments.in_time & moments.with_person)
        of_people = moments.of_outline(moments.words & moments.in_time & moments.of_type)
        types = outline.counts_by_type(of_types)
        view = replace(
            view,
            types=tuple(Chip(*each) for each in types.items()),
            people=_people(outline, of_people, looking.user_id),
            days=len(np.unique(moments.days(moments.left))),
        )
    return view


def _people(outline: Outline, chosen: Bools, user_id: str) -> tuple[Chip, ...]:
    """The people whom moments name oftenest, the user left out."""
    own = oneself(outline, user_id)
    found = ((name, count) for name, count in outline.counts_by_person(chosen).items() if name not in own)
    return tuple(Chip(*each) for each in islice(found, MOST_PEOPLE))


def _drawn(looking: Looking, view: SearchView, tables: Mapping[str, Candidates]) -> SearchView:
    """The picture of all times: a time that was chosen is a part of it."""
    is_of_items = view.narrowed.table in ("messages", "resources") or not any(
        table.is_moments and table.words.any() for table in tables.values()
    )
    names = {"all": TABLES, "moments": ("moments",)}.get(view.narrowed.table, (view.narrowed.table,))
    counted = [name for name in names if (name != "moments") == is_of_items and name in tables]
    parts = [
        tables[name].days(tables[name].words & tables[name].of_type & tables[name].with_person)
        for name in counted
    ]
    drawn: Histogram = histogram(
        np.concatenate(parts) if parts else [], looking.calendar, **_life(looking, bool(sum(map(len, parts))))
    )
    return replace(view, histogram=drawn, counted="items" if is_of_items else "moments")


def _life(looking: Looking, is_any: bool) -> dict[str, date | None]:
    """The first and last day with a moment: the picture has one scale whatever is looked for."""
    days = read_outline(looking.store, looking.user_id).day_list if is_any else []
    return {"first": days[0], "last": days[-1]} if days else {}


def _listed(
    looking: Looking, view: SearchView, tables: Mapping[str, Candidates], reading: Reading
) -> SearchView:
    sought = Sought(reading.question, reading.asked)
    hits = {
        name: _best(looking, table, reading.texts[name], sought, _most(view.narrowed, name))
        for name, table in tables.items()
        if view.narrowed.table in ("all", name)
    }
    items = _merged(hits.get("messages", ()), hits.get("resources", ()), _most(view.narrowed, "items"))
    return _shown(looking, view, hits.get("moments", ()), items)


def _shown(looking: Looking, view: SearchView, moments: Sequence[Hit], items: Sequence[Hit]) -> SearchView:
    terms = frozenset(view.terms)
    sources = sources_for(looking.store, moments, items, terms, user_id=looking.user_id)
    return replace(
        view,
        moments=shown_moments(moments, terms, sources, read_outline(looking.store, looking.user_id)),
        items=shown_items(items, terms, sources, looking.calendar),
    )


def _most(narrowed: Narrowed, table: str) -> int:
    if narrowed.limit is not None:
        return min(narrowed.limit, MOST_SHOWN)
    if narrowed.table != "all":
        return OF_ONE_TABLE
    return MOMENTS_SHOWN if table == "moments" else ITEMS_SHOWN


def _best(looking: Looking, table: Candidates, texts: Texts, sought: Sought, most: int) -> list[Hit]:
    """The best of the rows that are left."""
    if not table.left.any():
        return []
    limits = Limits(None, None, most + _SPARE, only=lambda _: table.left)
    sight = Sight(lambda: None, lambda _: None, lambda _: None)
    rows = best_rows(looking.store, texts, sought, limits, sight)
    ids = row_ids(looking.store, table.matching.docs, [row.number for row in rows])
    ranked = [Ranked(ids[row.number], looking.user_id, row.score) for row in rows if row.number in ids]
    return hits_of(looking.store, table.matching.docs.table, ranked, most)


def _merged(messages: Sequence[Hit], resources: Sequence[Hit], most: int) -> list[Hit]:
    """Messages and resources in one list, each kind in its order, one after the other by their scores."""
    top = {id(each): each.score / (kind[0].score or 1.0) for kind in (messages, resources) for each in kind}
    return sorted((*messages, *resources), key=lambda hit: -top[id(hit)])[:most]


def _nearest(looking: Looking, view: SearchView) -> tuple[FoundMoment, ...]:
    """What is near to words that nothing holds: by meaning where vectors are, or at another time."""
    request = Request(user_id=looking.user_id, limit=NEAREST, embedder=looking.embedder, warn=lambda _: None)
    try:
        found = find(looking.store, view.words, request)
    except UnknownUserError:
        return ()
    return _shown(looking, view, found.hits, ()).moments


def _of_time(looking: Looking, view: SearchView) -> SearchView:
    """What happened in a time, in its order: nothing was asked but that."""
    window = view.narrowed.window
    assert window is not None
    outline = read_outline(looking.store, looking.user_id)
    start, end = (microseconds(each) for each in (window.start, window.end))
    inside: Bools = (outline.starts < end) & ((outline.ends > start) | (outline.starts >= start))
    chosen = np.flatnonzero(inside & _narrowed_in(outline, view.narrowed))
    few = chosen[: _most(view.narrowed, "moments")]
    moments = _rows(looking, "moments", outline.ids.take(few).to_pylist())
    items = [hit for table in ("messages", "resources") for hit in _items_in(looking, view.narrowed, table)]
    raw = ("messages", "resources")
    counts = (
        Chip("moments", len(chosen)),
        *(Chip(table, looking.store.count(table, _in(looking, window))) for table in raw),
    )
    view = replace(
        view,
        tables=counts,
        types=tuple(Chip(*each) for each in outline.counts_by_type(inside).items()),
        people=_people(outline, inside, looking.user_id),
        days=len(np.unique(outline.days[chosen])),
        histogram=histogram(outline.days, looking.calendar, **_life(looking, len(outline) > 0)),
    )
    in_order = sorted(items, key=lambda hit: (hit.occurred_at, hit.id))
    return _shown(looking, view, moments, in_order[: _most(view.narrowed, "items")])


def _items_in(looking: Looking, narrowed: Narrowed, table: str) -> list[Hit]:
    """The first messages or documents of a time, unless moments of some kind are looked for."""
    window = narrowed.window
    is_left_out = narrowed.moment_type or narrowed.person or narrowed.table not in ("all", table)
    if window is None or is_left_out:
        return []
    rows = looking.store.read(table, ["id", "created_at"], _in(looking, window))
    first = rows.sort_by([("created_at", "ascending"), ("id", "ascending")])["id"]
    return _rows(looking, table, first.slice(0, _most(narrowed, "items")).to_pylist())


def _rows(looking: Looking, table: str, ids: Sequence[str]) -> list[Hit]:
    """Some rows as a search gives them, in the order given."""
    ranked = [Ranked(each, looking.user_id, 1.0) for each in ids]
    return hits_of(looking.store, table, ranked, len(ranked))


def _narrowed_in(outline: Outline, narrowed: Narrowed) -> Bools:
    chosen: Bools = np.ones(len(outline), bool)
    if narrowed.moment_type is not None:
        chosen &= outline.of_type(narrowed.moment_type)
    if narrowed.person is not None:
        chosen &= outline.with_person(narrowed.person)
    return chosen


def _in(looking: Looking, window: Window) -> str | None:
    return all_of(_of(looking), within("created_at", window))


def _of(looking: Looking) -> str:
    return equals("user_id", looking.user_id)
