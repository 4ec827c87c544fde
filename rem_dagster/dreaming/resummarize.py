"""How is a day's summary written anew while its moments, edges and ledger stay?"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rem_dagster.dreaming.draft.engine import DayFrame, Engine
from rem_dagster.dreaming.dream import (
    UP_TO_DATE,
    WAIT_FOR_OTHER_DREAM,
    DayResult,
    DayStatus,
    DreamPlan,
    chunks_of,
    days_of_plan,
)
from rem_dagster.dreaming.persist import replace_summaries
from rem_dagster.dreaming.stale import DayState
from rem_dagster.dreaming.summarize import make_summary
from rem_dagster.dreaming.terms import recipe_of, terms_of
from rem_dagster.errors import BudgetError, ModelError
from rem_dagster.llm.loop import run_to_end
from rem_dagster.model.day import Day
from rem_dagster.model.dream import Dream
from rem_dagster.model.moment import Moment, happened
from rem_dagster.model.summary import Summary
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, is_in
from rem_dagster.store.records import record_of
from rem_dagster.store.text import refresh_text

DAYS_AT_ONCE = 8
NOT_DREAMT = "its moments are not up to date, so there is nothing to sum up; dream it first"


def resummarize(home: Home, store: Store, engine: Engine, plan: DreamPlan) -> list[DayResult]:
    """Replace the summaries of a plan's days, made from their moments as they are.

    Returns:
        One result per (user, day) that holds anything, by day and user. Where no summary could be made,
        the day's own one stays: `failed` or `waiting`, with the reason.
    """
    states = days_of_plan(home, store, engine, plan)
    results: list[DayResult] = []
    for chunk in chunks_of([state for state in states if _is_ready(state)]):
        results += _resummarize_chunk(home, store, engine, plan, chunk)
    refresh_text(store)
    told = {(result.user_id, result.day) for result in results}
    others = [
        DayResult(state.user_id, state.partition_key, "waiting", error=NOT_DREAMT)
        for state in states
        if state.key not in told and state.input.items
    ]
    return sorted([*results, *others], key=lambda each: (each.day, each.user_id))


def _resummarize_chunk(
    home: Home, store: Store, engine: Engine, plan: DreamPlan, chunk: Sequence[DayState]
) -> list[DayResult]:
    """The same for some days, while nobody else writes them; days that changed meanwhile are left out."""
    days = sorted({state.partition_key for state in chunk})
    keys = {state.key for state in chunk}
    with home.hold_days(days, wait_seconds=WAIT_FOR_OTHER_DREAM) as held:
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
        found = days_of_plan(home, store, engine, replace(plan, first_day=first, last_day=last))
        ready = [state for state in found if state.key in keys and _is_ready(state)]
        moments = {state.key: _moments(store, state) for state in ready}

        async def all_days() -> list[tuple[DayResult, Summary | None]]:
            gate = asyncio.Semaphore(DAYS_AT_ONCE)

            async def one(state: DayState) -> tuple[DayResult, Summary | None]:
                async with gate:
                    return await _one(home, engine, state, moments[state.key])

            try:
                return list(await asyncio.gather(*(one(state) for state in ready)))
            finally:
                await engine.close()

        made = run_to_end(all_days())
        held.check()
        replace_summaries(store, [summary for _, summary in made if summary is not None])
    return [result for result, _ in made]


async def _one(
    home: Home, engine: Engine, state: DayState, moments: Sequence[Moment]
) -> tuple[DayResult, Summary | None]:
    row = state.row
    assert row is not None  # only days with a complete row come here
    day = _day(date.fromisoformat(state.partition_key), state, row, home)
    frame = DayFrame(
        user_id=day.user_id, day=day.day, zone=day.zone, moment_types=terms_of(home).moment_types
    )
    if not moments:
        return DayResult(day.user_id, day.partition_key, "empty"), None
    try:
        content, usage = await engine.summarize(moments, frame)
    except (ModelError, BudgetError) as error:
        status: DayStatus = "failed" if isinstance(error, ModelError) else "waiting"
        return DayResult(day.user_id, day.partition_key, status, error=str(error)), None
    summary = make_summary(content, moments, day, dream_id=row.dream_id, recipe=recipe_of(home, engine))
    result = DayResult(
        day.user_id,
        day.partition_key,
        "dreamt",
        summaries=1,
        calls=usage.calls,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost_usd=usage.cost_usd,
    )
    return result, summary


def _is_ready(state: DayState) -> bool:
    return state.row is not None and state.freshness in UP_TO_DATE


def _moments(store: Store, state: DayState) -> list[Moment]:
    where = all_of(is_in("partition_key", [state.partition_key]), equals("user_id", state.user_id))
    found = [record_of(Moment, row) for row in store.read("moments", where=where).to_pylist()]
    return sorted(happened(found), key=lambda each: (each.start_time, each.end_time, each.id))


def _day(day: date, state: DayState, row: Dream, home: Home) -> Day:
    """The day without its items: a summary is made from moments."""
    return Day(
        user_id=state.user_id,
        day=day,
        window=calendar_of(home).window_of(day),
        zone=home.zone,
        items=(),
        corrections=(),
        input_digest=row.input_digest,
        input_hash=row.input_hash,
    )
