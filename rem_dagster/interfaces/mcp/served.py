"""Whose memory is served, which time is meant, and how are instants told?"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from rem_dagster.errors import InputError
from rem_dagster.memory import Memory
from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.periods import week_named
from rem_dagster.recall.when import When, parse_when
from rem_dagster.store.database import Store

_WEEK = re.compile(r"\d{4}-W\d\d")
SHORT_FOR = {"week": "this week", "month": "this month", "year": "this year"}


def utc_now() -> datetime:
    """The instant that it is."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Served:
    """One user's memory, as every tool, resource and prompt sees it."""

    memory: Memory
    now: Callable[[], datetime] = utc_now

    @property
    def user_id(self) -> str:
        """Whose memory it is.

        Raises:
            InputError: the memory is bound to nobody, so that an agent would see everybody's.
        """
        if self.memory.user_id is None:
            raise InputError("An agent sees one user's memory: open it with a user. Nothing was read.")
        return self.memory.user_id

    @property
    def store(self) -> Store:
        """The tables."""
        return self.memory.store

    @property
    def calendar(self) -> Calendar:
        """The local days of the home."""
        return self.memory.calendar

    @property
    def today(self) -> date:
        """The local day that it is."""
        return self.calendar.day_of(self.now())

    @property
    def fence_key(self) -> bytes:
        """What makes the marks of fences that no stored text can guess."""
        return bytes.fromhex(self.memory.home.file.hmac_key)

    def span(self, words: str) -> When:
        """The span that some words mean.

        Raises:
            WindowError: they name no time.
        """
        phrase = SHORT_FOR.get(words.strip().lower(), words)
        return parse_when(phrase, calendar=self.calendar, now=self.now())

    def days(self, words: str) -> tuple[date, date]:
        """First and last local day that the span of some words touches; of one under way, up to today."""
        if _WEEK.fullmatch(words.strip()):  # by the name that all pages give it, wherever weeks begin
            first = week_named(words.strip(), self.calendar)
            return first, first + timedelta(days=6)
        first, last = self.calendar.span_of(self.span(words).window)
        return first, max(first, min(last, self.today))

    def local(self, instant: datetime) -> str:
        """An instant in the home's zone, in ISO form with its offset."""
        return instant.astimezone(self.calendar.zone).isoformat(timespec="seconds")

    def clock(self, instant: datetime) -> str:
        """Its local time of day."""
        return f"{instant.astimezone(self.calendar.zone):%H:%M}"


def utc(instant: datetime) -> str:
    """An instant in UTC, in ISO form."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
