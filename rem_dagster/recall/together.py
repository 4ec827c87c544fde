"""How do hits of several tables come into one order?

Scores of a table say how much better one row answers than another of the same table: each signal is divided
by its maximum there. So every table's best would count alike, even where it holds one common word of the
question. Hence a table counts for as much as its best rows hold of the question by themselves, 0 to 1, by
term statistics of all its user's tables together. The order inside a table stays as it is.

    moments    best row holds .9 of the question     scores 0 … .9   and a little ahead
    messages   best row holds .9                     scores 0 … .9
    resources  best row holds .2                     scores 0 … .2
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rem_dagster.recall.explain import Tells, held_of, tells_of
from rem_dagster.recall.ranking import Question
from rem_dagster.recall.scored import Scored
from rem_dagster.recall.typo import Texts

MOMENT_AHEAD = 0.05
"""Of two rows that answer alike, the moment is the one that says what came of it, with its sources."""
LOOKED_AT = 10
"""First rows of a table of which one must hold much of the question."""


@dataclass(frozen=True)
class Placed:
    """A row of one of several tables."""

    table: str
    scored: Scored


def together(
    ranked: Mapping[str, Sequence[Scored]], texts: Mapping[str, Texts], question: Question
) -> list[Placed]:
    """The rows of several tables in one order, best first; ties in the order of time.

    Args:
        ranked: by table, best first.
        texts: by table, of which the term statistics are taken: each user's own, over all tables.
    """
    tells = _tells(texts, question)
    placed = [
        Placed(table, _scaled(each, share, rows[0].score, MOMENT_AHEAD if table == "moments" else 0.0))
        for table, rows in ranked.items()
        if rows and (share := _share(rows[:LOOKED_AT], tells)) > 0
        for each in rows
    ]
    return sorted(placed, key=lambda each: (-each.scored.score, each.scored.started_at, each.table))


def _tells(texts: Mapping[str, Texts], question: Question) -> Mapping[str, Tells]:
    """By user, how much each term tells of all rows of all tables."""
    held = [(docs, postings) for each in texts.values() for docs, postings in each]
    found: dict[str, Tells] = {}
    for user in {docs.user_id for docs, _ in held}:
        of_user = [(docs, postings) for docs, postings in held if docs.user_id == user]
        counts = {
            term: sum(len(postings[term].docs) for _, postings in of_user if term in postings)
            for term in question.terms
        }
        found[user] = tells_of(counts, sum(len(docs) for docs, _ in of_user), question)
    return found


def _share(rows: Sequence[Scored], tells: Mapping[str, Tells]) -> float:
    """How much one of these rows holds of the question, by its words or by what it means."""
    by_words = max(
        held_of(each.number, each.postings, tells[each.corpus.docs.user_id], each.corpus) for each in rows
    )
    return min(max(by_words, *(each.cosine for each in rows), 0.0), 1.0)


def _scaled(row: Scored, share: float, most: float, ahead: float) -> Scored:
    factor = share / most if most > 0 else 0.0
    signals = {name: value * factor for name, value in row.signals.items()}
    if ahead and signals:
        signals["moment"] = ahead * share
    return replace(row, score=row.score * factor + ahead * share, signals=signals)
