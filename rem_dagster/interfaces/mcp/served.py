"""Whose memory is served, which time is meant, and how are instants told?"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from rem_dagster.interfaces.bound import Bound
from rem_dagster.recall.journal.periods import week_named
from rem_dagster.recall.when import When, parse_when

_WEEK = re.compile(r"\d{4}-W\d\d")
SHORT_FOR = {"week": "this week", "month": "this month", "year": "this year"}


@dataclass(frozen=True)
class Served(Bound):
    """One user's memory, as every tool, resource and prompt sees it."""

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
