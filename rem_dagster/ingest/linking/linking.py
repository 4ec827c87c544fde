"""Which edges follow from what is stored, without a model, and which days must be linked anew?

    raw rows of (user, day) ── digest ──┬── equal: linked
    links_state of (user, day) ─────────┘   else: due, and with it every day whose links lead elsewhere now

The edges of a day are owned by `import`. They follow from its rows, and from what these point to, wherever
that is; from nothing else, so that neither the order nor the batches of imports matter. Edges are written
before the state that calls them current: killed in between, the days are due again.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from rem_dagster.ingest.linking.claims import MAYBE, SEPARATOR, Claim, claims_of, metadata_of
from rem_dagster.ingest.linking.files import FILE_DAYS, Changes
from rem_dagster.ingest.linking.targets import EDGE_TYPES, Target, Targets
from rem_dagster.locks import Held
from rem_dagster.model.ids import derive_id
from rem_dagster.model.words import EdgeType
from rem_dagster.settings import Home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.digest import day_digests
from rem_dagster.store.filters import all_of, equals, in_days, is_in
from rem_dagster.store.links_state import IMPORTED, linked_as
from rem_dagster.store.tables import EDGES, LINKS_STATE

RULES = "1"
"""The version of the rules; another one makes every day due."""
WAIT_FOR_OTHER_LINKING = 1800.0
"""Seconds to wait for another process that links what it imported."""
ROWS_AT_ONCE = 1_000
"""Messages or resources that are in memory at a time."""
DAYS_AT_ONCE, MOST_ROWS = 2_000, 100_000
AWAITED_REPLY = 'weight = 0 AND starts_with(metadata, \'{"by": "reply"\')'
"""Edges from replies to messages that are not there."""
MOST_EVIDENCE = 3
"""Quotes of one edge."""
WHY = {
    "wikilink": "links to it",
    "link": "links to it",
    "embed": "shows it",
    "native": "links to it",
    "property": "names it above its text",
    "url": "links to its address",
    "commit": "names commit {}",
    "file": "names {}, which it changes",
}
"""What the graph says of a link, beside its type."""
MOST_PARTS = 50
"""Parts of a long document that are tied to its first one."""
_MESSAGE = (
    *("id", "session_id", "source", "native_id", "content", "tool_calls"),
    *("created_at", "partition_key", "metadata"),
)
_RESOURCE = (
    *("id", "document_id", "chunk_ordinal", "source", "native_id", "name", "category"),
    *("content", "created_at", "partition_key", "metadata"),
)


@dataclass(frozen=True)
class _Due:
    """A day that is to be linked anew."""

    state: str | None
    """What its edges are to follow from; None where it holds nothing any more."""
    has_lost: bool
    """Whether it has fewer rows than it had."""


@dataclass(frozen=True)
class LinkedReport:
    """How many days were linked anew, and how many edges they have now."""

    days: int = 0
    edges: int = 0


def link_imported(
    home: Home,
    store: Store,
    *,
    first_day: str | None = None,
    last_day: str | None = None,
    user_ids: Sequence[str] | None = None,
    also: Collection[tuple[str, str]] = (),
) -> LinkedReport:
    """Make the edges of all days that changed since they were linked, and of what points to them.

    Args:
        first_day: ISO, included: earlier changes are left for the next time; None is the beginning.
        last_day: ISO, included; None is the end.
        user_ids: only these users; None is all.
        also: (user, ISO day) that are linked anew though they hold the same.

    Raises:
        HomeBusyError: another process linked all the time.
        StoreError: a table could not be read or written; days written before stay.
    """
    with home.hold_everywhere(["import-links"], wait_seconds=WAIT_FOR_OTHER_LINKING) as held:
        due = _find_due(store, first_day, last_day, user_ids, also)
        users: defaultdict[str, dict[str, _Due]] = defaultdict(dict)
        for (user_id, day), each in due.items():
            users[user_id][day] = each
        edges = sum(_link_user(store, user_id, days, held) for user_id, days in sorted(users.items()))
        return LinkedReport(len(due), edges)


def _find_due(
    store: Store,
    first: str | None,
    last: str | None,
    user_ids: Sequence[str] | None,
    also: Collection[tuple[str, str]] = (),
) -> dict[tuple[str, str], _Due]:
    """The (user, ISO day) whose rows are others than when they were linked."""
    told = day_digests(store, first_day=first, last_day=last, user_ids=user_ids)
    wanted = {key: f"{IMPORTED}{RULES} {digest.digest}" for key, digest in told.items()}
    users = is_in("user_id", user_ids) if user_ids is not None else None
    columns = ["user_id", "partition_key", "input_hash"]
    where = all_of(in_days(first, last), users, linked_as("import"))
    rows = store.read("links_state", columns, where).to_pydict()
    held = {(user, day): state for user, day, state in zip(*(rows[name] for name in columns), strict=True)}
    due = {
        key: _Due(state, has_lost=_items_of(held.get(key)) > _items_of(state))
        for key, state in wanted.items()
        if held.get(key) != state or key in also
    }
    return due | {key: _Due(None, has_lost=True) for key in held.keys() - wanted.keys()}


def _items_of(state: str | None) -> int:
    """How many rows a state covers: a digest begins with their number."""
    return int(state.rsplit(" ", 1)[-1].split("-", 1)[0]) if state else 0


def _link_user(store: Store, user_id: str, due: Mapping[str, _Due], held: Held) -> int:
    """Link the due days of one user, and the others that they concern; how many edges there are."""
    targets = Targets(store, user_id)
    reading = _Reading(store, user_id, targets)
    made = reading.read(sorted(due))
    is_whole = reading.has_resources or any(each.has_lost for each in due.values())
    more = _concerned(store, user_id, targets, reading, is_whole=is_whole) - due.keys()
    made |= reading.read(sorted(more))
    _write(store, user_id, made, due, held)
    return sum(map(len, made.values()))


@dataclass
class _Reading:
    """What the rows of some days say."""

    store: Store
    user_id: str
    targets: Targets
    has_resources: bool = False
    changed_days: set[str] = field(default_factory=set)
    """Days with commits that were read."""
    documents: set[str] = field(default_factory=set)

    def read(self, days: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Day -> the rows of its edges."""
        made: dict[str, list[dict[str, Any]]] = {day: [] for day in days}
        if not days:
            return made
        changes = self.targets.changes(_days_from(days[0], -FILE_DAYS), _days_from(days[-1], FILE_DAYS))
        for chunk in self._chunks(days):
            said = [*self._of_resources(chunk), *self._of_messages(chunk, changes)]
            self.targets.read_replies(each.claim.key for each in said if each.claim.by == "reply")
            made.update(_edges(self.user_id, said, self.targets))
        return made

    def _chunks(self, days: Sequence[str]) -> Iterator[Sequence[str]]:
        for at in range(0, len(days), DAYS_AT_ONCE):
            part = days[at : at + DAYS_AT_ONCE]
            if len(part) == 1:
                yield part
                continue
            rows = sum(self.store.count(table, self._where(part)) for table in ("messages", "resources"))
            size = max(1, len(part) * MOST_ROWS // max(rows, MOST_ROWS))
            yield from (part[start : start + size] for start in range(0, len(part), size))

    def _where(self, days: Sequence[str]) -> str | None:
        return all_of(equals("user_id", self.user_id), is_in("partition_key", days))

    def _of_resources(self, days: Sequence[str]) -> list["_Said"]:
        """What resources say, of which few are in memory at a time."""
        first = self._first_rows(days)
        return self.store.fold(
            "resources",
            _RESOURCE,
            self._where(days),
            lambda batches: [
                each for batch in batches for each in self._said_by(pa.Table.from_batches([batch]), first)
            ],
            rows=ROWS_AT_ONCE,
        )

    def _first_rows(self, days: Sequence[str]) -> "_FirstRows":
        """The first rows of each document's days, without their texts."""
        columns = ("document_id", "partition_key", "chunk_ordinal", "id")
        rows = self.store.read("resources", columns, self._where(days)).to_pydict()
        first = _FirstRows()
        placed = zip(*(rows[name] for name in columns), strict=True)
        for document, day, _, row_id in sorted(placed, key=lambda row: (row[1], row[2] or 0, row[3])):
            first.take(document, day, row_id)
        return first

    def _said_by(self, table: pa.Table, first: "_FirstRows") -> Iterator["_Said"]:
        for row, is_plain in zip(table.to_pylist(), _plain(table), strict=True):
            self.has_resources = True
            self.documents.add(row["document_id"])
            head = first.heads.get((row["document_id"], row["partition_key"]), row["id"])
            at = row["partition_key"], row["created_at"]
            if row["category"] == "commit":
                self.changed_days.add(row["partition_key"])
            elif head == row["id"]:
                yield _Said(head, row["id"], *at, Claim("edit", row["document_id"], ""))
            if row["id"] in first.parts:
                yield _Said(head, row["id"], *at, _PART, Target(row["id"]))
            for claim in claims_of(row, metadata_of(row), is_plain=is_plain):
                yield _Said(head, row["id"], *at, claim)

    def _of_messages(self, days: Sequence[str], changes: Changes) -> list["_Said"]:
        """What messages say, of which few are in memory at a time: some are as long as books."""
        near = {day for day in days if changes.is_near(day)}
        return self.store.fold(
            "messages",
            _MESSAGE,
            self._where(days),
            lambda batches: [
                each
                for batch in batches
                for each in self._said_in(pa.Table.from_batches([batch]), near, changes)
            ],
            rows=ROWS_AT_ONCE,
        )

    def _said_in(self, table: pa.Table, near: Collection[str], changes: Changes) -> Iterator["_Said"]:
        plain = _plain(table)
        looked_at = zip(plain, _has_metadata(table), table["partition_key"].to_pylist(), strict=True)
        wanted = [
            place
            for place, (is_plain, has_told, day) in enumerate(looked_at)
            if not is_plain or has_told or day in near
        ]
        flags = [plain[place] for place in wanted]
        for row, is_plain in zip(table.take(pa.array(wanted, pa.int64())).to_pylist(), flags, strict=True):
            told = metadata_of(row)
            at = row["partition_key"], row["created_at"]
            for claim in claims_of(row, told, is_plain=is_plain):
                node = row["id"] if claim.by == "reply" else row["session_id"]
                yield _Said(node, row["id"], *at, claim)
            if row["partition_key"] not in near:
                continue
            for path in changes.named_in(row, told):
                for change in changes.of(path, *at, told.get("cwd")):
                    quote = path if path in row["content"] else ""
                    claim = Claim("file", change.path, quote)
                    yield _Said(row["session_id"], row["id"], *at, claim, Target(change.row_id))


@dataclass
class _FirstRows:
    """Of documents of some days, the rows that their links hang on."""

    heads: dict[tuple[str, str], str] = field(default_factory=dict)
    """(document, ISO day) -> its first row."""
    parts: set[str] = field(default_factory=set)
    """The rows that are tied to those."""
    _tied: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, document: str, day: str, row_id: str) -> None:
        """Take a row in; those of a document's day come in their order."""
        key = document, day
        if self.heads.setdefault(key, row_id) != row_id and self._tied[key] < MOST_PARTS:
            self._tied[key] += 1
            self.parts.add(row_id)


@dataclass(frozen=True)
class _Said:
    """A claim, by whom it is made."""

    node: str
    """What is linked: a session, a message, or the first row of a document's day."""
    row_id: str
    day: str
    at: Any
    claim: Claim
    target: Target | None = None
    """Where it is known already."""


_PART = Claim("part", "", "")


def _plain(table: pa.Table) -> list[bool]:
    """Whether each row's text points to nothing but files."""
    import pyarrow.compute as pc

    maybe = pc.match_substring_regex(table["content"], MAYBE)
    return [not each for each in maybe.to_pylist()]


def _has_metadata(table: pa.Table) -> list[bool]:
    return [bool(each) and each != "{}" for each in table["metadata"].to_pylist()]


def _edges(user_id: str, said: Sequence[_Said], targets: Targets) -> dict[str, list[dict[str, Any]]]:
    """Day -> the rows of the edges that claims make: one for all claims that lead the same way."""
    grouped: defaultdict[tuple[str, str, str, EdgeType], list[tuple[_Said, Target]]] = defaultdict(list)
    for each in said:
        target = each.target or targets.find(each.claim.by, each.claim.key, each.day)
        if target is not None and target.id == each.node:  # until another one has that name, too
            target = targets.awaited(each.claim.by, each.claim.key)
        if target is not None:
            kind = _type_of(each.claim.by)
            grouped[each.day, each.node, target.id, kind].append((each, target))
    made: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for (day, source, target_id, kind), held in sorted(grouped.items()):
        made[day].append(_row(user_id, day, (source, target_id, kind), held))
    return made


def _type_of(by: str) -> EdgeType:
    return "contains" if by == "part" else EDGE_TYPES.get(by, "related_to")


def _row(
    user_id: str, day: str, ends: tuple[str, str, EdgeType], held: Sequence[tuple[_Said, Target]]
) -> dict[str, Any]:
    held = sorted(held, key=lambda pair: (pair[0].at, pair[0].row_id, pair[0].claim.by, pair[0].claim.key))
    quotes = dict.fromkeys((said.row_id, said.claim.quote) for said, _ in held)
    names = sorted({(said.claim.by, said.claim.key) for said, _ in held})
    target = held[0][1]
    metadata: dict[str, Any] = {"by": names[0][0], "names": [list(name) for name in names]}
    if names[0][0] in WHY and not target.is_awaited:
        metadata["why"] = WHY[names[0][0]].format(names[0][1].rsplit(SEPARATOR, 1)[-1])
    if target.name is not None:
        metadata["name"] = min(each.name for _, each in held if each.name is not None)
    is_quoted = [pair for pair in quotes if pair[1]]
    return {
        "id": derive_id(user_id, day, "import", *ends),
        "user_id": user_id,
        "partition_key": day,
        "slice_key": f"{user_id}/{day}/import",
        "source_id": ends[0],
        "target_id": ends[1],
        "edge_type": ends[2],
        "weight": 0.0 if target.is_awaited else float(len({said.row_id for said, _ in held})),
        "evidence": [{"source_id": row, "quote": quote} for row, quote in (is_quoted or [*quotes])][
            :MOST_EVIDENCE
        ],
        "generated_by": "import",
        "metadata": json.dumps(metadata, ensure_ascii=False, sort_keys=True),
    }


def _concerned(
    store: Store, user_id: str, targets: Targets, reading: _Reading, *, is_whole: bool
) -> set[str]:
    """The days whose links lead elsewhere now: what was read completes them, or takes them over, or is gone.

    Args:
        is_whole: whether any link may be concerned; else only replies wait for what was read.
    """
    of_replies = None if is_whole else AWAITED_REPLY
    where = all_of(equals("user_id", user_id), equals("generated_by", "import"), of_replies)
    columns = ["partition_key", "source_id", "target_id", "edge_type", "metadata"]
    rows = store.read("edges", columns, where).to_pylist()
    told = [(row, json.loads(row["metadata"])["names"]) for row in rows]
    targets.read_replies(key for _, names in told for by, key in names if by == "reply")
    days = set[str]()
    for row, names in told:
        day = row["partition_key"]
        for by, key in names if day not in days else ():
            if by in ("file", "part"):
                continue
            found = targets.find(by, key, day)
            if found is None or (found.id != row["target_id"] and found.id != row["source_id"]):
                days.add(day)
    for document in reading.documents:
        days.update(day for day, _ in targets.days.get(document, ()))
    files = {row["partition_key"] for row, names in told if any(by == "file" for by, _ in names)}
    return days | _near(store, user_id, reading.changed_days) | files & _lost(store, user_id, told)


def _near(store: Store, user_id: str, changed: Collection[str]) -> set[str]:
    """The days with messages around those on which files were changed."""
    if not changed:
        return set()
    near = {_days_from(day, more) for day in changed for more in range(-FILE_DAYS, FILE_DAYS + 1)}
    where = all_of(equals("user_id", user_id), in_days(min(near), max(near)))
    return near & set(store.read("messages", ["partition_key"], where)["partition_key"].unique().to_pylist())


def _lost(store: Store, user_id: str, told: Sequence[tuple[Mapping[str, Any], Any]]) -> set[str]:
    """The days with links to commits that are not there any more."""
    wanted = {row["target_id"] for row, names in told if any(by == "file" for by, _ in names)}
    there = set(store.read_in("resources", "id", wanted, ["id"])["id"].to_pylist())
    return {row["partition_key"] for row, _ in told if row["target_id"] in wanted - there}


def _write(
    store: Store,
    user_id: str,
    made: Mapping[str, list[dict[str, Any]]],
    due: Mapping[str, _Due],
    held: Held,
) -> None:
    """Replace the edges of these days where they differ, then say what they follow from."""
    slices = [f"{user_id}/{day}/import" for day in sorted(made)]
    stored: defaultdict[str, set[tuple[str, str, str]]] = defaultdict(set)
    columns = ["partition_key", "id", "metadata", "weight", "evidence"]
    for row in store.read_in("edges", "slice_key", slices, columns).to_pylist():
        stored[row["partition_key"]].add(_seen(row))
    changed = [day for day in made if {_seen(row) for row in made[day]} != stored[day]]
    rows = [row for day in changed for row in made[day]]
    if changed:
        table = rows_of(EDGES, rows)
        store.replace_slices("edges", table, [f"{user_id}/{day}/import" for day in changed])
    held.check()  # else another machine may have written newer ones since
    states = {derive_id(user_id, day, "import"): (day, each.state) for day, each in due.items()}
    of_days = [
        {"id": identifier, "user_id": user_id, "partition_key": day, "input_hash": state}
        for identifier, (day, state) in states.items()
        if state is not None
    ]
    store.replace_slices("links_state", rows_of(LINKS_STATE, of_days), states, column="id")


def _seen(row: Mapping[str, Any]) -> tuple[str, str, str]:
    evidence = [[each["source_id"], each["quote"]] for each in row["evidence"] or ()]
    return row["id"], row["metadata"], json.dumps([row["weight"], evidence])


def _days_from(day: str, more: int) -> str:
    """The ISO day some days after one; the last that there is where it would be later."""
    try:
        return (date.fromisoformat(day) + timedelta(days=more)).isoformat()
    except OverflowError:
        return day
