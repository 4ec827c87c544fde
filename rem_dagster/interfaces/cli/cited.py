"""What was it that a moment quotes, and when was it said?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rem_dagster.interfaces.cli.words import clean, clock
from rem_dagster.model.moment import Moment
from rem_dagster.store.database import Store

MESSAGE_COLUMNS = ("id", "session_id", "role", "author", "trust", "created_at", "utc_offset_minutes")
RESOURCE_COLUMNS = (
    *("id", "name", "category", "trust", "created_at", "active_start_time", "utc_offset_minutes"),
)
BY_OTHERS = "third-party"
"""What is said of a source that is neither the user's own words nor an answer to them."""


@dataclass(frozen=True)
class Cited:
    """A message or resource as a quote names it."""

    what: str
    at: datetime
    utc_offset_minutes: int | None = None
    """Of the place where it was written, when the source knew."""
    is_by_others: bool = False
    """Whether it is third-party text."""

    def named(self, zone: ZoneInfo) -> str:
        """`chat with Claude, 16:12`."""
        return f"{self.what}, {clock(self.at, zone)}" + (f", {BY_OTHERS}" if self.is_by_others else "")

    def clock_there(self, instant: datetime, zone: ZoneInfo) -> str | None:
        """An instant's time of day where this was written; None where clocks are those of the home."""
        if self.utc_offset_minutes is None:
            return None
        there = timedelta(minutes=self.utc_offset_minutes)
        return None if there == self.at.astimezone(zone).utcoffset() else f"{instant + there:%H:%M}"


def cited_by(store: Store, moments: Iterable[Moment]) -> Mapping[str, Cited]:
    """Every source that these moments quote, by its id; one that is gone is not there."""
    ids = {quote.source_id for moment in moments for quote in moment.evidence}
    if not ids:
        return {}
    messages = store.read_in("messages", "id", ids, MESSAGE_COLUMNS).to_pylist()
    sessions = {row["session_id"] for row in messages}
    titles = {
        row["id"]: row["title"]
        for row in (
            store.read_in("sessions", "id", sessions, ["id", "title"]).to_pylist() if sessions else ()
        )
    }
    found = {row["id"]: _message(row, titles.get(row["session_id"])) for row in messages}
    resources = ids - found.keys()
    if resources:
        rows = store.read_in("resources", "id", resources, RESOURCE_COLUMNS).to_pylist()
        found |= {row["id"]: _resource(row) for row in rows}
    return found


def _message(row: Mapping[str, object], title: str | None) -> Cited:
    said_by = row["author"] or {"assistant": "the assistant", "tool": "a tool"}.get(str(row["role"]))
    where = f"chat “{clean(title)}”" if title else "a chat"
    what = f"{clean(str(said_by))} in {where}" if said_by else where
    return Cited(what, _time(row["created_at"]), _offset(row), row["trust"] == "third_party")


def _resource(row: Mapping[str, object]) -> Cited:
    name = clean(str(row["name"] or ""))
    return Cited(
        f"{row['category'] or 'document'} “{name}”" if name else str(row["category"] or "document"),
        _time(row["active_start_time"] or row["created_at"]),
        _offset(row),
        row["trust"] == "third_party",
    )


def _time(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value


def _offset(row: Mapping[str, object]) -> int | None:
    value = row["utc_offset_minutes"]
    return value if isinstance(value, int) else None
