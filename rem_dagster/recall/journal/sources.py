"""Which messages and documents does a day hold, and how is each named where it is quoted?"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rem_dagster.recall.journal.words import clock, counted, listed
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days

MESSAGE_COLUMNS = ("id", "session_id", "role", "author", "trust", "created_at")
RESOURCE_COLUMNS = (
    *("id", "name", "category", "trust", "created_at", "active_start_time", "active_end_time"),
)
ROWS: Mapping[str, tuple[str, str]] = {
    "chat": ("Chats", "message"),
    "note": ("Notes", "note"),
    "commit": ("Commits", "commit"),
    "event": ("Calendar", "event"),
    "transcript": ("Calls", "transcript"),
    "email": ("Mail", "mail"),
    "document": ("Documents", "document"),
    "web": ("Web", "page"),
    "other": ("Other", "item"),
}
"""Kind of source -> what its row is called, and one of it; in the order of the rows."""
LONGEST_NAME = 120
SAID_BY = {"assistant": "the assistant", "tool": "a tool", "system": "the system"}


@dataclass(frozen=True)
class SourceItem:
    """A message or document of a day."""

    id: str
    kind: str
    """One of `ROWS`."""
    at: datetime
    ended_at: datetime
    """Where it lasts, as an event does; else equal to `at`."""
    title: str | None
    """Of its conversation; of a document its own."""
    said_by: str | None = None
    is_by_others: bool = False
    """Whether it is neither the user's own words nor an answer to them."""

    @property
    def table(self) -> str:
        """Where it is stored."""
        return "messages" if self.kind == "chat" else "resources"

    @property
    def what(self) -> str:
        """`Priya in chat “Stand-up”`, `note “Alpha”`."""
        noun = "chat" if self.kind == "chat" else ROWS[self.kind][1]
        name = f"{noun} “{_short(self.title)}”" if self.title else f"a {noun}"
        return f"{_short(self.said_by)} in {name}" if self.said_by else name

    def named(self, zone: ZoneInfo) -> str:
        """`chat “Stand-up”, 16:12`."""
        return f"{self.what}, {clock(self.at, zone)}" + (", third-party" if self.is_by_others else "")


def items_between(
    store: Store, first: date, last: date, *, user_id: str
) -> dict[date, dict[str, SourceItem]]:
    """The messages and documents of one user's days by id, those of a day in the order of time.

    Args:
        last: included.
    """
    where = all_of(equals("user_id", user_id), in_days(first.isoformat(), last.isoformat()))
    messages = store.read("messages", (*MESSAGE_COLUMNS, "partition_key"), where).to_pylist()
    resources = store.read("resources", (*RESOURCE_COLUMNS, "partition_key"), where).to_pylist()
    days = {row["id"]: row["partition_key"] for row in (*messages, *resources)}
    found: dict[date, dict[str, SourceItem]] = {}
    for identifier, item in _by_id(store, messages, resources).items():
        found.setdefault(date.fromisoformat(days[identifier]), {})[identifier] = item
    return found


def items_named(store: Store, ids: Collection[str], *, user_id: str) -> dict[str, SourceItem]:
    """Some of one user's messages and documents by id; one that is gone is not there."""
    if not ids:
        return {}
    messages = store.read_in("messages", "id", ids, (*MESSAGE_COLUMNS, "user_id")).to_pylist()
    rest = set(ids) - {row["id"] for row in messages}
    resources = (
        store.read_in("resources", "id", rest, (*RESOURCE_COLUMNS, "user_id")).to_pylist() if rest else []
    )
    return _by_id(
        store, *([row for row in rows if row["user_id"] == user_id] for rows in (messages, resources))
    )


def counts_in_words(kinds: Iterable[str]) -> str:
    """`41 messages, 3 notes and 2 commits`, of a kind for each item."""
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
    said = [
        f"{counts[kind]:,} mail" if noun == "mail" else counted(counts[kind], noun)
        for kind, (_, noun) in ROWS.items()
        if kind in counts
    ]
    return listed(said, most=len(ROWS))


def _short(name: str) -> str:
    """A name on one line, cut where it is very long."""
    flat = " ".join(name[: 4 * LONGEST_NAME].split())
    return flat if len(flat) <= LONGEST_NAME else flat[: LONGEST_NAME - 1] + "…"


def _by_id(
    store: Store, messages: list[dict[str, Any]], resources: list[dict[str, Any]]
) -> dict[str, SourceItem]:
    titles = _titles(store, {row["session_id"] for row in messages})
    found = [_of_message(row, titles.get(row["session_id"])) for row in messages]
    found += [_of_resource(row) for row in resources]
    return {each.id: each for each in sorted(found, key=lambda each: (each.at, each.id))}


def _titles(store: Store, sessions: Collection[str]) -> Mapping[str, str | None]:
    if not sessions:
        return {}
    rows = store.read_in("sessions", "id", sessions, ["id", "title"]).to_pylist()
    return {row["id"]: row["title"] for row in rows}


def _of_message(row: Mapping[str, Any], title: str | None) -> SourceItem:
    return SourceItem(
        id=row["id"],
        kind="chat",
        at=row["created_at"],
        ended_at=row["created_at"],
        title=title,
        said_by=row["author"] or SAID_BY.get(row["role"]),
        is_by_others=row["trust"] == "third_party",
    )


def _of_resource(row: Mapping[str, Any]) -> SourceItem:
    begun = row["active_start_time"] or row["created_at"]
    return SourceItem(
        id=row["id"],
        kind=row["category"] if row["category"] in ROWS else "other",
        at=begun,
        ended_at=max(row["active_end_time"] or begun, begun),
        title=row["name"] or None,
        is_by_others=row["trust"] == "third_party",
    )
