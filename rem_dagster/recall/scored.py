"""Which rows of one table answer a question best, and what gave each its score?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from rem_dagster.llm.embedder import Embedder
from rem_dagster.model.window import Window
from rem_dagster.recall.alike import Likeness
from rem_dagster.recall.allowed import Members, allowed_rows, checked
from rem_dagster.recall.asked_words import Asked
from rem_dagster.recall.corpus import Bools, Corpus, Reals
from rem_dagster.recall.likeness import Warn, likeness_of
from rem_dagster.recall.ranking import WEIGHTS, Candidates, Question, Weights, candidates, contributions
from rem_dagster.recall.typo import Texts
from rem_dagster.store.database import Store
from rem_dagster.store.text.read import UserDocs, UserPostings

_corpora: WeakKeyDictionary[UserDocs, Corpus] = WeakKeyDictionary()


@dataclass(frozen=True)
class Sought:
    """What is looked for: the terms that rank rows, and the query that they come from."""

    question: Question
    asked: Asked


@dataclass(frozen=True)
class Sight:
    """What sees meaning, and who is told."""

    embedder: Callable[[], Embedder | None]
    warn: Warn
    """Told why there is no likeness of meaning."""
    note: Warn
    """Told where not all that may hold a phrase was read."""


@dataclass(frozen=True)
class Limits:
    """What a search is limited to, and how many rows it gives."""

    window: Window | None
    members: Members | None
    """The rows of a case; None is no case."""
    most: int
    only: Callable[[UserDocs], Bools | None] = lambda _: None
    """Which rows of a user may be found at all; None is all of them."""


@dataclass(frozen=True, eq=False)
class Scored:
    """A row with its score, and the text of its user in which it stands."""

    number: int
    score: float
    started_at: int
    """Microseconds since 1970."""
    corpus: Corpus
    postings: UserPostings
    signals: Mapping[str, float]
    """What each signal gave, by the name of its weight; their sum is the score."""
    cosine: float
    """How alike it is to the question in meaning; 0 where that is not known."""


@dataclass(frozen=True)
class _Found:
    corpus: Corpus
    postings: UserPostings
    few: Candidates


def best_rows(store: Store, texts: Texts, sought: Sought, limits: Limits, sight: Sight) -> list[Scored]:
    """The best rows of all users together, best first; ties in the order of time.

    Args:
        texts: of one table, of each user whose rows are searched; each has own term statistics.
    """
    if not texts:
        return []
    asked, question = sought.asked, sought.question
    weights = WEIGHTS[texts[0][0].table]
    alike = likeness_of(store, question, [docs for docs, _ in texts], sight.embedder, sight.warn)
    found: list[_Found] = []
    for docs, postings in texts:
        corpus = _corpus(docs, reach=weights.reach)
        allowed = allowed_rows(store, docs, postings, asked, window=limits.window, members=limits.members)
        only = limits.only(docs)
        allowed = only if allowed is None else allowed if only is None else allowed & only
        find = _finder(corpus, postings, question, weights, alike.get(docs))
        few = checked(store, docs, postings, asked, allowed=allowed, find=find, note=sight.note)
        if few is not None:
            found.append(_Found(corpus, postings, few))
    return _best(found, contributions([each.few for each in found], weights), limits.most)


def _finder(
    corpus: Corpus,
    postings: UserPostings,
    question: Question,
    weights: Weights,
    likeness: Likeness | None,
) -> Callable[[Bools | None], Candidates | None]:
    """Gives the candidates among the rows that are allowed."""
    return lambda allowed: candidates(
        corpus, postings, question, weights=weights, allowed=allowed, likeness=likeness
    )


def _corpus(docs: UserDocs, *, reach: int) -> Corpus:
    corpus = _corpora.get(docs)
    if corpus is None:
        corpus = _corpora[docs] = Corpus(docs, reach=reach)
    return corpus


def _best(found: Sequence[_Found], parts: Sequence[Mapping[str, Reals]], most: int) -> list[Scored]:
    best: list[tuple[float, int, str, int, int]] = []
    for at, (each, given) in enumerate(zip(found, parts, strict=True)):
        totals: Reals = np.sum(list(given.values()), axis=0)
        docs = each.corpus.docs
        best += [
            (-float(totals[place]), int(docs.started_at[each.few.numbers[place]]), docs.user_id, place, at)
            for place in np.argsort(-totals, kind="stable")[:most].tolist()
        ]
    return [
        _scored(found[at], parts[at], place, -score, started_at)
        for score, started_at, _, place, at in sorted(best)[:most]
    ]


def _scored(found: _Found, parts: Mapping[str, Reals], place: int, score: float, started_at: int) -> Scored:
    alike = found.few.alike
    return Scored(
        number=int(found.few.numbers[place]),
        score=score,
        started_at=started_at,
        corpus=found.corpus,
        postings=found.postings,
        signals={name: float(values[place]) for name, values in parts.items() if values[place]},
        cosine=float(alike.values[place]) if alike is not None else 0.0,
    )
