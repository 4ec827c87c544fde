"""What does a dream read, and in which pieces?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from rem_dagster.model.correction import Correction
from rem_dagster.model.window import Window
from rem_dagster.model.words import Category, Role, Trust

ItemKind = Literal["message", "resource"]


@dataclass(frozen=True)
class DayItem:
    """One message or resource of a day, as the dream sees it.

    `text` is already redacted; a quote must be found in it. `handle` (`m17`, `r3`) is the alias by
    which a draft cites it: m and r count separately from 1 within the day, in time order.
    """

    handle: str
    source_id: str
    kind: ItemKind
    occurred_at: datetime
    ended_at: datetime
    """Where the item lasts (a call, an event); else equal to `occurred_at`."""
    text: str
    thread: str
    """What it belongs to: a message's session id, a commit's `repo`, another resource's document id."""
    role: Role | None = None
    author: str | None = None
    name: str | None = None
    category: Category | None = None
    session_title: str | None = None
    tags: tuple[str, ...] = ()
    uri: str | None = None
    trust: Trust = "own"
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """All that one dream reads: one user's local day. Items are in time order, ties by source id."""

    user_id: str
    day: date
    window: Window
    zone: ZoneInfo
    items: tuple[DayItem, ...]
    corrections: tuple[Correction, ...]
    input_digest: str
    input_hash: str
    items_hash: str = ""
    """The same of its items alone; equal to `input_hash` where nothing is corrected."""

    @property
    def partition_key(self) -> str:
        """The ISO day."""
        return self.day.isoformat()


@dataclass(frozen=True)
class Segment:
    """One call's work: a run of items that follow each other in time."""

    ordinal: int
    items: tuple[DayItem, ...]
