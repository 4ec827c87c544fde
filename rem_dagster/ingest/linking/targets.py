"""What does a claim lead to, among all that is stored of a user?

found        the note, page, commit or message itself
named        an entity of that name: an issue, a note that nobody wrote yet
awaited      nothing yet: the edge waits with weight 0, and whoever is pointed to completes it
"""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from rem_dagster.ingest.linking.addresses import address_of
from rem_dagster.ingest.linking.claims import (
    ISSUE,
    NOTES,
    SEPARATOR,
    By,
    metadata_of,
    note_key,
    path_of,
    vault_of,
)
from rem_dagster.ingest.linking.files import Change, Changes
from rem_dagster.model.ids import derive_id
from rem_dagster.model.names import entity_id
from rem_dagster.model.words import EdgeType
from rem_dagster.sources.vault import day_of_name
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, any_of, equals, in_days, is_in

EDGE_TYPES: dict[str, EdgeType] = {"embed": "contains", "reply": "follows", "edit": "follows"}
"""Of links that say more than that two things belong together."""
NAMED: Collection[str] = ("wikilink", "embed", "property")
SHORT_SHA = 7
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COLUMNS = ("id", "document_id", "chunk_ordinal", "partition_key", "source", "native_id", "name", "category")


@dataclass(frozen=True)
class Target:
    """What a claim leads to."""

    id: str
    name: str | None = None
    """Of what is there by name alone."""
    is_awaited: bool = False


@dataclass(frozen=True)
class _Note:
    path: str
    row_id: str


class Targets:
    """All that a user's claims can lead to, read when it is first asked for."""

    def __init__(self, store: Store, user_id: str) -> None:
        self.store, self.user_id = store, user_id
        self._replies: dict[str, str | None] = {}

    def find(self, by: By | str, key: str, day: str) -> Target | None:
        """What a claim of a day leads to; None where it leads nowhere and waits for nothing."""
        parts = key.split(SEPARATOR)
        if by == "edit":
            before = self._day_before(key, day)
            return Target(before) if before else None
        if by == "issue":
            return self._issue(key, parts)
        found: str | None
        if by in (*NAMED, "link"):
            found = self._note(parts)
        elif by == "url":
            found = self.pages.get(key)
        elif by == "commit":
            found = self._commit(key)
        elif by == "native":
            found = self.natives.get((parts[0], parts[-1]))
        else:
            found = self._replies.get(key)
        if found:
            return Target(found)
        if by in NAMED:
            return self._named(parts[-1])
        return self.awaited(by, key)

    def read_replies(self, keys: Iterable[str]) -> None:
        """Look up the messages that keys of replies name, before they are asked for."""
        asked = {key for key in keys if key not in self._replies}
        natives = sorted({key.split(SEPARATOR, 2)[2] for key in asked})
        found: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for at in range(0, len(natives), 5_000):
            where = all_of(equals("user_id", self.user_id), is_in("native_id", natives[at : at + 5_000]))
            rows = self.store.read("messages", ["id", "native_id", "session_id", "source"], where)
            for row in rows.to_pylist():
                found[row["source"], row["native_id"]].append((row["session_id"], row["id"]))
        for key in asked:
            source, session, native = key.split(SEPARATOR, 2)
            held = found[source, native]
            of_session = [each for each in held if each[0] == session] or held
            self._replies[key] = of_session[0][1] if len(of_session) == 1 else None

    def changes(self, first: str | None, last: str | None) -> Changes:
        """The files that commits of some days changed, both included."""
        where = all_of(
            equals("user_id", self.user_id), equals("category", "commit"), equals_zero(), in_days(first, last)
        )
        rows = self.store.read("resources", ["id", "partition_key", "created_at", "metadata"], where)
        return Changes(change for row in rows.to_pylist() for change in _changes(row))

    @cached_property
    def heads(self) -> dict[str, str]:
        """Document -> its first row, of documents that are no commits."""
        return {document: days[0][1] for document, days in self.days.items()}

    @cached_property
    def days(self) -> dict[str, list[tuple[str, str]]]:
        """Document -> its days in order, each with its first row."""
        found: defaultdict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
        for row in self._documents:
            held = found[row["document_id"]]
            first = (row["chunk_ordinal"] or 0, row["id"])
            held[row["partition_key"]] = min(first, held.get(row["partition_key"], first))
        return {
            document: [(day, row_id) for day, (_, row_id) in sorted(held.items())]
            for document, held in found.items()
        }

    @cached_property
    def _documents(self) -> list[dict[str, Any]]:
        where = all_of(equals("user_id", self.user_id), "category <> 'commit'")
        rows: list[dict[str, Any]] = self.store.read(
            "resources", [*_COLUMNS, "uri", "metadata"], where
        ).to_pylist()
        return rows

    @cached_property
    def _latest(self) -> list[dict[str, Any]]:
        """The newest row of each document: its name is what counts."""
        newest: dict[str, dict[str, Any]] = {}
        for row in self._documents:
            held = newest.get(row["document_id"])
            if held is None or _age(row) > _age(held):
                newest[row["document_id"]] = row
        return list(newest.values())

    @cached_property
    def _notes(self) -> dict[tuple[str, str], list[_Note]]:
        """(vault, last part of a path, title or alias) -> notes that have it, those of short paths first."""
        found: defaultdict[tuple[str, str], dict[str, _Note]] = defaultdict(dict)
        for row in self._latest:
            if row["category"] not in NOTES:
                continue
            told = metadata_of(row)
            path = note_key(path_of(row, told))
            note = _Note(path, self.heads[row["document_id"]])
            aliases = told.get("aliases")
            names = [str(each) for each in aliases] if isinstance(aliases, list) else []
            for name in (posixpath.basename(path), str(row["name"]), *names, *_day_names(path)):
                found[vault_of(row, told), note_key(name)][note.row_id] = note
        return {
            key: sorted(held.values(), key=lambda note: (len(note.path), note.path, note.row_id))
            for key, held in found.items()
        }

    def _note(self, parts: list[str]) -> str | None:
        vault, way, key = parts[:3]
        named = self._notes.get((vault, posixpath.basename(key)), [])
        exact = [note for note in named if note.path == key]
        if way == "path":
            return exact[0].row_id if exact else None
        ending = [note for note in named if note.path.endswith(f"/{key}")]
        by_title = self._notes.get((vault, key), [])
        for notes in (exact, ending, by_title):
            if notes:
                return notes[0].row_id
        return None

    @cached_property
    def pages(self) -> dict[str, str]:
        """Address -> the first row of the page or document that has it; a web page before others."""
        found: dict[str, tuple[bool, str, str]] = {}
        for row in self._latest:
            address = address_of(row["uri"]) if row["uri"] else None
            if address:
                days = self.days[row["document_id"]]
                rank = (row["category"] != "web", *days[0])
                found[address.key] = min(rank, found.get(address.key, rank))
        return {key: row_id for key, (_, _, row_id) in found.items()}

    @cached_property
    def natives(self) -> dict[tuple[str, str], str]:
        """(source, native id) -> the first row of what has it."""
        found = dict[tuple[str, str], str]()
        for row in sorted(self._latest, key=lambda row: row["document_id"]):
            found.setdefault((row["source"], row["native_id"]), self.heads[row["document_id"]])
        return found

    @cached_property
    def _commits(self) -> list[dict[str, Any]]:
        where = all_of(equals("user_id", self.user_id), equals("category", "commit"))
        columns = ["id", "chunk_ordinal", "content", "metadata"]
        rows = self.store.read("resources", columns, where).to_pylist()
        return [{**row, "told": metadata_of(row)} for row in rows]

    @cached_property
    def _shas(self) -> dict[str, list[tuple[str, str]]]:
        """The first characters of a sha -> shas with the rows that have them."""
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in self._commits:
            sha = row["told"].get("sha")
            if isinstance(sha, str) and not row["chunk_ordinal"]:
                found[sha[:SHORT_SHA]].append((sha, row["id"]))
        return dict(found)

    def _commit(self, sha: str) -> str | None:
        held = {row for whole, row in self._shas.get(sha[:SHORT_SHA], ()) if whole.startswith(sha)}
        return held.pop() if len(held) == 1 else None

    @cached_property
    def _repositories(self) -> frozenset[str]:
        return frozenset(str(row["told"]["repo"]) for row in self._commits if row["told"].get("repo"))

    @cached_property
    def _numbered(self) -> dict[str, set[str]]:
        """Number -> repositories with a commit that names an issue of that number."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for row in self._commits:
            repo = row["told"].get("repo")
            if repo and "#" in row["content"]:
                for each in ISSUE.finditer(row["content"]):
                    if not each["repo"]:
                        found[each["number"]].add(str(repo))
        return dict(found)

    def _issue(self, key: str, parts: list[str]) -> Target:
        if parts[0] == "cwd" and len(parts) == 3:
            places = [each for each in parts[1].split("/") if each]
            repo = next((each for each in reversed(places) if each in self._repositories), None)
            return self._named(f"{repo or (places or ['?'])[-1]}#{parts[2]}")
        if parts[0] == "any" and len(parts) == 2:
            repos = self._numbered.get(parts[1], set())
            return self._named(f"{min(repos)}#{parts[1]}") if len(repos) == 1 else self.awaited("issue", key)
        return self._named(key)

    def _day_before(self, document: str, day: str) -> str | None:
        before = [row_id for each, row_id in self.days.get(document, ()) if each < day]
        return before[-1] if before else None

    def _named(self, name: str) -> Target:
        return Target(entity_id(self.user_id, name), name)

    def awaited(self, by: str, key: str) -> Target:
        """What stands for something that is not there."""
        return Target(derive_id(self.user_id, "awaited", by, key), is_awaited=True)


def equals_zero() -> str:
    """The first rows of documents alone."""
    return any_of("chunk_ordinal IS NULL", "chunk_ordinal = 0") or "true"


def _age(row: dict[str, Any]) -> tuple[str, int, str]:
    return row["partition_key"], -(row["chunk_ordinal"] or 0), row["id"]


def _day_names(path: str) -> list[str]:
    """What links call a note of a day: `2026-11-22`, and `Nov 22nd, 2026`."""
    day = day_of_name(Path(path))
    if day is None:
        return []
    ending = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return [day.isoformat(), f"{MONTHS[day.month - 1]} {day.day}{ending}, {day.year}"]


def _changes(row: dict[str, Any]) -> Iterable[Change]:
    told = metadata_of(row)
    files = told.get("files")
    day = date.fromisoformat(row["partition_key"]).toordinal()
    for path in files if isinstance(files, list) else ():
        yield Change(row["id"], str(told.get("repo") or ""), str(path), day, row["created_at"])
