"""Which days' links to the thirty days before are out of date?

dreams of D-30 to D, what the user keeps apart ── hash ──┐
                                                         ├── equal: current
links_state of (user, D) ────────────────────────────────┘   else: due

A day that is not whole (failed, or being written) is not due and keeps its links; for the days after it
it is as though it were not there, until it is whole.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from rem_dagster.dreaming.sameness import DAYS_BEFORE, Pair
from rem_dagster.model.ids import digest_text
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days, is_in
from rem_dagster.store.links_state import linked_as

RULES = "2"
"""The version of the rules by which links are made; another one makes every day due."""
_LEDGER = ("user_id", "partition_key", "status", "dream_id", "counts", "completion_tokens")


@dataclass(frozen=True)
class DueDay:
    """One user's day whose links are to be made again."""

    user_id: str
    partition_key: str
    input_hash: str | None
    """What its links follow from; None where it holds nothing any more, so that they go."""
    seen: tuple[str, ...] = ()
    """The whole days among D-30 to D, in order."""
    moments: int = 0
    """How many those hold."""


@dataclass(frozen=True)
class Due:
    """The days that are due, by user and day, and which entities their users keep apart."""

    days: tuple[DueDay, ...] = ()
    apart: Mapping[str, frozenset[Pair]] = field(default_factory=dict)


@dataclass(frozen=True)
class _WholeDay:
    """A day that was dreamt to the end."""

    partition_key: str
    version: str
    """Differs when the day's rows do: a model that is asked anew may answer otherwise to the same input."""
    moments: int
    entities: int


def find_due(
    store: Store,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    user_ids: Sequence[str] | None = None,
) -> Due:
    """The due days among those that dreams from the first to the last day can have touched.

    No moment is read.

    Args:
        first_day: included; None is the beginning.
        last_day: included, and the 30 days after it too; None is the end.
        user_ids: only these users; None is all.
    """
    first = first_day.isoformat() if first_day else None
    last = (last_day + timedelta(days=DAYS_BEFORE)).isoformat() if last_day else None
    since = _days_before(first) if first else None
    users = is_in("user_id", user_ids) if user_ids is not None else None
    whole, broken = _read_ledger(store, all_of(in_days(since, last), users))
    state = _read_state(store, all_of(in_days(first, last), users))
    apart = _read_apart(store, users)
    days = []
    for user_id in sorted(whole.keys() | state.keys()):
        kept_apart = digest_text(*(part for pair in sorted(apart.get(user_id, ())) for part in pair))
        wanted = {each.partition_key: each for each in _wanted(user_id, whole[user_id], first, kept_apart)}
        held = state[user_id]
        gone = (held.keys() - wanted.keys()) - broken[user_id]
        days += [wanted[day] for day in sorted(wanted) if wanted[day].input_hash != held.get(day)]
        days += [DueDay(user_id, day, None) for day in gone]
    days.sort(key=lambda each: (each.user_id, each.partition_key))
    return Due(tuple(days), apart)


def _wanted(user_id: str, whole: Sequence[_WholeDay], first: str | None, kept_apart: str) -> Iterator[DueDay]:
    """Every whole day of a user from the first on, as its links are to be."""
    keys = [day.partition_key for day in whole]
    versions = [f"{day.partition_key} {day.version}" for day in whole]
    for place, day in enumerate(whole):
        if first is not None and day.partition_key < first:
            continue
        if not day.moments and not day.entities:
            yield DueDay(user_id, day.partition_key, None)
            continue
        start = bisect_left(keys, _days_before(day.partition_key), 0, place)
        yield DueDay(
            user_id=user_id,
            partition_key=day.partition_key,
            input_hash=digest_text(RULES, "\n".join(versions[start : place + 1]), kept_apart),
            seen=tuple(keys[start : place + 1]),
            moments=sum(each.moments for each in whole[start : place + 1]),
        )


def _read_ledger(
    store: Store, where: str | None
) -> tuple[defaultdict[str, list[_WholeDay]], defaultdict[str, set[str]]]:
    """User -> whole days in order, and user -> days that are not whole."""
    whole: defaultdict[str, list[_WholeDay]] = defaultdict(list)
    broken: defaultdict[str, set[str]] = defaultdict(set)
    columns = store.read("dreams", _LEDGER, where).to_pydict()
    for user_id, day, status, dream_id, counts, tokens in zip(
        *(columns[name] for name in _LEDGER), strict=True
    ):
        if status == "complete":
            held = json.loads(counts or "{}")
            version = f"{dream_id} {counts} {tokens}"
            whole[user_id].append(_WholeDay(day, version, held.get("moments", 0), held.get("entities", 0)))
        else:
            broken[user_id].add(day)
    for days in whole.values():
        days.sort(key=lambda day: day.partition_key)
    return whole, broken


def _read_state(store: Store, where: str | None) -> defaultdict[str, dict[str, str]]:
    """User -> day -> what its links follow from."""
    names = ("user_id", "partition_key", "input_hash")
    columns = store.read("links_state", names, all_of(where, linked_as("link"))).to_pydict()
    state: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for user_id, day, input_hash in zip(*(columns[name] for name in names), strict=True):
        state[user_id][day] = input_hash
    return state


def _read_apart(store: Store, users: str | None) -> dict[str, frozenset[Pair]]:
    """User -> pairs of entities that the user said are not the same, in whichever direction."""
    names = ("user_id", "source_id", "target_id")
    columns = store.read("edges", names, all_of(equals("edge_type", "not_same_as"), users)).to_pydict()
    pairs: defaultdict[str, set[Pair]] = defaultdict(set)
    for user_id, source, target in zip(*(columns[name] for name in names), strict=True):
        pairs[user_id].add((min(source, target), max(source, target)))
    return {user_id: frozenset(found) for user_id, found in pairs.items()}


def _days_before(day: str) -> str:
    """The ISO day 30 days before."""
    return (date.fromisoformat(day) - timedelta(days=DAYS_BEFORE)).isoformat()
