"""Which kinds of source are silent for longer than they ever are?

active days   |  | |   |  |  |        |     today
gaps           2  1  3  2  2    8      5..
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rem_dagster.store.database import Store

RECENT_GAPS = 30
"""How many of the latest gaps between active days make a habit."""
FEWEST_GAPS = 7
"""With fewer nobody can speak of a habit."""
SHORTEST_SILENCE = 3
"""Days that are never worth a word: a long weekend."""


@dataclass(frozen=True)
class Silence:
    """A kind of source that has said nothing for unusually long."""

    user_id: str
    kind: str
    last_day: str
    days: int
    """Since its last active day."""
    usual_days: int
    """The longest of its recent gaps, but for one: one holiday is no habit."""


def silences(store: Store, today: date) -> list[Silence]:
    """The kinds that are silent for longer than their habit, by user and kind."""
    found = []
    for (user, kind), days in sorted(_active_days(store).items()):
        usual = usual_gap([date.fromisoformat(day) for day in sorted(days)])
        last = max(days)
        silent = (today - date.fromisoformat(last)).days
        if usual is not None and silent > max(usual, SHORTEST_SILENCE):
            found.append(Silence(user, kind, last, silent, usual))
    return found


def usual_gap(days: Sequence[date]) -> int | None:
    """The longest gap in days between active days, but for the longest; None when there are too few.

    Args:
        days: in order.
    """
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days[-RECENT_GAPS - 1 :]))
    return gaps[-2] if len(gaps) >= FEWEST_GAPS else None


def _active_days(store: Store) -> dict[tuple[str, str], set[str]]:
    days: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for user, kind, day in _seen(store, ("messages", "resources")):
        days[user, kind].add(day)
    return days


def _seen(store: Store, tables: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    columns = ["user_id", "source", "partition_key"]
    for table in tables:
        seen = store.read(table, columns).group_by(columns).aggregate([])
        yield from zip(*(seen[name].to_pylist() for name in columns), strict=True)
