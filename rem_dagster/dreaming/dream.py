"""How is a day dreamt, from what happened to what is remembered?

    collect -> redact -> segment -> draft -> verify -> resolve -> correct -> link -> summarize -> persist

Days are dreamt side by side and persisted in chunks; a chunk is whole or not there.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from rem_dagster.dreaming.applying.settle import settle
from rem_dagster.dreaming.compare import lost_share
from rem_dagster.dreaming.draft.choice import spares_model_days
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.making import LeftDay, Making
from rem_dagster.dreaming.persist import DreamtDay, persist
from rem_dagster.dreaming.recipe_file import note_recipe
from rem_dagster.dreaming.stale import DayState, find_days
from rem_dagster.dreaming.terms import Terms, recipe_of, terms_of
from rem_dagster.errors import LockLostError
from rem_dagster.model.dream import Dream
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import tidy
from rem_dagster.store.tables import TABLES
from rem_dagster.store.text import refresh_text

DAYS_PER_CHUNK = 30
ITEMS_PER_CHUNK = 50_000
WAIT_FOR_OTHER_DREAM = 3600.0
"""Seconds to wait for another process that dreams the same days."""
TRIES_OF_A_CHUNK = 3
"""How often days are made anew when the lock on them was lost, as when Postgres is restarted."""

MOST_LOST = 0.25
"""Share of a day's verified claims that a re-dream of the same input may lose unasked."""

DayStatus = Literal["dreamt", "unchanged", "empty", "failed", "waiting", "held", "spared"]
"""`waiting`: a limit on cost stopped it. `held`: it would lose too much. `spared`: a model made it and none
is chosen. All three stay as they were."""
UP_TO_DATE = ("current", "another_version")
Redo = Literal["stale", "other_versions", "all"]


@dataclass(frozen=True)
class DayResult:
    """What became of one (user, day)."""

    user_id: str
    day: str
    status: DayStatus
    moments: int = 0
    entities: int = 0
    edges: int = 0
    summaries: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0
    duration_seconds: float = 0.0
    error: str | None = None


@dataclass(frozen=True)
class DreamReport:
    """What became of every day that was asked for, by day and user."""

    days: tuple[DayResult, ...] = ()
    duration_seconds: float = 0.0

    @property
    def failed(self) -> list[DayResult]:
        """The days whose dream failed."""
        return [day for day in self.days if day.status == "failed"]

    @property
    def left(self) -> list[DayResult]:
        """The days that were to be dreamt and were left as they are, with the reason as `error`."""
        return [day for day in self.days if day.status in ("waiting", "held")]

    @property
    def dreamt(self) -> list[DayResult]:
        """The days that were dreamt now."""
        return [day for day in self.days if day.status == "dreamt"]


@dataclass(frozen=True)
class DreamPlan:
    """Which days, with what, and whom to tell."""

    first_day: date | None = None
    last_day: date | None = None
    user_ids: Sequence[str] | None = None
    redo: Redo = "stale"
    run_id: str | None = None
    terms: Terms | None = None
    """What is made; the home's terms when None."""
    accept_losses: bool = False
    """Whether a day may lose many of its verified claims."""
    wait_seconds: float = WAIT_FOR_OTHER_DREAM
    """How long another process that dreams the same days is waited for."""
    on_days: Callable[[Sequence[DayResult]], None] = field(default=lambda _: None)
    """Told of each chunk of days when it is in the tables, and of the unchanged ones first."""
    on_made: Callable[[], None] = field(default=lambda: None)
    """Told whenever a day is made, though not written yet: a model may take its time."""


def dream(home: Home, store: Store, engine: Engine, plan: DreamPlan) -> DreamReport:
    """Dream the days of a plan that are out of date.

    Other processes that dream the same days, on this machine or on one that shares the tables, are waited
    for; what they dreamt is unchanged then. Raw rows are never written. A day of which nothing but
    corrections changed is brought to them without its engine.

    Returns:
        One result per (user, day) that holds activity or was dreamt before, by day and user.

    Raises:
        HomeBusyError: another process did not end.
        HomeError: it cannot be told whether another machine is at work.
        StoreError: a table could not be read or written; chunks finished before stay.
    """
    began = time.monotonic()
    making = Making(home, store, engine, plan.terms or terms_of(home), plan.run_id, plan.on_made)
    states = days_of_plan(home, store, engine, plan)
    if settle(home, store, states, wait_seconds=plan.wait_seconds):
        states = days_of_plan(home, store, engine, plan)
    spare = spares_model_days(home, engine)
    wanted = [state for state in states if is_wanted(state, plan.redo, spare=spare)]
    asked = {state.key for state in wanted}
    results = [left_alone(state) for state in states if state.key not in asked]
    plan.on_days(results)
    if wanted:
        note_recipe(home, engine, making.terms)
    for chunk in chunks_of(wanted):
        done = _dream_chunk(making, plan, chunk)
        results += done
        plan.on_days(done)
    refresh_text(store)
    if wanted:
        tidy(store, TABLES)
    results.sort(key=lambda result: (result.day, result.user_id))
    return DreamReport(tuple(results), time.monotonic() - began)


def _dream_chunk(making: Making, plan: DreamPlan, chunk: Sequence[DayState]) -> list[DayResult]:
    """Make and write some days while nobody else does; again, where that lock was lost meanwhile."""
    torn: set[tuple[str, str]] = set()
    for tries_left in reversed(range(TRIES_OF_A_CHUNK)):
        try:
            with making.home.hold_days(
                {state.partition_key for state in chunk}, wait_seconds=plan.wait_seconds
            ) as held:
                wanted, done = _still_wanted(making, plan, chunk, torn)
                made, left = _sorted_out(wanted, making.days(wanted), accept_losses=plan.accept_losses)
                torn |= {(each.dream.user_id, each.dream.partition_key) for each in made}
                persist(making.store, made, held)
                return [*(result_of(each.dream) for each in made), *left, *done]
        except LockLostError:
            if not tries_left:
                raise
    raise AssertionError("every try returns or raises")


def _still_wanted(
    making: Making, plan: DreamPlan, chunk: Sequence[DayState], torn: Collection[tuple[str, str]]
) -> tuple[list[DayState], list[DayResult]]:
    """Of days that were to be dreamt, those that still are, and what became of the others meanwhile.

    Args:
        torn: (user, ISO day) that are wanted whatever the ledger says: two may have written them at once.
    """
    days = [date.fromisoformat(state.partition_key) for state in chunk]
    again = replace(plan, first_day=min(days), last_day=max(days))
    found = {state.key: state for state in days_of_plan(making.home, making.store, making.engine, again)}
    spare = spares_model_days(making.home, making.engine)
    wanted: list[DayState] = []
    left: list[DayResult] = []
    for before in chunk:
        now = found.get(before.key)
        if now is None:
            left.append(DayResult(before.user_id, before.partition_key, "empty"))
        elif now.key in torn or is_wanted(now, plan.redo, spare=spare):
            wanted.append(now)
        else:
            left.append(left_alone(now))
    return wanted, left


def days_of_plan(home: Home, store: Store, engine: Engine, plan: DreamPlan) -> list[DayState]:
    """How the days of a plan stand, by day and user."""
    return find_days(
        store,
        first_day=plan.first_day,
        last_day=plan.last_day,
        user_ids=plan.user_ids,
        recipe=recipe_of(home, engine, plan.terms),
        spare_model_days=spares_model_days(home, engine),
    )


def wanted_of_plan(home: Home, store: Store, engine: Engine, plan: DreamPlan) -> list[DayState]:
    """The days that a dream by this plan would make."""
    spare = spares_model_days(home, engine)
    states = days_of_plan(home, store, engine, plan)
    return [state for state in states if is_wanted(state, plan.redo, spare=spare)]


def preview(home: Home, store: Store, engine: Engine, plan: DreamPlan) -> list[DreamtDay | LeftDay]:
    """What `dream` would write for the days that are out of date; writes nothing but a model's answers."""
    wanted = wanted_of_plan(home, store, engine, plan)
    making = Making(home, store, engine, plan.terms or terms_of(home))
    return [made for chunk in chunks_of(wanted) for made in making.days(chunk)]


def is_wanted(state: DayState, redo: Redo, *, spare: bool = False) -> bool:
    """Whether a dream that redoes so much would make this day again.

    Args:
        spare: whether days that a model made are left alone.
    """
    if spare and state.is_of_a_model:
        return False
    if redo == "all":
        return True
    return state.needs_dream or (redo == "other_versions" and state.freshness == "another_version")


def left_alone(state: DayState) -> DayResult:
    """What became of a day that a dream did not make again."""
    if state.freshness == "spared":
        return DayResult(
            state.user_id,
            state.partition_key,
            "spared",
            error=f"{state.row.model if state.row else 'a model'} made it and no model is chosen now",
        )
    return DayResult(state.user_id, state.partition_key, "unchanged" if state.input.items else "empty")


def _sorted_out(
    chunk: Sequence[DayState], made: Sequence[DreamtDay | LeftDay], *, accept_losses: bool
) -> tuple[list[DreamtDay], list[DayResult]]:
    """The days to write, and those that are left, with why."""
    before = {state.key: state for state in chunk}
    sound: list[DreamtDay] = []
    left: list[DayResult] = []
    for each in made:
        if isinstance(each, LeftDay):
            left.append(DayResult(each.user_id, each.partition_key, each.status, error=each.reason))
            continue
        row = each.dream
        is_current = before[row.user_id, row.partition_key].freshness in UP_TO_DATE
        if is_current and row.status == "failed":
            left.append(result_of(row))  # what is there is whole and of this very input
        elif (
            is_current and not accept_losses and (loss := _loss(before[row.user_id, row.partition_key], row))
        ):
            left.append(DayResult(row.user_id, row.partition_key, "held", error=loss))
        else:
            sound.append(each)
    return sound, left


def _loss(before: DayState, now: Dream) -> str | None:
    """What a re-dream of the same input would lose, where that is too much to go unasked."""
    had, has = (before.row.counts if before.row else {}).get("claims", 0), now.counts.get("claims", 0)
    claims = "claim" if has == 1 else "claims"
    return f"{has} verified {claims} instead of {had}" if lost_share(had, has) > MOST_LOST else None


def chunks_of(states: Sequence[DayState]) -> Iterator[list[DayState]]:
    """Days for one write: all users of up to 30 days, and not many more than 50,000 items."""
    chunk: list[DayState] = []
    days: set[str] = set()
    items = 0
    for state in states:
        days.add(state.partition_key)
        items += state.input.items
        if chunk and (len(days) > DAYS_PER_CHUNK or items > ITEMS_PER_CHUNK):
            yield chunk
            chunk, days, items = [], {state.partition_key}, state.input.items
        chunk.append(state)
    if chunk:
        yield chunk


def result_of(row: Dream) -> DayResult:
    """What a row of the ledger says became of its day."""
    return DayResult(
        user_id=row.user_id,
        day=row.partition_key,
        status="failed" if row.status == "failed" else "dreamt" if row.counts.get("items") else "empty",
        moments=row.counts.get("moments", 0),
        entities=row.counts.get("entities", 0),
        edges=row.counts.get("edges", 0),
        summaries=row.counts.get("summaries", 0),
        calls=row.calls,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cost_usd=row.cost_usd,
        duration_seconds=row.duration_seconds or 0.0,
        error=row.error,
    )
