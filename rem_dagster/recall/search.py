"""Which messages, resources or moments answer a question?"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np

from rem_dagster.errors import QueryError, UnknownUserError
from rem_dagster.llm.embedder import Embedder
from rem_dagster.llm.embedder_choice import find_local_embedder
from rem_dagster.model.window import Window
from rem_dagster.recall.corpus import Bools, Corpus, Reals
from rem_dagster.recall.likeness import Warn, likeness_of
from rem_dagster.recall.ranking import WEIGHTS, Candidates, Question, candidates, scores
from rem_dagster.recall.semantic import by_meaning
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in
from rem_dagster.store.text.read import UserDocs, read_text, row_ids
from rem_dagster.store.text.tokens import tokens

log = logging.getLogger(__name__)
SearchTable = Literal["messages", "resources", "moments"]
SEARCHED: tuple[str, ...] = ("messages", "resources", "moments")
MOST_TERMS = 200
"""Distinct terms of a question that count; the rest of a pasted page is ignored."""
_SPARE = 10
"""Candidates beyond the limit, for rows that were deleted since the index was made."""
_SHOWN = {
    "messages": ("native_id", "content", "created_at"),
    "resources": ("native_id", "content", "created_at", "name"),
    "moments": ("summary", "start_time", "name"),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_corpora: WeakKeyDictionary[UserDocs, Corpus] = WeakKeyDictionary()


@dataclass(frozen=True)
class Hit:
    """One row that was found; a greater score is better, and scores of one search can be compared."""

    id: str
    native_id: str
    """The source's own id; of a moment its id."""
    table: str
    score: float
    text: str
    occurred_at: datetime
    """When it was said or written; of a moment its start."""
    user_id: str
    name: str | None = None


def search(
    store: Store,
    query: str,
    *,
    table: SearchTable = "moments",
    user_id: str | None = None,
    window: Window | None = None,
    limit: int = 10,
    embedder: Callable[[], Embedder | None] = find_local_embedder,
    by_meaning_alone: bool = False,
    warn: Warn = log.warning,
) -> list[Hit]:
    """The rows that answer a question best, best first; ties in the order of time.

    Args:
        user_id: search this user alone; None searches every user, each with own term statistics.
        window: only rows that share an instant with it.
        limit: at most so many.
        embedder: gives what turns the question into a vector, used where rows have vectors of it;
            None from it leaves vectors out. One that sends texts away is given here on purpose.
        by_meaning_alone: rank by vectors, whatever the words; a score is then a cosine.
        warn: told why a search goes by words alone though there are vectors.

    Returns:
        Nothing when the query has none but function words, or when none of its words occurs and no
        row has a vector that is like it.

    Raises:
        QueryError: there is no such table, the limit is negative, or `by_meaning_alone` without vectors.
        UnknownUserError: nothing of the user is in this home.
        ModelError: the embedder failed, and words do not count.
        BudgetError: the same, for a limit on cost.
    """
    _check(table, limit)
    if by_meaning_alone:
        users = [docs for docs, _ in read_text(store, table, (), user_id=user_id)]
        if user_id is not None and not users:
            _require_user(store, user_id)
        near = by_meaning(
            *(store, query, users),
            table=table,
            user_id=user_id,
            window=window,
            limit=limit + _SPARE,
            embedder=embedder,
        )
        return _hits(store, table, {each.id: (each.user_id, each.cosine) for each in near})[:limit]
    question = Question(query, tuple(dict.fromkeys(tokens(query)))[:MOST_TERMS])
    texts = read_text(store, table, question.terms, user_id=user_id)
    if user_id is not None and not texts:
        _require_user(store, user_id)
    weights = WEIGHTS[table]
    alike = likeness_of(store, question, [docs for docs, _ in texts], embedder, warn)
    found = []
    for docs, postings in texts:
        corpus = _corpus(docs, reach=weights.reach)
        allowed = _allowed(docs, window)
        few = candidates(
            *(corpus, postings, question), weights=weights, allowed=allowed, likeness=alike.get(docs)
        )
        if few is not None:
            found.append((docs, few))
    ranked = scores([few for _, few in found], weights)
    best = _best(found, ranked, limit + _SPARE)
    return _hits(store, table, _rows(store, best))[:limit]


def _check(table: str, limit: int) -> None:
    if table not in SEARCHED:
        raise QueryError(
            f"There is no text index of {table!r}; search one of {', '.join(SEARCHED)}. Nothing was changed."
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


def _corpus(docs: UserDocs, *, reach: int) -> Corpus:
    corpus = _corpora.get(docs)
    if corpus is None:
        corpus = _corpora[docs] = Corpus(docs, reach=reach)
    return corpus


def _allowed(docs: UserDocs, window: Window | None) -> Bools | None:
    """Rows that overlap the window; a point in time counts as overlapping from its instant on."""
    if window is None:
        return None
    start, end = (_microseconds(instant) for instant in (window.start, window.end))
    result: Bools = (docs.started_at < end) & ((docs.ended_at > start) | (docs.started_at >= start))
    return result


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _best(
    found: Sequence[tuple[UserDocs, Candidates]], ranked: Sequence[Reals], limit: int
) -> list[tuple[UserDocs, int, float]]:
    """The best rows of all users together: docs, number, score."""
    best = [
        (-float(values[place]), int(docs.started_at[few.numbers[place]]), docs.user_id, place, docs, few)
        for (docs, few), values in zip(found, ranked, strict=True)
        for place in np.argsort(-values, kind="stable")[:limit].tolist()
    ]
    best.sort(key=lambda each: each[:4])
    return [(docs, int(few.numbers[place]), -score) for score, _, _, place, docs, few in best[:limit]]


def _rows(store: Store, best: Sequence[tuple[UserDocs, int, float]]) -> dict[str, tuple[str, float]]:
    """Row id -> user and score, best first."""
    numbers: dict[UserDocs, list[int]] = {}
    for docs, number, _ in best:
        numbers.setdefault(docs, []).append(number)
    ids = {docs: row_ids(store, docs, held) for docs, held in numbers.items()}
    return {ids[docs][number]: (docs.user_id, score) for docs, number, score in best if number in ids[docs]}


def _hits(store: Store, table: str, wanted: Mapping[str, tuple[str, float]]) -> list[Hit]:
    """The rows that are still there, in the order given."""
    where = all_of(is_in("id", wanted), is_in("user_id", {user for user, _ in wanted.values()}))
    rows = store.read(table, ["id", "user_id", *_SHOWN[table]], where) if wanted else None
    shown = {row["id"]: row for row in rows.to_pylist()} if rows is not None else {}
    return [
        _hit(table, shown[identifier], score)
        for identifier, (user, score) in wanted.items()
        if identifier in shown and shown[identifier]["user_id"] == user
    ]


def _hit(table: str, row: Mapping[str, Any], score: float) -> Hit:
    return Hit(
        id=row["id"],
        native_id=row.get("native_id") or row["id"],
        table=table,
        score=score,
        text=row["summary"] if table == "moments" else row["content"],
        occurred_at=row["start_time" if table == "moments" else "created_at"],
        user_id=row["user_id"],
        name=row.get("name"),
    )
