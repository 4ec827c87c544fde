"""What did somebody mean to do, of which nothing tells that it was done?

    Mon  "I'll book the flight"        ○ open
    Tue  nothing of it                 ○ carried on
    Wed  "Flight is booked"            ● closed, by this sentence
    ...  two weeks without a word      · faded; listed on request

No model is asked: stems are compared (`threads_words`), and what closed a thread is told with it. A moment
that the user hid, or whose intention a later dream does not find, takes its threads with it. What the user
closed by hand is open on no page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.behind import Behind, Stored
from rem_dagster.recall.journal.closings import BY_HAND, Closing, closed_on, closings_in
from rem_dagster.recall.journal.threads_words import (
    Told,
    about,
    is_short_lived,
    is_thread,
    said_by,
    same_plan,
    sentences_of,
    shared_words,
    tells_of_done,
    verb_of,
    weights_of,
)
from rem_dagster.store.database import Store

FADES_AFTER = 14
"""Days after which an intention that nobody named again is no open thread any more."""
FADES_SOON = 3
"""Days after which one of its day alone fades, such as of "tonight"."""
LOOKED_BACK = 90
"""Days of which faded ones are listed."""
OWN = "own"


@dataclass(frozen=True)
class OpenThread:
    """An intention without a later outcome."""

    text: str
    since: date
    """The day on which it was first stated."""
    moment_id: str
    """Of the moment that stated it last."""
    source_ids: tuple[str, ...]
    moment_name: str
    last: date
    """The day on which it was last stated."""
    by: str | None = None
    """Who else stated it; None is the user."""


@dataclass(frozen=True)
class ClosedThread:
    """An intention, and what tells that it was done."""

    thread: OpenThread
    outcome: str
    on: date
    moment_id: str | None
    """The moment that tells so; None where it is a commit or the day's summary, or the user closed it."""
    shared: tuple[str, ...]
    """The stems that both have."""


@dataclass(frozen=True)
class Threads:
    """What became of the intentions of some weeks, as of the end of a day."""

    open: tuple[OpenThread, ...]
    """The latest first, the user's own before those of others."""
    closed: tuple[ClosedThread, ...]
    """In the order in which they were closed."""
    faded: tuple[OpenThread, ...] = ()


@dataclass(frozen=True)
class _Sentence:
    told: Told
    at: datetime
    """When its moment had ended."""
    day: date
    moment_id: str | None


@dataclass(frozen=True)
class _Stated:
    thread: OpenThread
    stems: frozenset[str]
    verb: str | None
    at: datetime
    """When its moment began."""


def open_threads(
    store: Store, day: date, *, user_id: str, calendar: Calendar, fades_after: int = FADES_AFTER
) -> list[OpenThread]:
    """The open threads as of the end of a day, the latest first."""
    found = threads(store, day, user_id=user_id, calendar=calendar, fades_after=fades_after)
    return list(found.open)


def threads(
    store: Store,
    day: date,
    *,
    user_id: str,
    calendar: Calendar,
    fades_after: int = FADES_AFTER,
    with_faded: bool = False,
    behind: Behind | None = None,
) -> Threads:
    """The threads of the days up to one, as of its end.

    Args:
        behind: has read the weeks before the day already.
        fades_after: days for which a thread is carried on.
        with_faded: read further back, and tell those that faded too.
    """
    back = max(LOOKED_BACK, fades_after) if with_faded else fades_after
    behind = behind or Stored(store, user_id)
    rows = behind.moments(day - timedelta(days=back), day)
    stated = _stated(rows)
    if not stated:
        return Threads((), ())
    first = min(each.thread.since for each in stated)
    sentences = [
        *_sentences(rows, first),
        *_of_summaries(behind.summaries(first, day)),
        *_commits(behind.commits(first, day), calendar),
    ]
    weights = weights_of([each.told for each in sentences])
    closings = closings_in(behind.closings(), calendar)
    closed, left = list[ClosedThread](), list[OpenThread]()
    for each in stated:
        end = _end_of(each, sentences, weights) or _closed_by_hand(each.thread, closings)
        (left.append(each.thread) if end is None else closed.append(end))
    left.sort(key=_latest_first)
    faded = {each for each in left if (day - each.last).days > _carried(each, fades_after)}
    return Threads(
        open=tuple(each for each in left if each not in faded),
        closed=tuple(sorted(closed, key=lambda each: (each.on, each.thread.since, each.thread.text))),
        faded=tuple(each for each in left if each in faded),
    )


def _carried(thread: OpenThread, fades_after: int) -> int:
    """Days for which a thread is carried on."""
    return min(FADES_SOON, fades_after) if is_short_lived(thread.text) else fades_after


def _latest_first(thread: OpenThread) -> tuple[bool, int, str]:
    return thread.by is not None, -thread.last.toordinal(), thread.text


def _stated(rows: Iterable[Mapping[str, Any]]) -> list[_Stated]:
    """Each intention once; one that is stated again goes on under its latest words."""
    found: list[_Stated] = []
    for each in _every(rows):
        again = next(
            (
                place
                for place, had in enumerate(found)
                if had.thread.by == each.thread.by and same_plan(had.stems, each.stems)
            ),
            None,
        )
        if again is None:
            found.append(each)
        else:
            thread = replace(each.thread, since=found[again].thread.since)
            found[again] = replace(each, thread=thread)
    return found


def _every(rows: Iterable[Mapping[str, Any]]) -> Iterator[_Stated]:
    for row in rows:
        if row["trust"] != OWN:  # somebody else's page may say what its reader has to do
            continue
        day = date.fromisoformat(row["partition_key"])
        for intention in row["intentions"] or ():
            text = " ".join(intention["text"].split())
            by = said_by(text, row["people"] or ())
            if is_thread(text, by=by):
                thread = OpenThread(
                    text=text,
                    since=day,
                    moment_id=row["id"],
                    source_ids=tuple(intention["source_ids"] or ()),
                    moment_name=row["name"],
                    last=day,
                    by=by,
                )
                stems = about(text) - about(" ".join(row["people"] or ()))
                yield _Stated(thread, stems, verb_of(text), row["start_time"])


def _sentences(rows: Iterable[Mapping[str, Any]], first: date) -> Iterator[_Sentence]:
    """What moments tell, from a day on; plans are left out."""
    for row in rows:
        day = date.fromisoformat(row["partition_key"])
        if day < first or row["trust"] != OWN:
            continue
        where = (row["end_time"], day, row["id"])
        for outcome in row["outcomes"] or ():
            yield _Sentence(Told(outcome, about(outcome), is_sure=True), *where)
        if row["moment_type"] == "planning":
            continue
        told = [row["name"], *sentences_of(row["summary"] or "")]
        for text in (*told, *(fact["text"] for fact in row["facts"] or ())):
            if tells_of_done(text):
                yield _Sentence(Told(text, about(text)), *where)


def _of_summaries(rows: Iterable[Mapping[str, Any]]) -> Iterator[_Sentence]:
    """What is written of the days: it may tell what no moment does."""
    for row in rows:
        day = date.fromisoformat(row["partition_key"])
        for text in sentences_of(row["content"]):
            if tells_of_done(text):
                yield _Sentence(Told(text, about(text)), row["end_time"], day, None)


def _commits(rows: Iterable[Mapping[str, Any]], calendar: Calendar) -> Iterator[_Sentence]:
    """The subjects of commits: what they say is done, and not every one is an outcome of a moment."""
    for row in rows:
        told = Told(row["name"], about(row["name"]), is_sure=True)
        yield _Sentence(told, row["created_at"], calendar.day_of(row["created_at"]), None)


def _end_of(
    stated: _Stated, sentences: Sequence[_Sentence], weights: Mapping[str, float]
) -> ClosedThread | None:
    """The first sentence that tells that an intention was done; of a moment rather than of its commit.

    stated        ●
    may end it       ○   ○  ○    in the same moment, too: it may tell how it went on
    """
    ends = [
        (each, shared)
        for each in sentences
        if each.at >= stated.at
        and not _is_the_same_text(each.told.text, stated.thread.text)
        and (shared := shared_words(stated.stems, stated.verb, each.told, weights)) is not None
        and (each.moment_id != stated.thread.moment_id or each.told.is_sure or stated.verb in shared)
    ]
    if not ends:
        return None
    first, shared = min(
        ends, key=lambda end: (end[0].day, end[0].moment_id is None, not end[0].told.is_sure, end[0].at)
    )
    return ClosedThread(stated.thread, first.told.text, first.day, first.moment_id, shared)


def _closed_by_hand(thread: OpenThread, closings: Sequence[Closing]) -> ClosedThread | None:
    on = closed_on(thread.text, thread.last, closings)
    return None if on is None else ClosedThread(thread, BY_HAND, on, None, ())


def _is_the_same_text(one: str, other: str) -> bool:
    return one in other or other in one
