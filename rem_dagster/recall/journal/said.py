"""What is a message or resource called where it is cited, and when was it said?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from rem_dagster.store.database import Store

SourceTable = Literal["messages", "resources"]
_MESSAGE = ("id", "user_id", "session_id", "role", "author", "trust", "created_at", "utc_offset_minutes")
_RESOURCE = (
    *("id", "user_id", "name", "category", "trust", "created_at", "active_start_time"),
    "utc_offset_minutes",
)
_BY_ROLE = {"assistant": "the assistant", "tool": "a tool", "system": "the system"}


@dataclass(frozen=True)
class Said:
    """A message or resource as a quote names it."""

    id: str
    table: SourceTable
    what: str
    """`Ana in chat “Standup”`, or `note “Plans”`."""
    at: datetime
    utc_offset_minutes: int | None = None
    """Of the place where it was written, where the source knew."""
    is_by_others: bool = False
    """Whether it is third-party text."""

    def clock_there(self, zone: ZoneInfo) -> str | None:
        """The time of day where it was written; None where clocks are those of the home."""
        if self.utc_offset_minutes is None:
            return None
        there = timedelta(minutes=self.utc_offset_minutes)
        return None if there == self.at.astimezone(zone).utcoffset() else f"{self.at + there:%H:%M}"


def said_by_id(store: Store, ids: Iterable[str], *, user_id: str) -> dict[str, Said]:
    """Messages and resources by id; what is gone or somebody else's is not there."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = store.read_in("messages", "id", wanted, _MESSAGE).to_pylist()
    messages = [row for row in rows if row["user_id"] == user_id]
    titles = titles_of(store, {row["session_id"] for row in messages})
    found = {row["id"]: said_in_message(row, titles.get(row["session_id"])) for row in messages}
    if rest := wanted - found.keys():
        rows = store.read_in("resources", "id", rest, _RESOURCE).to_pylist()
        found |= {row["id"]: said_in_resource(row) for row in rows if row["user_id"] == user_id}
    return found


def titles_of(store: Store, sessions: Iterable[str]) -> dict[str, str | None]:
    """The title of each session; one that is gone is not there."""
    wanted = set(sessions)
    rows = store.read_in("sessions", "id", wanted, ["id", "title"]).to_pylist() if wanted else []
    return {row["id"]: row["title"] for row in rows}


def said_in_message(row: Mapping[str, Any], title: str | None) -> Said:
    """A message's row with the title of its session."""
    who = row["author"] or _BY_ROLE.get(str(row["role"]))
    where = f"chat “{one_line(title)}”" if title and one_line(title) else "a chat"
    return Said(
        id=row["id"],
        table="messages",
        what=f"{one_line(who)} in {where}" if who else where,
        at=row["created_at"],
        utc_offset_minutes=row["utc_offset_minutes"],
        is_by_others=row["trust"] == "third_party",
    )


def said_in_resource(row: Mapping[str, Any]) -> Said:
    """A resource's row."""
    name, category = one_line(row["name"] or ""), row["category"] or "document"
    return Said(
        id=row["id"],
        table="resources",
        what=f"{category} “{name}”" if name else category,
        at=row["active_start_time"] or row["created_at"],
        utc_offset_minutes=row["utc_offset_minutes"],
        is_by_others=row["trust"] == "third_party",
    )


def one_line(text: str, *, most: int = 120) -> str:
    """A name on one line, cut where it is very long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
