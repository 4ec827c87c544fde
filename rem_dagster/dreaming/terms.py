"""What are days made with, beside an engine?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.errors import InputError
from rem_dagster.model.draft import Draft
from rem_dagster.model.ids import digest_text
from rem_dagster.model.moment import Moment
from rem_dagster.model.near import meant
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES
from rem_dagster.settings import Home


@dataclass(frozen=True)
class Terms:
    """The types that moments may have, and which moments are kept."""

    moment_types: Mapping[str, str]
    """Name and description."""
    only_types: tuple[str, ...] | None = None
    """Moments of other types are left out; None keeps all."""
    min_minutes: int = 0
    """Shorter moments are left out."""

    @property
    def are_narrow(self) -> bool:
        """Whether some moments are left out."""
        return self.only_types is not None or self.min_minutes > 0

    def keep(self, moments: Sequence[Moment]) -> list[Moment]:
        """The moments that are not left out, in their order."""
        least = timedelta(minutes=self.min_minutes)
        return [
            moment
            for moment in moments
            if (self.only_types is None or moment.moment_type in self.only_types)
            and moment.end_time - moment.start_time >= least
        ]


def terms_of(home: Home, *, only_types: Sequence[str] | None = None, min_minutes: int = 0) -> Terms:
    """A home's terms, narrowed where that is asked for.

    Raises:
        InputError: a type is none of the home's.
    """
    known = moment_types_of(home)
    for name in only_types or ():
        if name not in known:
            raise InputError(
                f"{name!r} is no type of moment of this home; it has {', '.join(known)}.{meant(name, known)} "
                f"Nothing was changed. `rem types add {name} --description TEXT` makes it one."
            )
    chosen = tuple(sorted(set(only_types))) if only_types else None
    return Terms(known, chosen, min_minutes)


def moment_types_of(home: Home) -> dict[str, str]:
    """The types that a moment of this home may have, with their descriptions."""
    return {**BUILT_IN_MOMENT_TYPES, **home.file.moment_types}


def recipe_of(home: Home, engine: Engine, terms: Terms | None = None) -> str:
    """A hash of all that an engine makes this home's days with."""
    recipe, held = engine.recipe, terms or terms_of(home)
    parts: list[object] = [
        recipe.engine,
        recipe.model,
        recipe.agentlet,
        recipe.agentlet_version,
        dict(recipe.parameters),
        dict(held.moment_types),
        _draft_schema(),
    ]
    if held.are_narrow:
        parts += [held.only_types, held.min_minutes]
    return digest_text(json.dumps(parts, sort_keys=True, default=str))[:32]


@cache
def _draft_schema() -> dict[str, object]:
    """What an engine fills in; pydantic takes 40 ms to tell it."""
    return Draft.model_json_schema()
