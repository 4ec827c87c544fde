"""What does a page about a search say?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from rem_dagster.model.window import Window
from rem_dagster.model.words import Trust
from rem_dagster.recall.hours import When
from rem_dagster.recall.journal.histogram import Histogram
from rem_dagster.recall.journal.marking import Piece
from rem_dagster.recall.journal.sources import SourceItem

Searched = Literal["all", "moments", "messages", "resources"]


@dataclass(frozen=True)
class Narrowed:
    """What a search is narrowed to, beside its words."""

    table: Searched = "all"
    moment_type: str | None = None
    person: str | None = None
    window: Window | None = None
    """Instants; wins over a time in the words."""
    as_words: bool = False
    """Whether a time in the words is no time but words."""
    limit: int | None = None
    """Moments, and as many items, that are shown; None is a first page of them."""


@dataclass(frozen=True)
class Chip:
    """One way to narrow a search further, with how many rows it would leave."""

    value: str
    count: int


@dataclass(frozen=True)
class FoundMoment:
    """A moment that was found."""

    id: str
    day: date
    """The local day on whose page it is."""
    start: datetime
    end: datetime
    moment_type: str
    title: tuple[Piece, ...]
    sentence: tuple[Piece, ...]
    quote: tuple[Piece, ...] = ()
    said: SourceItem | None = None
    """Where the quote stands."""
    trust: Trust | None = None


@dataclass(frozen=True)
class FoundItem:
    """A message or resource that was found."""

    id: str
    day: date
    said: SourceItem
    text: tuple[Piece, ...]
    moment_id: str | None = None
    moment_name: str | None = None


@dataclass(frozen=True)
class SearchView:
    """All that one page about a search shows."""

    query: str
    words: str = ""
    """The query without the time that it names."""
    when: When | None = None
    """The time that the query names."""
    narrowed: Narrowed = Narrowed()
    terms: tuple[str, ...] = ()
    """What was looked for, as it is indexed."""
    notes: tuple[str, ...] = ()
    """What one should know of how the query was read."""
    tables: Sequence[Chip] = ()
    types: Sequence[Chip] = ()
    people: Sequence[Chip] = ()
    days: int = 0
    """Days on which a moment was found."""
    histogram: Histogram = field(default_factory=lambda: Histogram(()))
    counted: Literal["moments", "items"] = "moments"
    """What the histogram counts."""
    moments: tuple[FoundMoment, ...] = ()
    items: tuple[FoundItem, ...] = ()
    nearest: tuple[FoundMoment, ...] = ()
    """Where nothing was found: what is nearest in meaning, or in words without what narrows the search."""
    is_empty_home: bool = False

    @property
    def count(self) -> dict[str, int]:
        """How many rows of each table were found."""
        return {each.value: each.count for each in self.tables}

    @property
    def total(self) -> int:
        """How many rows were found."""
        return sum(self.count.values())

    @property
    def more_moments(self) -> int:
        """How many moments were found that are not shown."""
        shown = self.narrowed.table in ("all", "moments")
        return max(self.count.get("moments", 0) - len(self.moments), 0) if shown else 0

    @property
    def more_items(self) -> int:
        """How many messages and resources were found that are not shown."""
        held = {each: self.count.get(each, 0) for each in ("messages", "resources")}
        wanted = held.values() if self.narrowed.table == "all" else [held.get(self.narrowed.table, 0)]
        return max(sum(wanted) - len(self.items), 0)
