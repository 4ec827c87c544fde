"""Which days are out of date?

raw rows of (user, day) ── digest ──┐
                                    ├── equal and complete: current
ledger row of (user, day) ──────────┘   else: why not
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.model.dream import Dream
from rem_dagster.store.database import Store
from rem_dagster.store.digest import NO_ACTIVITY, DayDigest, day_digests

Freshness = Literal["undreamt", "stale", "unfinished", "failed", "spared", "another_version", "current"]
NEEDS_DREAM: frozenset[Freshness] = frozenset({"undreamt", "stale", "unfinished", "failed"})
"""What a trigger acts on: changed or unfinished days, never those of another recipe."""


@dataclass(frozen=True)
class DayState:
    """How one user's day stands.

    `undreamt`: never dreamt. `stale`: its activity or its corrections changed since. `unfinished`: a
    dream was killed. `failed`: the last dream failed. `spared`: one of these, but a model made the day
    and none is chosen now. `another_version`: its input is the same, its recipe is not the one asked
    for. `current`: nothing to do.
    """

    user_id: str
    partition_key: str
    freshness: Freshness
    input: DayDigest
    row: Dream | None = None
    """What the ledger says of it."""

    @property
    def recipe(self) -> str | None:
        """What it was made with; None when it never was."""
        return self.row.recipe if self.row else None

    @property
    def is_of_a_model(self) -> bool:
        """Whether the last dream asked a model."""
        return self.row is not None and self.row.engine == "llm"

    @property
    def key(self) -> tuple[str, str]:
        """(user, ISO day)."""
        return self.user_id, self.partition_key

    @property
    def needs_dream(self) -> bool:
        """Whether a trigger would dream it."""
        return self.freshness in NEEDS_DREAM


def find_days(
    store: Store,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    user_ids: Sequence[str] | None = None,
    recipe: str | None = None,
    spare_model_days: bool = False,
) -> list[DayState]:
    """The state of every (user, day) that holds activity or was dreamt, by day and user.

    Args:
        first_day: included; None is the beginning.
        last_day: included; None is the end.
        user_ids: only these users; None is all.
        recipe: the hash of the recipe asked for; None does not look at recipes.
        spare_model_days: whether no model is chosen, so that what one made is not to be made again.
    """
    first = first_day.isoformat() if first_day else None
    last = last_day.isoformat() if last_day else None
    inputs = day_digests(store, first_day=first, last_day=last, user_ids=user_ids)
    ledger = {
        (row.user_id, row.partition_key): row
        for row in read_ledger(store, first_day=first, last_day=last, user_ids=user_ids)
    }
    states = []
    for user_id, day in sorted(inputs.keys() | ledger.keys(), key=lambda key: (key[1], key[0])):
        held = inputs.get((user_id, day), NO_ACTIVITY)
        row = ledger.get((user_id, day))
        freshness: Freshness
        if row is None:
            freshness = "undreamt"
        elif row.status == "writing":
            freshness = "unfinished"
        elif row.input_digest != held.digest:
            freshness = "stale"
        elif row.status == "failed":
            freshness = "failed"
        elif recipe is not None and row.recipe != recipe:
            freshness = "another_version"
        else:
            freshness = "current"
        state = DayState(user_id, day, freshness, held, row)
        if spare_model_days and state.is_of_a_model and state.needs_dream:
            state = replace(state, freshness="spared")
        states.append(state)
    return states
