"""How does it look what days were made with, what was held back, and what failed?"""

from collections.abc import Sequence

from rem_dagster.dreaming.recipes import RecipeDays
from rem_dagster.dreaming.stale import DayState
from rem_dagster.interfaces.cli.words import clean, counted, listed, wrap

SHORT = 4
"""Digits of a recipe's hash in a line that people read; `--json` has eight."""
SHORT_IN_JSON = 8
MOST_FAILED = 3


def recipe_words(recipes: Sequence[RecipeDays]) -> list[str]:
    """A line for each recipe, the chosen one marked where others have days too."""
    return [
        f"{clean(each.maker)} ({each.recipe[:SHORT]}…): {counted(each.days, 'day')}, {_span(each)}"
        + (" · chosen now" if each.is_chosen and len(recipes) > 1 else "")
        for each in recipes
    ]


def recipes_as_json(recipes: Sequence[RecipeDays]) -> list[dict[str, object]]:
    """The recipes for programs."""
    return [{**vars(each), "recipe": each.recipe[:SHORT_IN_JSON]} for each in recipes]


def held_back(states: Sequence[DayState]) -> int:
    """How many claims verification held back."""
    return sum(len(state.row.quarantine) for state in states if state.row)


def held_back_words(states: Sequence[DayState]) -> list[str]:
    """How many claims were held back, and on which day to look at them; nothing where none were."""
    days = sorted({state.partition_key for state in states if state.row and state.row.quarantine})
    if not days:
        return []
    claims = counted(held_back(states), "claim")
    return [f"{claims} held back on {counted(len(days), 'day')}; `rem show {days[-1]} --quarantine`"]


def failures(states: Sequence[DayState]) -> list[dict[str, str]]:
    """The days whose last dream failed and why, the latest first."""
    failed = [state for state in states if state.row is not None and state.row.status == "failed"]
    failed.sort(key=lambda state: (state.partition_key, state.user_id), reverse=True)
    return [
        {
            "day": state.partition_key,
            "user_id": state.user_id,
            "error": (state.row.error if state.row else None) or "no reason was noted",
        }
        for state in failed
    ]


def failed_words(states: Sequence[DayState], width: int) -> list[str]:
    """Each reason whole, behind its latest days."""
    by_reason: dict[str, list[str]] = {}
    for each in failures(states):
        by_reason.setdefault(each["error"], []).append(each["day"])
    return [
        line
        for reason, days in by_reason.items()
        for line in wrap(f"{listed(list(dict.fromkeys(days)), most=MOST_FAILED)}: {reason}", width)
    ]


def _span(recipe: RecipeDays) -> str:
    if recipe.first_day == recipe.last_day:
        return recipe.first_day
    return f"{recipe.first_day} to {recipe.last_day}"
