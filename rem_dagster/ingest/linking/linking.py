"""Which edges follow from what is stored, without a model, and which days must be linked anew?

    raw rows of (user, day) ── digest ──┬── equal: linked
    links_state of (user, day) ─────────┘   else: due, and with it every day whose links lead elsewhere now

The edges of a day are owned by `import`. They follow from its rows, and from what these point to, wherever
that is; from nothing else, so that neither the order nor the batches of imports matter. Edges are written
before the state that calls them current: killed in between, the days are due again.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rem_dagster.ingest.linking.files import FILE_DAYS
from rem_dagster.ingest.linking.reading import Reading, days_from
from rem_dagster.ingest.linking.targets import Targets
from rem_dagster.locks import Held
from rem_dagster.model.ids import derive_id
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
AWAITED_REPLY = 'weight = 0 AND starts_with(metadata, \'{"by": "reply"\')'
"""Edges from replies to messages that are not there."""


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
    reading = Reading(store, user_id, targets)
    made = reading.read(sorted(due))
    is_whole = reading.has_resources or any(each.has_lost for each in due.values())
    more = _concerned(store, user_id, targets, reading, is_whole=is_whole) - due.keys()
    made |= reading.read(sorted(more))
    _write(store, user_id, made, due, held)
    return sum(map(len, made.values()))


def _concerned(store: Store, user_id: str, targets: Targets, reading: Reading, *, is_whole: bool) -> set[str]:
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
    near = {days_from(day, more) for day in changed for more in range(-FILE_DAYS, FILE_DAYS + 1)}
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
