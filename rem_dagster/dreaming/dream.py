"""How is a day dreamt, from what happened to what is remembered?

    collect -> redact -> segment -> draft -> verify -> resolve -> correct -> link -> summarize -> persist

Days are dreamt side by side and persisted in chunks; a chunk is whole or not there.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.making import Making, recipe_of
from rem_dagster.dreaming.persist import DreamtDay, persist
from rem_dagster.dreaming.stale import DayState, find_days
from rem_dagster.model.dream import Dream
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import tidy
from rem_dagster.store.tables import TABLES
from rem_dagster.store.text import refresh_text

DAYS_PER_CHUNK = 30
ITEMS_PER_CHUNK = 50_000
WAIT_FOR_OTHER_DREAM = 3600.0
"""Seconds to wait for another process of this machine that dreams in this home."""

DayStatus = Literal["dreamt", "unchanged", "empty", "failed"]
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
    on_days: Callable[[Sequence[DayResult]], None] = field(default=lambda _: None)
    """Told of each chunk of days when it is in the tables, and of the unchanged ones first."""


def dream(home: Home, store: Store, engine: Engine, plan: DreamPlan) -> DreamReport:
    """Dream the days of a plan that are out of date.

    Another process of this machine that dreams in the same home is waited for; what it dreamt is
    unchanged then. Raw rows are never written.

    Returns:
        One result per (user, day) that holds activity or was dreamt before, by day and user.

    Raises:
        HomeBusyError: the other process did not end.
        StoreError: a table could not be read or written; chunks finished before stay.
    """
    began = time.monotonic()
    recipe = recipe_of(home, engine)
    with home.hold("dream", wait_seconds=WAIT_FOR_OTHER_DREAM):
        states = find_days(
            store,
            first_day=plan.first_day,
            last_day=plan.last_day,
            user_ids=plan.user_ids,
            recipe=recipe,
        )
        wanted = [state for state in states if is_wanted(state, plan.redo)]
        results = [
            DayResult(state.user_id, state.partition_key, "unchanged" if state.input.items else "empty")
            for state in states
            if not is_wanted(state, plan.redo)
        ]
        plan.on_days(results)
        making = Making(home, store, engine, recipe, plan.run_id)
        for chunk in _chunks(wanted):
            made = making.days(chunk)
            persist(store, made)
            done = [result_of(each.dream) for each in made]
            results += done
            plan.on_days(done)
        refresh_text(store)
        if wanted:
            tidy(store, TABLES)
    results.sort(key=lambda result: (result.day, result.user_id))
    return DreamReport(tuple(results), time.monotonic() - began)


def preview(home: Home, store: Store, engine: Engine, plan: DreamPlan) -> list[DreamtDay]:
    """What `dream` would write for the days that are out of date; writes nothing."""
    recipe = recipe_of(home, engine)
    states = find_days(
        store, first_day=plan.first_day, last_day=plan.last_day, user_ids=plan.user_ids, recipe=recipe
    )
    wanted = [state for state in states if is_wanted(state, plan.redo)]
    making = Making(home, store, engine, recipe)
    return [made for chunk in _chunks(wanted) for made in making.days(chunk)]


def is_wanted(state: DayState, redo: Redo) -> bool:
    """Whether a dream that redoes so much would make this day again."""
    if redo == "all":
        return True
    return state.needs_dream or (redo == "other_versions" and state.freshness == "another_version")


def _chunks(states: Sequence[DayState]) -> Iterator[list[DayState]]:
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
