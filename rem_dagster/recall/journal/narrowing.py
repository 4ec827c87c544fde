"""Which rows of a table match some words, and which of them does each narrowing leave?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np

from rem_dagster.llm.embedder import Embedder
from rem_dagster.model.window import Calendar
from rem_dagster.recall.corpus import Bools
from rem_dagster.recall.journal.found import Narrowed
from rem_dagster.recall.journal.matching import Matching
from rem_dagster.recall.journal.outline import Ints, Outline
from rem_dagster.store.database import Store
from rem_dagster.store.text.read import all_row_ids

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Looking:
    """Whose rows are looked through, and how time is told there."""

    store: Store
    user_id: str
    calendar: Calendar
    now: datetime
    embedder: Callable[[], Embedder | None] = lambda: None
    """Used where no word was found, to say what is near."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """The rows of one table that match, and which of them each narrowing leaves."""

    looking: Looking
    outline: Outline
    matching: Matching
    narrowed: Narrowed

    @property
    def is_moments(self) -> bool:
        """Whether they are moments, of which the outline knows type and people."""
        return self.matching.docs.table == "moments"

    @cached_property
    def places(self) -> Ints:
        """Of each row of moments its place in the outline; -1 of a prediction."""
        return self.outline.places_of(all_row_ids(self.looking.store, self.matching.docs))

    @cached_property
    def words(self) -> Bools:
        """Rows that match by their words."""
        return self.matching.is_match & (self.places >= 0) if self.is_moments else self.matching.is_match

    @cached_property
    def in_time(self) -> Bools:
        """Rows of the time that is looked at."""
        docs, window = self.matching.docs, self.narrowed.window
        if window is None:
            return np.ones(len(docs), bool)
        start, end = (microseconds(each) for each in (window.start, window.end))
        is_in: Bools = (docs.started_at < end) & ((docs.ended_at > start) | (docs.started_at >= start))
        return is_in

    @cached_property
    def of_type(self) -> Bools:
        """Rows of the type that is looked for: moments alone have one."""
        wanted = self.narrowed.moment_type
        if wanted is None:
            return np.ones(len(self.matching.docs), bool)
        if not self.is_moments:
            return np.zeros(len(self.matching.docs), bool)
        return self._chosen(self.outline.of_type(wanted))

    @cached_property
    def with_person(self) -> Bools:
        """Moments that name somebody, and what they wrote or is written of them."""
        wanted = self.narrowed.person
        if wanted is None:
            return np.ones(len(self.matching.docs), bool)
        if not self.is_moments:
            return self.matching.by_author(wanted)
        return self._chosen(self.outline.with_person(wanted))

    @cached_property
    def left(self) -> Bools:
        """Rows that pass all narrowings but that of the table."""
        left: Bools = self.words & self.in_time & self.of_type & self.with_person
        return left

    def of_outline(self, rows: Bools) -> Bools:
        """Which moments of the outline some rows are."""
        found = np.zeros(len(self.outline), bool)
        found[self.places[rows]] = True
        return found

    def days(self, rows: Bools) -> Ints:
        """The ordinals of the local days of some rows."""
        if self.is_moments:
            return self.outline.days[self.places[rows]]
        return local_days(self.matching.docs.started_at[rows], self.looking.calendar)

    def _chosen(self, of_outline: Bools) -> Bools:
        chosen: Bools = np.append(of_outline, False)[self.places]
        return chosen


def local_days(instants: Ints, calendar: Calendar) -> Ints:
    """The ordinal of the local day of each instant (microseconds since 1970).

    Instants of one UTC hour mostly lie on one day, so that few are looked at one by one.
    """
    quarters, at = np.unique(np.asarray(instants, np.int64) // 900_000_000, return_inverse=True)
    days = [calendar.day_of(_instant(quarter * 900_000_000)).toordinal() for quarter in quarters.tolist()]
    return np.array(days, np.int64)[at] if days else np.empty(0, np.int64)


def microseconds(instant: datetime) -> int:
    """Of an instant, since 1970 in UTC."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
