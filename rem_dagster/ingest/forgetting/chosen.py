"""Which stored items does somebody want forgotten?

    ids ∪ …  ∩  sessions ∪ …  ∩  sources ∪ …  ∩  people ∪ …  ∩  a window  ∩  what a search found

What is named in one way is put together, what is named in several ways must be meant by all of them. A
document goes with all its days and chunks or not at all: half of one would be filled up by the next import.
A conversation's own row, which holds its title, goes when it is named or when all its messages go.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import pyarrow as pa

from rem_dagster.errors import InputError, RemError
from rem_dagster.ingest.forgetting.named import Names, names_of
from rem_dagster.ingest.recognise import make_source
from rem_dagster.model.ids import derive_id
from rem_dagster.model.window import Window
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, any_of, equals, is_in, within

Thing = str
THINGS: Mapping[str, tuple[Thing, str]] = {
    "sessions": ("session", "id"),
    "messages": ("message", "id"),
    "resources": ("document", "document_id"),
}
"""Each raw table: what its rows are to a source, and the column that identifies one."""


@dataclass(frozen=True)
class Wanted:
    """What is to be forgotten, as somebody says it; None and empty say nothing of it."""

    ids: Sequence[str] = ()
    """Ours or the source's own, of messages, documents and their chunks, or sessions, which go whole; the
    id of a moment stands for what it cites."""
    sessions: Sequence[str] = ()
    """Conversations as a whole, and all that will ever be said in them."""
    sources: Sequence[str] = ()
    """`kind`, or `kind:account` where the account may be the place that was imported."""
    people: Sequence[str] = ()
    """What they said, and what names them."""
    window: Window | None = None
    """When it was said or written."""
    found: Sequence[str] | None = None
    """Rows that a search found."""
    everything: bool = False
    user_id: str | None = None
    """Whose; None is everybody's."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is named."""
        named = (self.ids, self.sessions, self.sources, self.people)
        return not any(named) and self.window is None and self.found is None and not self.everything


@dataclass(frozen=True)
class Chosen:
    """Items by their ids."""

    messages: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    """Whose own rows go."""
    conversations: frozenset[str] = frozenset()
    """Those among them that go for ever, with what is still to be said."""

    def __bool__(self) -> bool:
        return bool(self.messages or self.documents or self.sessions or self.conversations)

    def __or__(self, other: "Chosen") -> "Chosen":
        return Chosen(
            self.messages | other.messages,
            self.documents | other.documents,
            self.sessions | other.sessions,
            self.conversations | other.conversations,
        )

    def __and__(self, other: "Chosen") -> "Chosen":
        return Chosen(
            self.messages & other.messages,
            self.documents & other.documents,
            self.sessions & other.sessions,
            self.conversations & other.conversations,
        )


def choose(home: Home, store: Store, wanted: Wanted) -> Chosen:
    """The items that are wanted; nothing is written.

    Raises:
        InputError: nothing was named, or something that is not stored.
    """
    if wanted.is_empty:
        raise InputError("Nothing was named that is to be forgotten. Nothing was changed.")
    choosing = _Choosing(home, store, equals("user_id", wanted.user_id) if wanted.user_id else None)
    ways: list[Callable[[], Chosen]] = []
    if wanted.ids:
        ways.append(lambda: _any(map(choosing.by_id, wanted.ids)))
    if wanted.sessions:
        ways.append(lambda: _any(map(choosing.by_session, wanted.sessions)))
    if wanted.sources:
        ways.append(lambda: _any(map(choosing.by_source, wanted.sources)))
    if wanted.people:
        ways.append(lambda: choosing.by_people(names_of(store, wanted.people, choosing.of_user)))
    if (window := wanted.window) is not None:
        ways.append(lambda: choosing.where(within("created_at", window)))
    if (found := wanted.found) is not None:
        ways.append(lambda: choosing.by_rows(found))
    if wanted.everything:
        ways.append(lambda: choosing.where(None))
    return choosing.with_titles(reduce(Chosen.__and__, (way() for way in ways)))


class _Choosing:
    """One choice under way, among the rows of one user or of all."""

    def __init__(self, home: Home, store: Store, of_user: str | None) -> None:
        self.home, self.store, self.of_user = home, store, of_user

    def by_id(self, said: str) -> Chosen:
        same = any_of(equals("id", said), equals("native_id", said))
        messages = self._ids("messages", same)
        documents = self._ids("resources", any_of(same, equals("document_id", said)))
        sessions = self._ids("sessions", same) | self._ids(
            "messages", equals("session_id", said), "session_id"
        )
        found = Chosen(messages, documents) | self._conversations(sessions)
        if not found:
            found = self._cited_by(said)
        if not found:
            raise _unknown("message, document, session or moment", said)
        return found

    def by_session(self, said: str) -> Chosen:
        same = any_of(equals("id", said), equals("native_id", said))
        sessions = self._ids("sessions", same) | self._ids(
            "messages", equals("session_id", said), "session_id"
        )
        if not sessions:
            raise _unknown("session", said)
        return self._conversations(sessions)

    def by_source(self, said: str) -> Chosen:
        kind, _, account = said.partition(":")
        accounts = _accounts(self.home, kind, account) if account else None
        found = {
            table: self._of_source(table, kind, accounts) for table in ("messages", "resources", "sessions")
        }
        chosen = Chosen(found["messages"], found["resources"], found["sessions"])
        if not chosen:
            sources = sorted({each for table in THINGS for each in self._sources(table)})
            raise InputError(
                f"Nothing of source {said!r} is stored. There is {', '.join(sources) or 'nothing yet'}. "
                "Nothing was changed."
            )
        return chosen

    def by_people(self, names: Names) -> Chosen:
        columns = ["id", "author", "content", "metadata"]
        messages = {row["id"] for row in self._rows("messages", columns) if names.are_in(row)}
        columns = ["document_id", "name", "content", "metadata"]
        documents = {row["document_id"] for row in self._rows("resources", columns) if names.are_in(row)}
        return Chosen(frozenset(messages), frozenset(documents))

    def by_rows(self, ids: Sequence[str]) -> Chosen:
        same = is_in("id", ids)
        return Chosen(self._ids("messages", same), self._ids("resources", same))

    def where(self, condition: str | None) -> Chosen:
        return Chosen(
            self._ids("messages", condition),
            self._ids("resources", condition),
            self._ids("sessions", condition),
        )

    def with_titles(self, chosen: Chosen) -> Chosen:
        """The choice with just those sessions of which no message stays."""
        held = self._read("messages", ["id", "session_id"], None)
        goes = pa.compute.is_in(held["id"], value_set=pa.array(sorted(chosen.messages), pa.string()))
        going = frozenset(held.filter(goes)["session_id"].to_pylist())
        staying = frozenset(held.filter(pa.compute.invert(goes))["session_id"].to_pylist())
        sessions = (chosen.sessions | going | chosen.conversations) - staying
        return Chosen(chosen.messages, chosen.documents, sessions, chosen.conversations - staying)

    def _conversations(self, sessions: frozenset[str]) -> Chosen:
        messages = self._ids("messages", is_in("session_id", sessions)) if sessions else frozenset()
        return Chosen(messages, frozenset(), sessions, sessions)

    def _cited_by(self, moment_id: str) -> Chosen:
        cited: set[str] = set()
        for row in self._read("moments", ["evidence", "metadata"], equals("id", moment_id)).to_pylist():
            cited.update(each["source_id"] for each in row["evidence"] or ())
            cited.update(json.loads(row["metadata"] or "{}").get("source_ids") or ())
        return self.by_rows(sorted(cited)) if cited else Chosen()

    def _of_source(self, table: str, kind: str, accounts: Iterable[str] | None) -> frozenset[str]:
        thing, column = THINGS[table]
        columns = sorted({column, "user_id", "native_id"})
        rows = self._read(table, columns, equals("source", kind)).to_pylist()
        if accounts is None:
            return frozenset(row[column] for row in rows)
        wanted = sorted(accounts)  # an account is kept nowhere but in the ids
        return frozenset(
            row[column]
            for row in rows
            if any(
                derive_id(row["user_id"], kind, account, thing, row["native_id"]) == row[column]
                for account in wanted
            )
        )

    def _sources(self, table: str) -> list[str]:
        return [str(each) for each in self._read(table, ["source"], None)["source"].unique().to_pylist()]

    def _ids(self, table: str, condition: str | None, column: str | None = None) -> frozenset[str]:
        name = column or THINGS[table][1]
        return frozenset(self._read(table, [name], condition)[name].to_pylist())

    def _rows(self, table: str, columns: Sequence[str]) -> Iterable[Mapping[str, Any]]:
        for batch in self._read(table, columns, None).to_batches(max_chunksize=10_000):
            yield from batch.to_pylist()

    def _read(self, table: str, columns: Sequence[str], condition: str | None) -> pa.Table:
        return self.store.read(table, columns, all_of(self.of_user, condition))


def _any(parts: Iterable[Chosen]) -> Chosen:
    return reduce(Chosen.__or__, parts, Chosen())


def _accounts(home: Home, kind: str, account: str) -> set[str]:
    """The accounts that may be meant: as it stands, as a path, and as its kind of source would call it."""
    path = Path(account).expanduser()
    found = {account, str(path.absolute()), str(path.resolve())}
    try:
        found.add(make_source(kind, account, home=home).account)
    except RemError:
        pass  # it is gone from the disk, or no place but an account
    return found


def _unknown(what: str, said: str) -> InputError:
    return InputError(
        f"There is no {what} with the id {said!r} among what is asked about. Nothing was changed. "
        "`rem search WORDS --json` shows ids; --user names somebody else's."
    )
