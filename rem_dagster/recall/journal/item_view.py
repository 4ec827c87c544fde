"""What does the page of a message, document or conversation tell?"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from rem_dagster.recall.journal.marking import Piece
from rem_dagster.recall.linked import Links

Table = Literal["messages", "resources", "sessions"]
PART = 20_000
"""Characters of a text that one page shows."""


@dataclass(frozen=True)
class Near:
    """A message beside the one that is shown."""

    id: str
    said_by: str
    at: datetime
    text: str
    is_cut: bool
    is_by_others: bool
    is_this: bool = False


@dataclass(frozen=True)
class CitedBy:
    """A moment that rests on it."""

    id: str
    name: str
    moment_type: str
    day: date
    is_quoting: bool
    """Whether it quotes words of it."""


@dataclass(frozen=True)
class Chunk:
    """A part of the same document as it was that day."""

    id: str
    number: int
    is_this: bool


@dataclass(frozen=True)
class ItemView:
    """All that the page of one stored item shows."""

    table: Table
    id: str
    title: str
    kind: str
    """`message`, `note`, `commit`, `conversation` and so on."""
    source: str
    """The kind of source that brought it."""
    day: date
    at: datetime
    ended_at: datetime | None = None
    said_by: str = ""
    is_by_others: bool = False
    sure: str = ""
    there: str | None = None
    """The time of day where it was written; None where clocks are those of the home."""
    text: tuple[Piece, ...] = ()
    start: int = 0
    """Where the part begins in the text, in characters."""
    length: int = 0
    """Characters of the whole text."""
    tools: tuple[str, ...] = ()
    """Names of the tools that the message called."""
    place: str = ""
    """Where it lies at its source: a path or an address, as text."""
    session_id: str | None = None
    session_title: str | None = None
    around: tuple[Near, ...] = ()
    """With the message itself where it is one."""
    before_left: int = 0
    """Messages that come before those around."""
    after_left: int = 0
    chunks: tuple[Chunk, ...] = ()
    moments: tuple[CitedBy, ...] = ()
    moments_left: int = 0
    links: Links = field(default_factory=Links)
    """What it links to, and what links to it, as its source says."""
    is_quote_here: bool = True
    """Whether the quote that was asked for stands in this part."""

    @property
    def next_start(self) -> int | None:
        """Where the next part begins; None after the last."""
        return self.start + PART if self.start + PART < self.length else None

    @property
    def previous_start(self) -> int | None:
        """Where the part before begins; None before the first."""
        return max(self.start - PART, 0) if self.start else None
