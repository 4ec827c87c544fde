"""Which messages, resources, moments or summaries answer a question?"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rem_dagster.errors import QueryError, UnknownUserError
from rem_dagster.llm.embedder import Embedder
from rem_dagster.model.near import meant
from rem_dagster.model.window import Window
from rem_dagster.recall.allowed import OF_CASES, members_of
from rem_dagster.recall.asked_words import Asked, asked_words, shares
from rem_dagster.recall.explain import matched_in, tells_of
from rem_dagster.recall.hits import SEARCHED, Hit, Matched, Ranked, SearchTable, hits_of
from rem_dagster.recall.likeness import Warn
from rem_dagster.recall.meant import meant_hits
from rem_dagster.recall.point_releases import WEIGHT as POINT_RELEASE_WEIGHT
from rem_dagster.recall.point_releases import with_point_releases
from rem_dagster.recall.ranking import Question
from rem_dagster.recall.request import Request, local_embedder
from rem_dagster.recall.scored import Limits, Scored, Sight, Sought, best_rows
from rem_dagster.recall.together import Placed, together
from rem_dagster.recall.typo import WEIGHT, Readings, Texts, read_mistyped
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.text.read import read_text, row_ids
from rem_dagster.store.text.tokens import tokens

__all__ = ["ALL", "SEARCHED", "Found", "Hit", "Matched", "Request", "SearchTable", "find", "search"]

log = logging.getLogger(__name__)
ALL = "all"
_SPARE = 10
"""Candidates beyond the limit, for rows that were deleted since the index was made."""


@dataclass(frozen=True)
class Found:
    """What a search found, best first, and what whoever asked should know of how the query was read."""

    hits: list[Hit]
    notes: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    """What was looked for, as it is indexed; where a word was read as another, that one."""
    narrowed_by: tuple[str, ...] = ()
    """Phrases that were demanded, and what was left out, as they were typed."""


def search(
    store: Store,
    query: str,
    *,
    table: SearchTable = "moments",
    user_id: str | None = None,
    window: Window | None = None,
    case_id: str | None = None,
    phrases: Sequence[str] = (),
    without: Sequence[str] = (),
    limit: int = 10,
    embedder: Callable[[], Embedder | None] = local_embedder,
    by_meaning_alone: bool = False,
    explain: bool = False,
    warn: Warn = log.warning,
) -> list[Hit]:
    """The rows that answer a question best, best first; ties in the order of time.

    Args:
        query: words; `"a phrase"` and `-word` hold as in `recall.asked_words`.
        table: one of the tables, or all of them in one order.
        user_id: search this user alone; None searches every user, each with own term statistics.
        window: only rows that share an instant with it.
        case_id: only messages of the case's sessions and moments that cite them.
        phrases: only rows that hold these words one behind the other.
        without: only rows that hold none of these words or phrases.
        limit: at most so many.
        embedder: gives what turns the question into a vector, used where rows have vectors of it;
            None from it leaves vectors out. One that sends texts away is given here on purpose.
        by_meaning_alone: rank by vectors, whatever the words; a score is then a cosine.
        explain: tell of each hit which signal gave what, and which words it holds.
        warn: told why a search goes by words alone though there are vectors.

    Returns:
        Nothing when the query has none but function words, or when none of its words occurs and no
        row has a vector that is like it.

    Raises:
        QueryError: there is no such table, the limit is negative, there is nothing to look for but what
            is to be left out, a case is asked of a table that has none, or `by_meaning_alone` has no vectors.
        UnknownUserError: nothing of the user is in this home.
        UnknownCaseError: no session that may be read belongs to the case.
        ModelError: the embedder failed, and words do not count.
        BudgetError: the same, for a limit on cost.
    """
    request = Request(
        *(table, user_id, window, case_id, phrases, without, limit, embedder, by_meaning_alone, explain, warn)
    )
    return find(store, query, request).hits


def find(store: Store, query: str, how: Request) -> Found:
    """What `search` returns, with what there is to be said of how the query was read.

    Raises:
        QueryError: as `search`, as are the others.
    """
    _check(how.table, how.limit)
    asked = asked_words(query, phrases=how.phrases, without=how.without)
    tables = _tables(how)
    notes = [*asked.notes]
    if how.table == ALL and how.case_id is not None:
        notes.append("A case is made of sessions: resources and summaries belong to none and are left out.")
    terms = (*asked.read_terms, *Question(asked.text, asked.terms).wanted)
    texts: dict[str, Texts] = {
        table: read_text(store, table, dict.fromkeys(terms), user_id=how.user_id) for table in tables
    }
    if how.user_id is not None and not any(texts.values()):
        _require_user(store, how.user_id)
    if how.by_meaning_alone:
        users = [docs for held in texts.values() for docs, _ in held]
        hits = meant_hits(store, asked, users, tables, how)
        return Found(hits, asked.notes, asked.terms, _narrowed_by(asked))
    readings, texts = read_mistyped(store, texts, asked)
    mending, texts = with_point_releases(store, texts, asked)
    question = _question(asked, readings, mending)
    placed = _placed(store, texts, Sought(question, asked), how, notes)
    hits = _hits(
        store,
        placed,
        how.limit,
        _matcher(asked, {**readings.stands_for, **mending}, question) if how.explain else None,
    )
    said = (*notes, *_said_of(readings, asked, hits))
    return Found(hits, said, question.terms, _narrowed_by(asked))


def _check(table: str, limit: int) -> None:
    if table != ALL and table not in SEARCHED:
        raise QueryError(
            f"There is no text index of {table!r}.{meant(table, (*SEARCHED, ALL))} One can search "
            f"{', '.join(SEARCHED)}, or all of them by {ALL!r}. Nothing was changed."
        )
    if limit < 0:
        raise QueryError(f"A search cannot return {limit} rows. Give a limit of 0 or more.")


def _require_user(store: Store, user_id: str) -> None:
    where = equals("user_id", user_id)
    if not any(store.count(table, where) for table in ("docs", "sessions", *SEARCHED)):
        raise UnknownUserError(
            f"Nothing of user {user_id!r} is in this home. `rem status` shows whose activity it holds; "
            "`rem import` brings activity in. Nothing was changed."
        )


def _tables(how: Request) -> tuple[str, ...]:
    if how.table != ALL:
        return (how.table,)
    return OF_CASES if how.case_id is not None else SEARCHED


def _question(asked: Asked, readings: Readings, mending: Mapping[str, str]) -> Question:
    """The terms that are looked for: where one was read as others, those, at a lower weight."""
    terms = dict.fromkeys(each for term in asked.terms for each in readings.meant.get(term, (term,)))
    weights = shares(asked.text) | dict.fromkeys(set(readings.stands_for) - set(asked.terms), WEIGHT)
    weights |= dict.fromkeys(mending, POINT_RELEASE_WEIGHT)
    return Question(asked.text, (*terms, *mending), weights)


def _placed(
    store: Store, texts: Mapping[str, Texts], sought: Sought, how: Request, notes: list[str]
) -> list[Placed]:
    """The best rows, a few more than asked for."""
    sight = Sight(cache(how.embedder), how.warn, notes.append)
    ranked: dict[str, list[Scored]] = {}
    for table, held in texts.items():
        limits = Limits(
            how.window, members_of(store, table, how.case_id, user_id=how.user_id), how.limit + _SPARE
        )
        ranked[table] = best_rows(store, held, sought, limits, sight)
    if how.table != ALL:
        return [Placed(how.table, each) for each in ranked[how.table]]
    return together(ranked, texts, sought.question)[: how.limit + _SPARE]


def _matcher(
    asked: Asked, stands_for: Mapping[str, str], question: Question
) -> Callable[[Scored], tuple[Matched, ...]]:
    """Tells which words of the question a row holds."""

    def matched(row: Scored) -> tuple[Matched, ...]:
        holding = {term: len(places.docs) for term, places in row.postings.items()}
        tells = tells_of(holding, len(row.corpus), question)
        return matched_in(row.number, row.postings, tells, asked, stands_for)

    return matched


def _hits(
    store: Store,
    placed: Sequence[Placed],
    limit: int,
    matcher: Callable[[Scored], tuple[Matched, ...]] | None,
) -> list[Hit]:
    """The rows that are still there, of all tables in one order."""
    ranked = {table: list[Ranked]() for table in dict.fromkeys(each.table for each in placed)}
    order: dict[tuple[str, str], int] = {}
    for each, identifier in _with_ids(store, placed):
        user = each.scored.corpus.docs.user_id
        told = (each.scored.signals, matcher(each.scored)) if matcher else ({}, ())
        ranked[each.table].append(Ranked(identifier, user, each.scored.score, *told))
        order[each.table, identifier] = len(order)
    hits = [hit for table, rows in ranked.items() for hit in hits_of(store, table, rows, limit)]
    return sorted(hits, key=lambda hit: order[hit.table, hit.id])[:limit]


def _with_ids(store: Store, placed: Sequence[Placed]) -> list[tuple[Placed, str]]:
    """The rows with their ids; without those whose part of the index was replaced meanwhile."""
    numbers: dict[int, list[Placed]] = {}
    for each in placed:
        numbers.setdefault(id(each.scored.corpus), []).append(each)
    ids: dict[tuple[int, int], str] = {}
    for corpus, rows in numbers.items():
        docs = rows[0].scored.corpus.docs
        found = row_ids(store, docs, [each.scored.number for each in rows])
        ids |= {(corpus, number): identifier for number, identifier in found.items()}
    keys = [(id(each.scored.corpus), each.scored.number) for each in placed]
    return [(each, ids[key]) for each, key in zip(placed, keys, strict=True) if key in ids]


def _narrowed_by(asked: Asked) -> tuple[str, ...]:
    return (*(f'"{each.text}"' for each in asked.phrases), *(f"-{each.text}" for each in asked.without))


def _said_of(readings: Readings, asked: Asked, hits: Sequence[Hit]) -> list[str]:
    """What is said of words that were read as others, as they are written in what was found."""
    written = {term: repr(_as_written(term, hits)) for term in readings.stands_for}
    return [
        f"No {asked.words.get(term, term)!r}; searched for {' or '.join(written[each] for each in meant)}."
        for term, meant in readings.meant.items()
    ]


def _as_written(term: str, hits: Sequence[Hit]) -> str:
    words = (word for hit in hits for word in f"{hit.name or ''} {hit.text}".split())
    found = (word.strip(".,;:!?()[]\"'“”*`").lower() for word in words if term in tokens(word))
    return next((word for word in found if tokens(word) == [term]), term)
