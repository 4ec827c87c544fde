"""How is one pattern, or the most telling of each, found?"""

from collections.abc import Callable
from dataclasses import replace

from rem_dagster.recall.insights.asked import DIVISIONS, WHATS, Asked, What
from rem_dagster.recall.insights.found import Insight
from rem_dagster.recall.insights.frustration import find_frustration
from rem_dagster.recall.insights.hours import find_hours
from rem_dagster.recall.insights.mood import find_mood
from rem_dagster.recall.insights.people import find_people
from rem_dagster.recall.insights.read import Lived, read_lived
from rem_dagster.recall.insights.rhythm import find_rhythm
from rem_dagster.recall.insights.streaks import find_streaks
from rem_dagster.recall.insights.tools import find_tools
from rem_dagster.store.database import Store

_FINDERS: dict[What, Callable[[Lived], Insight]] = {
    "hours": find_hours,
    "mood": find_mood,
    "frustration": find_frustration,
    "streaks": find_streaks,
    "people": find_people,
    "rhythm": find_rhythm,
}
_NEEDS: dict[What, tuple[str, ...]] = {"frustration": ("evidence",), "tools": ("session_ids",)}


def insight_of(what: What, store: Store, asked: Asked) -> Insight:
    """One pattern of a user's time; of an empty time its table is empty.

    Raises:
        InputError: the time cannot be divided as asked.
        UnknownCaseError: no session belongs to the case.
    """
    if asked.by is not None:
        asked.division(what)
    return _found(what, read_lived(store, asked, needs=_NEEDS.get(what, ())), store)


def overview(store: Store, asked: Asked) -> list[Insight]:
    """Every pattern, from one read of the moments; one that cannot be divided as asked is as by itself."""
    lived = read_lived(store, asked, needs=("evidence", "session_ids"))
    undivided = replace(lived, asked=replace(asked, by=None)) if asked.by is not None else lived
    return [_found(what, lived if asked.by in DIVISIONS[what] else undivided, store) for what in WHATS]


def _found(what: What, lived: Lived, store: Store) -> Insight:
    return find_tools(lived, store) if what == "tools" else _FINDERS[what](lived)
