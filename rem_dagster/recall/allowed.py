"""Which rows may answer at all: of the time, the case and the words that are asked for?

All of it holds before the cut to the best rows, so that what is asked for is found however deep it lies.

    all rows of the user ─> in the time ─> of the case ─> hold every phrase's terms ─> hold no word left out
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce

import numpy as np

from rem_dagster.errors import QueryError
from rem_dagster.model.window import Window
from rem_dagster.recall.asked_words import Asked, Phrase, is_one_word, plain_words
from rem_dagster.recall.cases import sessions_of_case
from rem_dagster.recall.corpus import Bools, Numbers
from rem_dagster.recall.ranking import Candidates
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.text.read import Ints, Places, UserDocs, numbers_of, row_ids

MOST_CHECKED = 50_000
"""Rows whose text is read to see whether they hold a phrase; of more, those not read are left out."""
FIRST_CHECKED = 1_000
TEXTS: Mapping[str, tuple[str, ...]] = {
    "messages": ("content",),
    "resources": ("name", "content"),
    "moments": ("name", "summary", "search_text"),
    "summaries": ("name", "content"),
}
"""The columns in which a phrase may stand."""
OF_CASES = ("messages", "moments")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Members:
    """The rows of a case in one table: ISO day by id, by user."""

    days: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, user_id: str) -> Mapping[str, str]:
        """Those of one user."""
        return self.days.get(user_id, {})


def members_of(store: Store, table: str, case_id: str | None, *, user_id: str | None) -> Members | None:
    """The messages of a case's sessions, or the moments that cite one of them; None without a case.

    Raises:
        QueryError: rows of the table belong to no session.
        UnknownCaseError: no session that may be read belongs to the case.
    """
    if case_id is None:
        return None
    if table not in OF_CASES:
        raise QueryError(
            f"A case is made of sessions: messages and moments belong to it, {table} do not. Search "
            f"--schema messages or --schema moments for case {case_id!r}. Nothing was changed."
        )
    sessions = sessions_of_case(store, case_id, user_id=user_id)
    of_user = equals("user_id", user_id) if user_id is not None else None
    days: dict[str, dict[str, str]] = {}
    columns = ["id", "user_id", "partition_key"]
    if table == "messages":
        rows = store.read_in(table, "session_id", sessions, columns).to_pylist()
    else:
        rows = [
            row
            for row in store.read(table, [*columns, "session_ids"], of_user).to_pylist()
            if not sessions.isdisjoint(row["session_ids"] or ())
        ]
    for row in rows:
        days.setdefault(row["user_id"], {})[row["id"]] = row["partition_key"]
    return Members(days)


def allowed_rows(
    store: Store,
    docs: UserDocs,
    postings: Mapping[str, Places],
    asked: Asked,
    *,
    window: Window | None,
    members: Members | None,
) -> Bools | None:
    """The rows of one user that may answer, as far as the index tells; None is all of them."""
    parts: list[Bools] = []
    if window is not None:
        parts.append(_overlapping(docs, window))
    if members is not None:
        parts.append(_mask(docs, numbers_of(store, docs, members.of(docs.user_id))))
    parts += [_holding(docs, postings, each) for each in asked.phrases]
    parts += [~_holding(docs, postings, each) for each in asked.without if is_one_word(each)]
    return reduce(np.logical_and, parts) if parts else None


def checked(
    store: Store,
    docs: UserDocs,
    postings: Mapping[str, Places],
    asked: Asked,
    *,
    allowed: Bools | None,
    find: Callable[[Bools | None], Candidates | None],
    note: Callable[[str], None],
) -> Candidates | None:
    """The candidates whose text holds every phrase and none that is left out.

    Whichever candidate does not is no longer allowed, and the next best take its place, until all hold.

    Args:
        find: gives the best of the rows that are allowed.
        note: told where not all that may hold a phrase was read.
    """
    unwanted = [each for each in asked.without if not is_one_word(each)]
    found = find(allowed)
    if not asked.phrases and not unwanted:
        return found
    mask = np.ones(len(docs), np.bool_) if allowed is None else allowed.copy()
    unread = np.ones(len(docs), np.bool_)
    if not asked.phrases:
        unread = reduce(np.logical_or, [_holding(docs, postings, each) for each in unwanted])
    done, more = 0, FIRST_CHECKED
    while found is not None and (numbers := found.numbers[unread[found.numbers]]).size:
        if done >= MOST_CHECKED:
            note(f"The best {done:,} rows with these words were looked through for the exact phrase.")
            return find(mask & ~unread)
        numbers = np.union1d(numbers, np.flatnonzero(mask & unread)[: more - FIRST_CHECKED])
        unread[numbers] = False
        mask[numbers] = _pass(store, docs, numbers, asked.phrases, unwanted)
        done, more = done + len(numbers), more * 4
        found = find(mask)
    return found


def passing(store: Store, table: str, ids: Sequence[str], asked: Asked) -> set[str]:
    """Of some rows those whose text holds every phrase and nothing that is left out."""
    unwanted = list(asked.without)
    rows = store.read_in(table, "id", ids, ["id", *TEXTS[table]]).to_pylist()
    return {row["id"] for row in rows if _passes(_texts(table, row), asked.phrases, unwanted)}


def _pass(
    store: Store,
    docs: UserDocs,
    numbers: Numbers,
    phrases: Sequence[Phrase],
    unwanted: Sequence[Phrase],
) -> Bools:
    ids = row_ids(store, docs, numbers.tolist())
    rows = store.read_in(docs.table, "id", ids.values(), ["id", *TEXTS[docs.table]]).to_pylist()
    good = {row["id"] for row in rows if _passes(_texts(docs.table, row), phrases, unwanted)}
    return np.array([ids.get(number) in good for number in numbers.tolist()], np.bool_)


def _texts(table: str, row: Mapping[str, str | None]) -> list[str]:
    return [plain_words(row[column] or "") for column in TEXTS[table]]


def _passes(texts: Sequence[str], phrases: Sequence[Phrase], unwanted: Sequence[Phrase]) -> bool:
    return all(any(each.words in text for text in texts) for each in phrases) and not any(
        each.words in text for each in unwanted for text in texts
    )


def _holding(docs: UserDocs, postings: Mapping[str, Places], phrase: Phrase) -> Bools:
    """Rows that have all terms of a phrase; all rows where it has none."""
    total = np.ones(len(docs), np.bool_)
    for term in phrase.terms:
        total &= _mask(docs, postings[term].docs) if term in postings else False
    return total


def _mask(docs: UserDocs, numbers: Numbers | Ints) -> Bools:
    mask = np.zeros(len(docs), np.bool_)
    mask[numbers] = True
    return mask


def _overlapping(docs: UserDocs, window: Window) -> Bools:
    """Rows that overlap the window; a point in time counts as overlapping from its instant on."""
    start, end = (_microseconds(instant) for instant in (window.start, window.end))
    result: Bools = (docs.started_at < end) & ((docs.ended_at > start) | (docs.started_at >= start))
    return result


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)
