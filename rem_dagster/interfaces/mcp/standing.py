"""How do the days stand that an agent asks about, and where is something, when there is nothing?"""

from datetime import date

from rem_dagster.interfaces.mcp.served import Served
from rem_dagster.recall.journal.held import DayState, held_days

SAID: dict[DayState, str] = {
    "undreamt": "What is stored of this day is not dreamt yet: `rem dream` makes moments of it.",
    "stale": "More of this day came in since it was dreamt: `rem dream` makes it anew.",
    "unfinished": "A dream of this day was stopped in the middle: `rem dream` ends it.",
    "failed": "The last dream of this day failed; what is told is from before.",
}


def said_of_day(day: date, served: Served) -> str | None:
    """Why a day's page is not the whole truth; None where it is, and where nothing is stored of it."""
    return SAID.get(held_days(served.store, user_id=served.user_id).on(day).state)


def nearest(first: date, last: date, served: Served) -> str:
    """Which days around an empty span hold something."""
    held = held_days(served.store, user_id=served.user_id)
    before, after = held.before(first), held.after(last)
    near = [each.isoformat() for each in (before, after) if each is not None]
    if not near:
        return "Nothing is recorded then, nor at any other time."
    return f"Nothing is recorded then. The nearest days that hold something: {' and '.join(near)}."
