"""What would be forgotten, and what does that cost the memory? Nothing is written to find out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rem_dagster.errors import InputError
from rem_dagster.ingest.forgetting.added import added_scope
from rem_dagster.ingest.forgetting.chosen import THINGS, Wanted, choose
from rem_dagster.ingest.forgetting.erase import doomed_rows
from rem_dagster.ingest.forgetting.scope import Scope, as_of_now, read_pending, scope_of, users_of
from rem_dagster.llm.answer_file import all_files, read_answer_files
from rem_dagster.llm.answers import answers_of
from rem_dagster.settings import Home
from rem_dagster.store.backup import backups_of
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in

LINES = 200
"""Items of which the first line is shown at most."""
LINE_CHARACTERS = 200


@dataclass(frozen=True)
class Line:
    """One item that goes."""

    thing: str
    """session, message or document."""
    id: str
    user_id: str
    at: datetime
    source: str
    author: str | None
    text: str
    """Its beginning, on one line."""


@dataclass(frozen=True)
class Plan:
    """What goes; `scope` has all of it by id."""

    scope: Scope
    lines: tuple[Line, ...] = ()
    """The items in the order of time, `LINES` at most."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Table -> rows that go; tables without any are left out."""
    answers: int = 0
    """Files of the cache whose answer goes."""
    model_days: int = 0
    """Days that a model made: it is asked again for what remains of them."""
    backups: tuple[str, ...] = ()
    """Places of backups, which are not looked into."""
    is_going_on: bool = False
    """Whether a killed forgetting is part of it."""
    user_id: str | None = None
    """Whose items and days are named; None is everybody's."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to forget."""
        return not self.scope.ids and not self.scope.conversations

    @property
    def days(self) -> Mapping[str, list[str]]:
        """User -> ISO days that are to be dreamt again, in order."""
        found = users_of(self.scope)
        return {user: days for user, days in found.items() if self.user_id in (None, user)}

    @property
    def items(self) -> int:
        """Sessions, messages and documents."""
        scope = self.scope
        return len(scope.messages) + len(scope.documents) + len(scope.sessions)


def plan_of(home: Home, store: Store, wanted: Wanted) -> Plan:
    """What `forget` would do; what a killed one left to be done is part of it.

    Raises:
        InputError: nothing was named, or something that is not stored and is not about to be forgotten.
    """
    pending = read_pending(home)
    scope = Scope()
    if not (pending and wanted.is_empty):
        scope = _scope(home, store, wanted, pending)
    whole = as_of_now(store, scope | pending) if pending else scope
    answers = answers_of(home)
    return Plan(
        scope=whole,
        lines=tuple(_lines(store, whole, wanted.user_id)),
        rows={table: count for table, count in doomed_rows(store, whole).items() if count},
        answers=sum(
            held.outcome == "answered" and not (whole.sources | whole.moments).isdisjoint(held.source_ids)
            for _, held in read_answer_files(answers, list(all_files(answers)))
            if not isinstance(held, Exception)
        ),
        model_days=_model_days(store, whole),
        backups=tuple(backups_of(home.path, store)),
        is_going_on=pending is not None,
        user_id=wanted.user_id,
    )


def _scope(home: Home, store: Store, wanted: Wanted, pending: Scope | None) -> Scope:
    try:
        return scope_of(store, choose(home, store, wanted)) | added_scope(store, wanted)
    except InputError:
        if pending is None:
            raise
        return Scope()  # the killed forgetting that is gone on with had deleted it already


def _lines(store: Store, scope: Scope, user_id: str | None) -> list[Line]:
    """The items of one user, or of all: a killed forgetting may have been about somebody else's."""
    found = [
        *_of(store, "messages", scope.messages, ["author", "role", "content"]),
        *_of(store, "sessions", scope.sessions, ["title"]),
    ]
    documents: dict[str, Line] = {}
    for line in _of(store, "resources", scope.documents, ["name", "content"]):
        documents.setdefault(line.id, line)
    found += documents.values()
    shown = [line for line in found if user_id in (None, line.user_id)]
    return sorted(shown, key=lambda line: (line.at, line.thing, line.id))[:LINES]


def _of(store: Store, table: str, ids: Iterable[str], columns: Sequence[str]) -> list[Line]:
    """The items of one table; those of a document are its rows, the first chunk first."""
    if not ids:
        return []
    thing, column = THINGS[table]
    common = [column, "user_id", "created_at", "source", *columns]
    rows = store.read_in(table, column, ids, common).to_pylist()
    rows.sort(key=lambda row: row["created_at"])
    return [
        Line(
            thing=thing,
            id=row[column],
            user_id=row["user_id"],
            at=row["created_at"],
            source=row["source"],
            author=row.get("author") or row.get("role"),
            text=_beginning(row),
        )
        for row in rows
    ]


def _beginning(row: Mapping[str, Any]) -> str:
    text = row.get("name") or row.get("title") or row.get("content") or ""
    return " ".join(text[: LINE_CHARACTERS * 2].split())[:LINE_CHARACTERS]


def _model_days(store: Store, scope: Scope) -> int:
    days = {day for _, day in scope.days}
    where = all_of(equals("engine", "llm"), is_in("partition_key", days)) if days else "false"
    rows = store.read("dreams", ["user_id", "partition_key"], where).to_pylist()
    return sum((row["user_id"], row["partition_key"]) in scope.days for row in rows)
