"""Which days does a question wait for, and what keeps them from being dreamt?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rem_dagster.dreaming.draft.choice import choose_engine, spares_model_days
from rem_dagster.dreaming.rollup_due import find_rollups
from rem_dagster.dreaming.stale import DayState, find_days
from rem_dagster.errors import RemError
from rem_dagster.llm.opening import Asking
from rem_dagster.model.words import Period
from rem_dagster.settings import Home
from rem_dagster.store.database import Store

if TYPE_CHECKING:
    from rem_dagster.dreaming.dream import DayResult

MOST_DAYS = 31
"""Days out of date from which on a question does not wait for them."""
WAIT_SECONDS = 20.0
"""How long a question waits for another process that dreams the same days."""


@dataclass(frozen=True)
class OnDemand:
    """What became of the days of a question that were out of date."""

    dreamt: "tuple[DayResult, ...]" = ()
    problems: tuple[str, ...] = ()
    """Why others are as they were, in sentences."""

    @property
    def cost_usd(self) -> float | None:
        """USD of the days that were dreamt; None when it is not known."""
        costs = [each.cost_usd for each in self.dreamt]
        return None if None in costs else sum(cost for cost in costs if cost is not None)


def days_out_of_date(home: Home, store: Store, *, user_id: str, first: date, last: date) -> list[DayState]:
    """The days of one user from first to last (both included) that a dream would make."""
    states = find_days(
        store,
        first_day=first,
        last_day=last,
        user_ids=[user_id],
        spare_model_days=spares_model_days(home),
    )
    return [state for state in states if state.needs_dream]


def dream_on_demand(
    home: Home,
    store: Store,
    *,
    user_id: str,
    first: date,
    last: date,
    asking: Asking | None = None,
    on_begin: Callable[[int], None] = lambda _: None,
) -> OnDemand:
    """Dream one user's days that are out of date, with the engine that the home's settings choose.

    Whatever goes wrong is said rather than raised: the question is answered from what there is.

    Args:
        first: local day, included, as is `last`.
        on_begin: told how many days are going to be dreamt, before they are.
    """
    try:
        wanted = days_out_of_date(home, store, user_id=user_id, first=first, last=last)
        if not wanted:
            return OnDemand()
        if len(wanted) > MOST_DAYS:
            return OnDemand(problems=(_too_many(wanted),))
        from rem_dagster.dreaming.across import refresh_across
        from rem_dagster.dreaming.dream import DreamPlan, dream

        on_begin(len(wanted))
        plan = DreamPlan(first, last, user_ids=[user_id], wait_seconds=WAIT_SECONDS)
        report = dream(home, store, choose_engine(home, asking), plan)
        refresh_across(home, store, user_ids=[user_id])
    except RemError as error:
        return OnDemand(problems=(f"Days out of date could not be dreamt first: {error}",))
    left = [f"{each.day} was not dreamt: {each.error}" for each in (*report.failed, *report.left)]
    return OnDemand(tuple(report.dreamt), tuple(left))


def currency_of(home: Home, store: Store, *, user_id: str) -> Callable[[Period, date], bool]:
    """Tells whether what is written of the period that begins with a day is of its days as they are."""
    known: dict[tuple[Period, date], bool] = {}

    def is_current(period: Period, first: date) -> bool:
        if (period, first) not in known:
            if period == "day":
                states = find_days(store, first_day=first, last_day=first, user_ids=[user_id])
                known[period, first] = all(not state.needs_dream for state in states)
            else:
                for each in find_rollups(home, store, first_day=first, last_day=first, user_ids=[user_id]):
                    known[each.period, each.first_day] = each.freshness == "current"
        return known.get((period, first), False)

    return is_current


def _too_many(wanted: list[DayState]) -> str:
    first, last = wanted[0].partition_key, wanted[-1].partition_key
    return (
        f"{len(wanted)} days of it are out of date, more than a question waits for. Dream them with "
        f"`rem dream --start {first} --end {last}`, then ask again."
    )
