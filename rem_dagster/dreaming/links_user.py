"""How does a person say that two entities are one, or that they are not?

    same A B        A ── same_as ──> B          outranks what links found
    not-same A B    A ── not_same_as ──> B      outranks everything

Each takes the other's place, and is taken back as it was said. Views and graphs follow at once; no dream is
made again. The edges are the user's own: no dream and no link replaces them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from rem_dagster.model.ids import derive_id
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import all_of, any_of, equals, is_in
from rem_dagster.store.tables import EDGES

Verdict = Literal["same_as", "not_same_as"]
_COLUMNS = ("source_id", "target_id", "edge_type", "partition_key")


@dataclass(frozen=True)
class Said:
    """What a user said of two entities, and on which ISO day."""

    one_id: str
    other_id: str
    verdict: Verdict
    day: str


def say(store: Store, user_id: str, pair: tuple[str, str], verdict: Verdict, *, today: date) -> bool:
    """Say that two entities are one, or not; whether that changed anything.

    Raises:
        StoreError: it could not be written; nothing was changed.
    """
    if any(each.verdict == verdict for each in _said_of(store, user_id, pair)):
        return False
    unsay(store, user_id, pair)
    store.upsert("edges", rows_of(EDGES, [_row(user_id, pair, verdict, today.isoformat())]))
    return True


def unsay(store: Store, user_id: str, pair: tuple[str, str], verdict: Verdict | None = None) -> bool:
    """Take back what was said of two entities; whether anything was.

    Args:
        verdict: this alone; None is whatever was said.
    """
    said = [each for each in _said_of(store, user_id, pair) if verdict in (None, each.verdict)]
    if said:
        store.delete(
            "edges", all_of(_of_pair(user_id, pair), is_in("edge_type", {s.verdict for s in said})) or "false"
        )
    return bool(said)


def all_said(store: Store, user_id: str) -> list[Said]:
    """All that a user said, the last first."""
    types = is_in("edge_type", ("same_as", "not_same_as"))
    where = all_of(equals("user_id", user_id), equals("generated_by", "user"), types)
    return sorted(_said(store.read("edges", _COLUMNS, where).to_pylist()), key=_last_first, reverse=True)


def _said_of(store: Store, user_id: str, pair: tuple[str, str]) -> list[Said]:
    return _said(store.read("edges", _COLUMNS, _of_pair(user_id, pair)).to_pylist())


def _of_pair(user_id: str, pair: tuple[str, str]) -> str:
    one, other = pair
    ends = any_of(
        all_of(equals("source_id", one), equals("target_id", other)),
        all_of(equals("source_id", other), equals("target_id", one)),
    )
    types = is_in("edge_type", ("same_as", "not_same_as"))
    return all_of(equals("user_id", user_id), equals("generated_by", "user"), types, ends) or "false"


def _said(rows: Sequence[dict[str, Any]]) -> list[Said]:
    return [Said(*(row[name] for name in _COLUMNS)) for row in rows]


def _last_first(said: Said) -> tuple[str, str, str]:
    return said.day, said.one_id, said.other_id


def _row(user_id: str, pair: tuple[str, str], verdict: Verdict, day: str) -> dict[str, Any]:
    return {
        "id": derive_id(user_id, day, "user", *pair, verdict),
        "user_id": user_id,
        "partition_key": day,
        "slice_key": f"{user_id}/{day}/user",
        "source_id": pair[0],
        "target_id": pair[1],
        "edge_type": verdict,
        "weight": 1.0,
        "generated_by": "user",
        "metadata": "{}",
    }
