"""What would it cost to dream some days, before anything is spent?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.dreaming.making import Making
from rem_dagster.dreaming.segment import segment
from rem_dagster.dreaming.stale import DayState
from rem_dagster.dreaming.terms import Terms
from rem_dagster.llm.interface import Forecast
from rem_dagster.settings import Home
from rem_dagster.store.database import Store

DAYS_AT_ONCE = 30
ENOUGH_TO_KNOW = 3
"""Days of a recipe in the ledger from which on its answers' length is known rather than guessed."""


@dataclass(frozen=True)
class DayEstimate:
    """What one (user, day) would take, if no answer had to be asked for again."""

    user_id: str
    partition_key: str
    forecast: Forecast


def estimate(
    home: Home, store: Store, engine: Engine, states: Sequence[DayState], *, terms: Terms
) -> Iterator[DayEstimate]:
    """An estimate for each day, in the order given; no call is made and nothing is written.

    Prompts are estimated from the very requests that would be sent. How long answers are is what the
    ledger saw of this recipe, or what its agentlet asks for where it saw little.
    """
    making = Making(home, store, engine, terms)
    share = answer_share(store, making.recipe)
    for place in range(0, len(states), DAYS_AT_ONCE):
        for day in making.redacted(states[place : place + DAYS_AT_ONCE]):
            forecast = engine.forecast(segment(day.items), making.frame_of(day), answer_share=share)
            yield DayEstimate(day.user_id, day.partition_key, forecast)


def answer_share(store: Store, recipe: str) -> float | None:
    """Completion tokens for a prompt token in a recipe's days; None where too few days tell."""
    rows = [
        row
        for row in read_ledger(store)
        if row.recipe == recipe and row.status == "complete" and row.prompt_tokens and row.completion_tokens
    ]
    if len(rows) < ENOUGH_TO_KNOW:
        return None
    return sum(row.completion_tokens for row in rows) / sum(row.prompt_tokens for row in rows)
