"""Which days were made with which recipe?"""

from collections.abc import Iterable
from dataclasses import dataclass

from rem_dagster.model.dream import Dream


@dataclass(frozen=True)
class RecipeDays:
    """One recipe and the days that are of it."""

    recipe: str
    engine: str
    model: str | None
    agentlet_version: str
    days: int
    """Local days, each once however many users have it."""
    first_day: str
    last_day: str
    is_chosen: bool
    """Whether days are made with it now."""

    @property
    def maker(self) -> str:
        """Who made them, as people say it."""
        return maker_of(self.engine, self.model, self.agentlet_version)


def maker_of(engine: str, model: str | None, agentlet_version: str) -> str:
    """The model, or the engine that needs none, and the version of its agentlet: `offline 1.0.0`."""
    return f"{model or engine} {agentlet_version}"


def recipes_of(rows: Iterable[Dream], *, chosen: str | None) -> list[RecipeDays]:
    """The recipes of the whole days of a ledger: the one chosen now first, then the latest day's.

    Args:
        chosen: the hash of the recipe that days are made with now; None where that cannot be told.
    """
    by_recipe: dict[str, list[Dream]] = {}
    for row in rows:
        if row.status == "complete":  # a failed row names what failed, its page is still another recipe's
            by_recipe.setdefault(row.recipe, []).append(row)
    found = [_days_of(recipe, made, is_chosen=recipe == chosen) for recipe, made in by_recipe.items()]
    found.sort(key=lambda each: each.recipe)
    found.sort(key=lambda each: (each.is_chosen, each.last_day, each.days), reverse=True)
    return found


def _days_of(recipe: str, made: list[Dream], *, is_chosen: bool) -> RecipeDays:
    days = {row.partition_key for row in made}
    row = made[0]
    return RecipeDays(
        recipe,
        row.engine,
        row.model,
        row.agentlet_version,
        len(days),
        min(days),
        max(days),
        is_chosen,
    )
