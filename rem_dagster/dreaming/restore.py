"""How does a day go back to what an earlier recipe made of it, without a call?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rem_dagster.dreaming.dream import WAIT_FOR_OTHER_DREAM, DayResult, result_of
from rem_dagster.dreaming.making import Making
from rem_dagster.dreaming.persist import DreamtDay, persist
from rem_dagster.dreaming.recipe_engine import engine_of
from rem_dagster.dreaming.recipe_file import RecipeFile, recipe_files
from rem_dagster.dreaming.stale import DayState, find_days
from rem_dagster.errors import DreamError
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text


@dataclass(frozen=True)
class Restored:
    """A day as it is now, and the recipe that made it so."""

    result: DayResult
    recipe: RecipeFile


def restore(home: Home, store: Store, day: date, *, user_id: str, recipe: str | None = None) -> Restored:
    """Bring back what an earlier recipe made of a day, from the answers that are kept.

    Args:
        recipe: how the hash of the recipe begins; without it the one that was used last before the day's own.

    Raises:
        DreamError: no other recipe's answers for the day as it is now are kept; nothing was changed.
    """
    with home.hold_days([day.isoformat()], wait_seconds=WAIT_FOR_OTHER_DREAM) as lock:
        states = find_days(store, first_day=day, last_day=day, user_ids=[user_id])
        if not states:
            raise DreamError(f"Nothing of {user_id!r} is on {day}, so nothing can be restored.")
        found = next(_versions(home, store, states[0], wanted=recipe), None)
        if found is None:
            asked = f"recipe {recipe!r}" if recipe else "another recipe than the day's own"
            raise DreamError(
                f"{day} of {user_id!r} cannot be restored: no answers of {asked} to the day as it is now are "
                "kept. Nothing was changed. `rem status` lists recipes; `rem dream` with that model makes it "
                "anew."
            )
        held, made = found
        persist(store, [made], lock)
        refresh_text(store)
        return Restored(result_of(made.dream), held)


def _versions(
    home: Home, store: Store, state: DayState, *, wanted: str | None
) -> Iterator[tuple[RecipeFile, DreamtDay]]:
    """The day as each other recipe makes it from kept answers, the one used last first."""
    for held in recipe_files(home):
        if held.recipe == state.recipe or (wanted and not held.recipe.startswith(wanted)):
            continue
        engine = engine_of(home, held)
        if engine is None:
            continue
        for made in Making(home, store, engine, held.terms).days([state]):
            if isinstance(made, DreamtDay) and made.dream.status == "complete":
                yield held, made
