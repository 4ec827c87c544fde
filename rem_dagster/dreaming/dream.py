"""How is a day dreamt, from what happened to what is remembered?

    collect -> redact -> segment -> draft -> verify -> resolve -> correct -> link -> summarize -> persist

Days are dreamt side by side and persisted in chunks; a chunk is whole or not there.
"""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Literal, TypeVar

from rem_dagster.dreaming.collect import collect
from rem_dagster.dreaming.correct import correct
from rem_dagster.dreaming.draft.engine import DayFrame, Engine, Recipe, Usage
from rem_dagster.dreaming.link import link_day
from rem_dagster.dreaming.persist import DreamtDay, persist
from rem_dagster.dreaming.redact import redact_day
from rem_dagster.dreaming.resolve import resolve_mentions, resolve_moments
from rem_dagster.dreaming.segment import segment
from rem_dagster.dreaming.stale import DayState, find_days
from rem_dagster.dreaming.summarize import make_summary, summary_from_moments
from rem_dagster.dreaming.verify import verify
from rem_dagster.errors import ModelError
from rem_dagster.model.day import Day, Segment
from rem_dagster.model.draft import Draft
from rem_dagster.model.dream import Dream, QuarantinedClaim
from rem_dagster.model.ids import derive_id, digest_text
from rem_dagster.model.window import calendar_of
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.digest import DayDigest
from rem_dagster.store.text import refresh_text

DAYS_PER_CHUNK = 30
ITEMS_PER_CHUNK = 50_000
DAYS_AT_ONCE = 8
MOST_REASKS = 2
WAIT_FOR_OTHER_DREAM = 3600.0
"""Seconds to wait for another process of this machine that dreams in this home."""

DayStatus = Literal["dreamt", "unchanged", "empty", "failed"]
Redo = Literal["stale", "other_versions", "all"]
T = TypeVar("T")


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


def recipe_hash(recipe: Recipe, moment_types: dict[str, str]) -> str:
    """A hash of all that a day is made with."""
    return digest_text(
        json.dumps(
            [
                recipe.engine,
                recipe.model,
                recipe.agentlet,
                recipe.agentlet_version,
                dict(recipe.parameters),
                moment_types,
                Draft.model_json_schema(),
            ],
            sort_keys=True,
            default=str,
        )
    )[:32]


def moment_types_of(home: Home) -> dict[str, str]:
    """The types that a moment of this home may have, with their descriptions."""
    return {**BUILT_IN_MOMENT_TYPES, **home.file.moment_types}


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
    recipe = recipe_hash(engine.recipe, moment_types_of(home))
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
        for chunk in _chunks(wanted):
            done = _dream_chunk(home, store, engine, chunk, recipe, plan.run_id)
            results += done
            plan.on_days(done)
        refresh_text(store)
    results.sort(key=lambda result: (result.day, result.user_id))
    return DreamReport(tuple(results), time.monotonic() - began)


def preview(home: Home, store: Store, engine: Engine, plan: DreamPlan) -> list[DreamtDay]:
    """What `dream` would write for the days that are out of date; writes nothing."""
    recipe = recipe_hash(engine.recipe, moment_types_of(home))
    states = find_days(
        store, first_day=plan.first_day, last_day=plan.last_day, user_ids=plan.user_ids, recipe=recipe
    )
    wanted = [state for state in states if is_wanted(state, plan.redo)]
    return [
        made for chunk in _chunks(wanted) for made in _make_days(home, store, engine, chunk, recipe, None)
    ]


def is_wanted(state: DayState, redo: Redo) -> bool:
    """Whether a dream that redoes so much would make this day again."""
    if redo == "all":
        return True
    return state.needs_dream or (redo == "other_versions" and state.freshness == "another_version")


def _chunks(states: Sequence[DayState]) -> Iterator[list[DayState]]:
    """Days for one write: all users of up to 30 days, and not many more than 50,000 items."""
    chunk: list[DayState] = []
    for state in states:
        days = {each.partition_key for each in chunk} | {state.partition_key}
        items = sum(each.input.items for each in chunk) + state.input.items
        if chunk and (len(days) > DAYS_PER_CHUNK or items > ITEMS_PER_CHUNK):
            yield chunk
            chunk = []
        chunk.append(state)
    if chunk:
        yield chunk


def _dream_chunk(
    home: Home, store: Store, engine: Engine, states: Sequence[DayState], recipe: str, run_id: str | None
) -> list[DayResult]:
    made = _make_days(home, store, engine, states, recipe, run_id)
    persist(store, made)
    return [result_of(each.dream) for each in made]


def _make_days(
    home: Home, store: Store, engine: Engine, states: Sequence[DayState], recipe: str, run_id: str | None
) -> list[DreamtDay]:
    """Dream days without writing them, side by side."""
    digests = {state.key: state.input for state in states}
    days = collect(store, calendar_of(home), list(digests), digests)
    key = bytes.fromhex(home.file.hmac_key)
    types = moment_types_of(home)

    async def all_days() -> list[DreamtDay]:
        gate = asyncio.Semaphore(DAYS_AT_ONCE)

        async def one(day: Day) -> DreamtDay:
            async with gate:
                return await _make_day(redact_day(day, key), engine, types, recipe, run_id)

        return list(await asyncio.gather(*(one(day) for day in days)))

    return [
        _with_input_counts(made, digests[made.dream.user_id, made.dream.partition_key])
        for made in _run(all_days())
    ]


def _with_input_counts(made: DreamtDay, held: DayDigest) -> DreamtDay:
    """The same, its row telling what the day held, so that a trigger can say how much is new since."""
    counts = {"messages": held.messages, "resources": held.resources, "sessions": held.sessions}
    return replace(made, dream=made.dream.model_copy(update={"counts": made.dream.counts | counts}))


async def _make_day(
    day: Day, engine: Engine, types: dict[str, str], recipe: str, run_id: str | None
) -> DreamtDay:
    """One day, redacted, as records; a failed model call makes a failed day, never an empty one."""
    began = time.monotonic()
    row = Dream(
        id=derive_id(day.user_id, day.partition_key, "dream"),
        user_id=day.user_id,
        partition_key=day.partition_key,
        status="complete",
        input_digest=day.input_digest,
        input_hash=day.input_hash,
        recipe=recipe,
        engine=engine.recipe.engine,
        model=engine.recipe.model,
        agentlet=engine.recipe.agentlet,
        agentlet_version=engine.recipe.agentlet_version,
        dream_id=derive_id(day.user_id, day.partition_key, day.input_hash, recipe),
        run_id=run_id,
        dreamt_at=datetime.now(UTC),
    )
    frame = DayFrame(user_id=day.user_id, day=day.day, zone=day.zone, moment_types=types)
    try:
        made = await _make_records(day, engine, frame, row)
    except ModelError as error:
        made = DreamtDay(row.model_copy(update={"status": "failed", "error": str(error)}))
    seconds = time.monotonic() - began
    return replace(made, dream=made.dream.model_copy(update={"duration_seconds": seconds}))


async def _make_records(day: Day, engine: Engine, frame: DayFrame, row: Dream) -> DreamtDay:
    segments = segment(day.items)
    asked = await asyncio.gather(*(_draft(part, engine, frame) for part in segments))
    drafts = [each.draft for each in asked]
    usage = sum((each.usage for each in asked), Usage())
    drafted = resolve_moments(drafts, day, row.dream_id)
    corrected = correct(drafted, day, row.dream_id)
    moments = corrected.moments
    mentions = resolve_mentions(drafts, moments, day, row.dream_id)
    edges = link_day(drafts, moments, mentions, day, row.dream_id)
    if len(corrected.detached) < len(day.corrections):
        content = summary_from_moments(moments)
    elif len(drafts) == 1:
        content = drafts[0].day_summary
    elif moments:
        content, spent = await engine.summarize(moments, frame)
        usage += spent
    else:
        content = ""
    summary = make_summary(content, moments, day, dream_id=row.dream_id, recipe=row.recipe)
    held = [claim for each in asked for claim in each.quarantine]
    held += [
        QuarantinedClaim(kind="correction", text=each.id, reason="no moment has the sources it names")
        for each in corrected.detached
    ]
    cited = {handle for draft in drafts for moment in draft.moments for handle in moment.handles}
    return DreamtDay(
        dream=row.model_copy(
            update={
                "counts": {
                    "items": len(day.items),
                    "segments": len(segments),
                    "moments": len(moments),
                    "entities": len(mentions),
                    "edges": len(edges),
                    "summaries": int(summary is not None),
                    "held_back": len(held),
                },
                "coverage": len(cited) / len(day.items) if day.items else None,
                "quarantine": tuple(held),
                "attempts": max((each.attempts for each in asked), default=1),
                "calls": usage.calls,
                "calls_paid": usage.calls_paid,
                "prompt_tokens": usage.prompt_tokens,
                "completion_tokens": usage.completion_tokens,
                "cost_usd": usage.cost_usd,
            }
        ),
        moments=moments,
        mentions=mentions,
        edges=edges,
        summary=summary,
    )


@dataclass(frozen=True)
class _Asked:
    """The last draft of a segment after verification, and what all its drafts cost."""

    draft: Draft
    quarantine: list[QuarantinedClaim]
    usage: Usage
    attempts: int


async def _draft(part: Segment, engine: Engine, frame: DayFrame) -> _Asked:
    """Ask for a draft; ask again with what was wrong, at most twice; hold back what stays wrong."""
    usage = Usage()
    errors: list[str] = []
    attempts = 0
    while True:
        attempts += 1
        drafted = await engine.draft(part, frame, errors=errors)
        usage += drafted.usage
        verdict = verify(drafted.draft, part, frame.moment_types)
        errors = verdict.errors
        if not errors or not engine.can_mend or attempts > MOST_REASKS:
            return _Asked(verdict.draft, verdict.quarantine, usage, attempts)


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


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, also where a loop is running already (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()
