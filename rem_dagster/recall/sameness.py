"""Which entities are one?

same_as of the user  >  same_as of the links, the surest first  >  short names with one owner
not_same_as of the user parts two whatever joins them, also through a third
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in

_COLUMNS = ("source_id", "target_id", "edge_type", "weight", "metadata", "generated_by")


def groups_of(store: Store, user_id: str | None) -> dict[str, str]:
    """Each entity that is one with another, with the least id among them.

    Args:
        user_id: whose entities; None is everybody's, which never meet.
    """
    of_user = equals("user_id", user_id) if user_id is not None else None
    where = all_of(of_user, is_in("edge_type", ("same_as", "not_same_as")))
    return join_edges(store.read("edges", _COLUMNS, where).to_pylist())


def join_edges(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Each member of the groups that rows of `same_as` make and rows of `not_same_as` part."""
    ordered = sorted(rows, key=_surest_first)
    apart = {_ends(row) for row in ordered if row["edge_type"] == "not_same_as"}
    same = [row for row in ordered if row["edge_type"] == "same_as"]
    by_part = [_short_first(row) for row in same if _is_short(row)]
    whole = [_ends(row) for row in same if not _is_short(row)]
    owned = _owned(by_part, join_pairs(whole, apart))
    return join_pairs([*whole, *owned], apart)


def _surest_first(row: Mapping[str, Any]) -> tuple[bool, float, str, str]:
    return row["generated_by"] != "user", -(row["weight"] or 0), row["source_id"], row["target_id"]


def _is_short(row: Mapping[str, Any]) -> bool:
    return '"short"' in (row["metadata"] or "")


def _ends(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["source_id"], row["target_id"]


def _short_first(row: Mapping[str, Any]) -> tuple[str, str]:
    """The ends of an edge by which one is a short name of the other, that one first."""
    why = json.loads(row["metadata"])
    source, target = _ends(row)
    return (source, target) if why["names"][0] == why["short"] else (target, source)


def _owned(by_part: Sequence[tuple[str, str]], groups: Mapping[str, str]) -> list[tuple[str, str]]:
    """The pairs whose short name belongs to one entity alone.

    Each day's links know 30 days: `Ana` was Ana Souza in May and is Ana Lima in August, so she is neither.
    """
    owners: dict[str, set[str]] = {}
    for short, full in by_part:
        owners.setdefault(groups.get(short, short), set()).add(groups.get(full, full))
    return [(short, full) for short, full in by_part if len(owners[groups.get(short, short)]) == 1]


def join_pairs(pairs: Sequence[tuple[str, str]], apart: Collection[tuple[str, str]] = ()) -> dict[str, str]:
    """Each member of a pair with the least member that pairs connect it to.

    Args:
        pairs: the surest first.
        apart: pairs that no group may hold, whichever way round; a pair that would join them is left out.
    """
    groups: dict[str, set[str]] = {}
    foes: dict[str, set[str]] = {}
    for one, other in apart:
        foes.setdefault(one, set()).add(other)
        foes.setdefault(other, set()).add(one)
    for one, other in pairs:
        first, second = (groups.setdefault(each, {each}) for each in (one, other))
        if first is second:
            continue
        small, large = sorted((first, second), key=len)
        if any(not large.isdisjoint(foes.get(member, ())) for member in small):
            continue
        large |= small
        groups |= dict.fromkeys(small, large)
    return {member: min(group) for member, group in groups.items()}
