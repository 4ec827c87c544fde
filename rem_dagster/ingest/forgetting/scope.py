"""What goes with the items that are to be forgotten, and how is that remembered until all of it is gone?

    items ── their days ──┬── ledger, moments, mentions, edges, summary, what they were before
                          ├── links of the 30 days after
                          └── the weeks and months that hold them

The scope is kept in a file of the home, ids and days alone, from before the first deletion until after the
last: a killed `forget` is completed by the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from rem_dagster.errors import HomeError
from rem_dagster.ingest.forgetting.chosen import Chosen
from rem_dagster.ingest.forgetting.named import Names
from rem_dagster.ingest.tombstones import conversation
from rem_dagster.settings import Home, write_private
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in

FILE = "forgetting.json"
LINKED_DAYS = 30
"""How far links across days reach back."""
Day = tuple[str, str]
"""User and ISO day."""


@dataclass(frozen=True)
class Scope:
    """All ids and days that a forgetting is about."""

    messages: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    """Rows of those documents."""
    sessions: frozenset[str] = frozenset()
    conversations: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    """Sessions that lose messages and go on."""
    corrections: frozenset[str] = frozenset()
    moments: frozenset[str] = frozenset()
    """Those of the days, which go with them."""
    entities: frozenset[str] = frozenset()
    """Those of which the user said something, and that nothing else names."""
    days: frozenset[Day] = frozenset()
    owners: frozenset[tuple[str, str]] = frozenset()
    """User and identity of each item, for its tombstone."""

    @property
    def sources(self) -> frozenset[str]:
        """Every id by which something else may point at what goes."""
        return self.messages | self.documents | self.resources | self.sessions

    @property
    def ids(self) -> frozenset[str]:
        """Every id that is not to be found afterwards. Moments are left out: a day dreamt again may give
        one of the same id, from what remains."""
        return self.messages | self.documents | self.resources | self.sessions | self.corrections

    @property
    def day_keys(self) -> list[str]:
        """The slices of what was dreamt of the days."""
        return sorted(f"{user}/{day}" for user, day in self.days)

    @property
    def link_keys(self) -> list[str]:
        """The slices of links that may rest on the days."""
        return [f"{user}/{day}/link" for user, day in self.linked_days]

    @property
    def linked_days(self) -> list[Day]:
        """The days and the 30 after each."""
        return sorted(
            {(user, _after(day, more)) for user, day in self.days for more in range(LINKED_DAYS + 1)}
        )

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(*(getattr(self, each.name) | getattr(other, each.name) for each in fields(self)))


_FILED = TypeAdapter(Scope)


def scope_of(store: Store, chosen: Chosen) -> Scope:
    """What goes with a choice, by what is stored now."""
    messages = store.read_in(
        "messages", "id", chosen.messages, ["id", "user_id", "partition_key", "session_id"]
    ).to_pylist()
    resources = store.read_in(
        "resources", "document_id", chosen.documents, ["id", "user_id", "partition_key", "document_id"]
    ).to_pylist()
    sessions = store.read_in(
        "sessions", "id", chosen.sessions, ["id", "user_id", "partition_key"]
    ).to_pylist()
    days = frozenset((row["user_id"], row["partition_key"]) for row in (*messages, *resources, *sessions))
    owners = {(row["user_id"], row["id"]) for row in (*messages, *sessions)}
    owners |= {(row["user_id"], row["document_id"]) for row in resources}
    user_of = {row["session_id"]: row["user_id"] for row in messages}
    user_of |= {row["id"]: row["user_id"] for row in sessions}
    owners |= {(user_of[each], conversation(each)) for each in chosen.conversations if each in user_of}
    sources = chosen.messages | {row["id"] for row in resources} | chosen.documents
    keys = [f"{user}/{day}" for user, day in days]
    return Scope(
        messages=chosen.messages,
        documents=chosen.documents,
        resources=frozenset(row["id"] for row in resources),
        sessions=chosen.sessions,
        conversations=chosen.conversations,
        touched=frozenset(row["session_id"] for row in messages) - chosen.sessions,
        corrections=_corrections(store, sources),
        moments=frozenset(store.read_in("moments", "slice_key", keys, ["id"])["id"].to_pylist()),
        entities=_only_named_there(store, days, sources),
        days=days,
        owners=frozenset(owners),
    )


def as_of_now(store: Store, scope: Scope) -> Scope:
    """A scope with the moments that its days have now: they may have been dreamt again since."""
    moments = store.read_in("moments", "slice_key", scope.day_keys, ["id"])["id"].to_pylist()
    return replace(scope, moments=scope.moments | frozenset(moments))


def is_pending(home: Home) -> bool:
    """Whether a forgetting was begun and is not completed."""
    return (home.path / FILE).exists()


def read_pending(home: Home) -> Scope | None:
    """What a killed forgetting left to be done; None where there is none.

    Raises:
        HomeError: the file that says so cannot be read.
    """
    path = home.path / FILE
    try:
        return _FILED.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise HomeError(
            f"Could not read {path}, which says what is still to be forgotten: {error}. Nothing was changed. "
            "Remove it, then forget the same things again."
        ) from error


def write_pending(home: Home, scope: Scope) -> None:
    """Remember what is to be done until `end_pending`."""
    write_private(home.path / FILE, _FILED.dump_json(scope).decode() + "\n")


def end_pending(home: Home) -> None:
    """All of it was done."""
    Path(home.path / FILE).unlink(missing_ok=True)


def _corrections(store: Store, sources: Iterable[str]) -> frozenset[str]:
    """Corrections of moments that rest on what goes."""
    gone = frozenset(sources)
    rows = store.read("corrections", ["id", "target"]).to_pylist()
    return frozenset(row["id"] for row in rows if not gone.isdisjoint(row["target"] or ()))


def _only_named_there(store: Store, days: Iterable[Day], sources: Iterable[str]) -> frozenset[str]:
    """Of the entities of which the user said something, those that nothing names which stays.

    A mention lists all that its moments cite, so that the texts themselves are looked into.
    """
    users, gone = {user for user, _ in days}, frozenset(sources)
    said = all_of(equals("generated_by", "user"), is_in("user_id", users))
    edges = store.read("edges", ["source_id", "target_id"], said).to_pylist() if users else []
    ends = {each[end] for each in edges for end in ("source_id", "target_id")}
    keys = {f"{user}/{day}" for user, day in days}
    columns = ["entity_id", "slice_key", "name", "surface_forms", "source_ids"]
    mentions = store.read_in("mentions", "entity_id", ends, columns).to_pylist() if ends else []
    of_days = {row["entity_id"] for row in mentions if row["slice_key"] in keys}
    return frozenset(
        entity
        for entity in of_days
        if not _is_named(store, [row for row in mentions if row["entity_id"] == entity], gone)
    )


def _is_named(store: Store, mentions: Sequence[Mapping[str, Any]], gone: frozenset[str]) -> bool:
    """Whether something that stays names an entity."""
    names = Names(tuple({name for row in mentions for name in (row["name"], *(row["surface_forms"] or ()))}))
    ids = {each for row in mentions for each in row["source_ids"] or ()} - gone
    messages = store.read_in("messages", "id", ids, ["author", "content", "metadata"]).to_pylist()
    resources = store.read_in("resources", "id", ids, ["name", "content", "metadata"]).to_pylist()
    return any(map(names.are_in, (*messages, *resources)))


def _after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def users_of(scope: Scope) -> Mapping[str, list[str]]:
    """User -> the ISO days of the scope, in order."""
    found: dict[str, list[str]] = {}
    for user, day in sorted(scope.days):
        found.setdefault(user, []).append(day)
    return found
