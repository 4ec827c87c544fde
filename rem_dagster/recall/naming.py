"""To which moment does a message belong?"""

from collections.abc import Mapping, Sequence
from typing import Any

from rem_dagster.recall.day_moments import DayMoment, moments_on
from rem_dagster.store.database import Store
from rem_dagster.store.filters import is_in

_CITED = ["id", "evidence", "facts"]


def moments_of(store: Store, messages: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Message id -> id and name of its moment; messages of none are left out.

    It is the moment of the message's day that cites it or, where none does, the shortest one that holds
    its session at that time. Two reads at most, however many messages there are.

    Args:
        messages: rows with `id`, `user_id`, `partition_key`, `session_id`, `created_at`.
    """
    days = {row["id"]: f"{row['user_id']}/{row['partition_key']}" for row in messages}
    by_day = moments_on(store, set(days.values()))
    around = {row["id"]: _around(row, by_day.get(days[row["id"]], ())) for row in messages}
    unclear = {moment.id for moments in around.values() if len(moments) > 1 for moment in moments}
    cited = _cited(store, unclear)
    return {
        message: (best.id, best.name)
        for message, moments in around.items()
        if (best := next((each for each in moments if message in cited.get(each.id, ())), None))
        or (best := next(iter(moments), None))
    }


def _around(message: Mapping[str, Any], moments: Sequence[DayMoment]) -> list[DayMoment]:
    """Moments that may be the message's, shortest first: a moment spans all that it cites.

    message              ·
    moment           ├───────┤     of the same session
    """
    found = [
        each
        for each in moments
        if message["session_id"] in each.session_ids
        and each.start_time <= message["created_at"] <= each.end_time
    ]
    return sorted(found, key=lambda each: (each.end_time - each.start_time, each.id))


def _cited(store: Store, moments: set[str]) -> dict[str, set[str]]:
    """Moment id -> what it cites."""
    if not moments:
        return {}
    rows = store.read("moments", _CITED, is_in("id", moments)).to_pylist()
    return {
        row["id"]: {each["source_id"] for each in row["evidence"] or ()}
        | {source for fact in row["facts"] or () for source in fact["source_ids"] or ()}
        for row in rows
    }
