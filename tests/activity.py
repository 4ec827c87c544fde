"""Small days of real-looking activity, and homes filled with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.report import ImportReport
from rem_dagster.model.activity import Activity, MessageItem, ResourceItem, SessionItem
from rem_dagster.settings import Home
from rem_dagster.sources.source import Problem
from rem_dagster.store.database import Store
from rem_dagster.store.tables import TABLES, VOLATILE_COLUMNS
from tests.lives import LIVES

MONDAY = datetime(2025, 10, 6, 9, tzinfo=UTC)
LINES = (
    "I moved the release to Thursday after talking to Priya.",
    "The slow build was fsync, not the graph.",
    "Did you look at the recall numbers?",
    "Recall went from 91.2% to 95.4% with alpha 1.2.",
    "I am so frustrated with this flaky test.",
    "Tomorrow I will write the migration guide.",
    "Ana and I ran ten kilometres along the river.",
    "We agreed that Tomás owns the loader.",
)


@dataclass(frozen=True)
class ListSource:
    """A source that is a list."""

    items: tuple[Activity | Problem, ...]
    account: str = "list"
    kind: str = "list"

    @property
    def place(self) -> str:
        """Its account: a list lies nowhere."""
        return self.account

    def fingerprint(self) -> str | None:
        """A list has no state to remember."""
        return None

    def read(self) -> Iterator[Activity | Problem]:
        """The items in their order."""
        return iter(self.items)


def message(
    number: int,
    at: datetime,
    *,
    content: str | None = None,
    user: str | None = None,
    session: str | None = None,
) -> MessageItem:
    """One turn of a chat; the day's chat when no session is named."""
    return MessageItem(
        native_id=f"m{number}",
        user_id=user,
        session_native_id=session or f"chat-{at:%Y-%m-%d}",
        role="user" if number % 2 else "assistant",
        author="Inês" if number % 2 else "Priya",
        content=content or LINES[number % len(LINES)],
        created_at=at,
    )


def commit(number: int, at: datetime, subject: str, *, repo: str = "graphd") -> ResourceItem:
    """One commit."""
    return ResourceItem(
        native_id=f"{repo}@{number}",
        name=subject,
        content=subject,
        category="commit",
        created_at=at,
        metadata={"repo": repo, "author": "Inês Duarte", "files": ["src/graph.rs"]},
    )


def note(number: int, at: datetime, text: str) -> ResourceItem:
    """One note."""
    return ResourceItem(
        native_id=f"note-{number}", name=f"Note {number}", content=text, category="note", created_at=at
    )


def chat_day(day: int, *, turns: int = 6, user: str | None = None) -> list[Activity]:
    """A chat, two commits and a note on the day-th day after MONDAY."""
    start = MONDAY + timedelta(days=day)
    session = SessionItem(
        native_id=f"chat-{start:%Y-%m-%d}", user_id=user, created_at=start, title="Stand-up"
    )
    talk = [message(100 * day + n, start + timedelta(minutes=2 * n), user=user) for n in range(turns)]
    rest: list[Activity] = [
        commit(2 * day, start + timedelta(hours=2), "Fix the loader on empty files"),
        commit(2 * day + 1, start + timedelta(hours=3), f"Release 0.{day}.1"),
        note(day, start + timedelta(hours=9), "I read the paper on Vamana. Alpha prunes long edges."),
    ]
    return [session, *talk, *(each.model_copy(update={"user_id": user}) for each in rest)]


def fill(home: Home, store: Store, items: Iterable[Activity], *, user: str = "ines") -> ImportReport:
    """Import items as one source."""
    source, now = ListSource(tuple(items)), datetime(2025, 12, 1, tzinfo=UTC)
    return LIVES.step(
        home,
        store,
        ["fill", source, user],
        lambda: import_source(home, store, source, user_id=user, now=now),
    )


def rows(store: Store, table: str) -> list[dict[str, object]]:
    """A table's rows by id, without what may differ between two homes that hold the same."""
    columns = [name for name in TABLES[table].schema.names if name not in VOLATILE_COLUMNS]
    held: pa.Table = store.read(table, columns)
    return sorted(held.to_pylist(), key=lambda row: str(row["id"]))


def contents(store: Store, *, without: tuple[str, ...] = ("syncs",)) -> dict[str, list[dict[str, object]]]:
    """All tables but some, for comparing two homes.

    `replaced` is never among them: it tells how a home came to be as it is, which differs between two
    that hold the same.
    """
    return {table: rows(store, table) for table in TABLES if table not in without}
