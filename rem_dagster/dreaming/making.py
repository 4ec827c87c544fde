"""How does one day become records?

redact -> segment -> draft -> verify -> resolve -> correct -> link -> summarize
"""

import asyncio
import json
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from rem_dagster.dreaming.collect import collect
from rem_dagster.dreaming.correct import Corrected, correct
from rem_dagster.dreaming.draft.engine import DayFrame, Engine, Usage
from rem_dagster.dreaming.link import link_day
from rem_dagster.dreaming.persist import DreamtDay
from rem_dagster.dreaming.redact import redact_day
from rem_dagster.dreaming.resolve import resolve_mentions, resolve_moments
from rem_dagster.dreaming.segment import segment
from rem_dagster.dreaming.stale import DayState
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

DAYS_AT_ONCE = 8
MOST_REASKS = 2
T = TypeVar("T")


def moment_types_of(home: Home) -> dict[str, str]:
    """The types that a moment of this home may have, with their descriptions."""
    return {**BUILT_IN_MOMENT_TYPES, **home.file.moment_types}


def recipe_of(home: Home, engine: Engine) -> str:
    """A hash of all that an engine makes this home's days with."""
    recipe = engine.recipe
    parts = [
        recipe.engine,
        recipe.model,
        recipe.agentlet,
        recipe.agentlet_version,
        dict(recipe.parameters),
        moment_types_of(home),
        Draft.model_json_schema(),
    ]
    return digest_text(json.dumps(parts, sort_keys=True, default=str))[:32]


@dataclass(frozen=True)
class Making:
    """What days are made from and with."""

    home: Home
    store: Store
    engine: Engine
    recipe: str
    run_id: str | None = None

    def days(self, states: Sequence[DayState]) -> list[DreamtDay]:
        """Dream days side by side, without writing them."""
        digests = {state.key: state.input for state in states}
        days = collect(self.store, calendar_of(self.home), list(digests), digests)
        key = bytes.fromhex(self.home.file.hmac_key)

        async def all_days() -> list[DreamtDay]:
            gate = asyncio.Semaphore(DAYS_AT_ONCE)

            async def one(day: Day) -> DreamtDay:
                async with gate:
                    return await self._day(redact_day(day, key))

            return list(await asyncio.gather(*(one(day) for day in days)))

        return [
            _with_input_counts(made, digests[made.dream.user_id, made.dream.partition_key])
            for made in _run(all_days())
        ]

    async def _day(self, day: Day) -> DreamtDay:
        """One redacted day; a failed model call makes a failed day, never an empty one."""
        began = time.monotonic()
        row = self._row(day)
        frame = DayFrame(
            user_id=day.user_id, day=day.day, zone=day.zone, moment_types=moment_types_of(self.home)
        )
        try:
            made = await self._records(day, frame, row)
        except ModelError as error:
            made = DreamtDay(row.model_copy(update={"status": "failed", "error": str(error)}))
        seconds = time.monotonic() - began
        return replace(made, dream=made.dream.model_copy(update={"duration_seconds": seconds}))

    def _row(self, day: Day) -> Dream:
        recipe = self.engine.recipe
        return Dream(
            id=derive_id(day.user_id, day.partition_key, "dream"),
            user_id=day.user_id,
            partition_key=day.partition_key,
            status="complete",
            input_digest=day.input_digest,
            input_hash=day.input_hash,
            recipe=self.recipe,
            engine=recipe.engine,
            model=recipe.model,
            agentlet=recipe.agentlet,
            agentlet_version=recipe.agentlet_version,
            dream_id=derive_id(day.user_id, day.partition_key, day.input_hash, self.recipe),
            run_id=self.run_id,
            dreamt_at=datetime.now(UTC),
        )

    async def _records(self, day: Day, frame: DayFrame, row: Dream) -> DreamtDay:
        segments = segment(day.items)
        asked = await asyncio.gather(*(self._draft(part, frame) for part in segments))
        drafts = [each.draft for each in asked]
        corrected = correct(resolve_moments(drafts, day, row.dream_id), day, row.dream_id)
        moments = corrected.moments
        mentions = resolve_mentions(drafts, moments, day, row.dream_id)
        edges = link_day(drafts, moments, mentions, day, row.dream_id)
        content, spent = await self._summary_text(drafts, corrected, day, frame)
        usage = sum((each.usage for each in asked), spent)
        summary = make_summary(content, moments, day, dream_id=row.dream_id, recipe=row.recipe)
        held = _held_back(asked, corrected)
        counts = {
            "items": len(day.items),
            "segments": len(segments),
            "moments": len(moments),
            "entities": len(mentions),
            "edges": len(edges),
            "summaries": int(summary is not None),
            "held_back": len(held),
        }
        told = {
            "counts": counts,
            "coverage": _coverage(drafts, day),
            "quarantine": tuple(held),
            "attempts": max((each.attempts for each in asked), default=1),
            "calls": usage.calls,
            "calls_paid": usage.calls_paid,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cost_usd": usage.cost_usd,
        }
        return DreamtDay(row.model_copy(update=told), moments, mentions, edges, summary)

    async def _summary_text(
        self, drafts: Sequence[Draft], corrected: Corrected, day: Day, frame: DayFrame
    ) -> tuple[str, Usage]:
        """What is said of the day: of what is shown, once a correction changed that."""
        if len(corrected.detached) < len(day.corrections):
            return summary_from_moments(corrected.moments), Usage()
        if len(drafts) == 1:
            return drafts[0].day_summary, Usage()
        if not corrected.moments:
            return "", Usage()
        return await self.engine.summarize(corrected.moments, frame)

    async def _draft(self, part: Segment, frame: DayFrame) -> "_Asked":
        """Ask for a draft; ask again with what was wrong, at most twice; hold back what stays wrong."""
        usage = Usage()
        errors: list[str] = []
        attempts = 0
        while True:
            attempts += 1
            drafted = await self.engine.draft(part, frame, errors=errors)
            usage += drafted.usage
            verdict = verify(drafted.draft, part, frame.moment_types)
            errors = verdict.errors
            if not errors or not self.engine.can_mend or attempts > MOST_REASKS:
                return _Asked(verdict.draft, verdict.quarantine, usage, attempts)


@dataclass(frozen=True)
class _Asked:
    """The last draft of a segment after verification, and what all its drafts cost."""

    draft: Draft
    quarantine: list[QuarantinedClaim]
    usage: Usage
    attempts: int


def _held_back(asked: Sequence[_Asked], corrected: Corrected) -> list[QuarantinedClaim]:
    claims = [claim for each in asked for claim in each.quarantine]
    return claims + [
        QuarantinedClaim(kind="correction", text=each.id, reason="no moment has the sources it names")
        for each in corrected.detached
    ]


def _coverage(drafts: Sequence[Draft], day: Day) -> float | None:
    cited = {handle for draft in drafts for moment in draft.moments for handle in moment.handles}
    return len(cited) / len(day.items) if day.items else None


def _with_input_counts(made: DreamtDay, held: DayDigest) -> DreamtDay:
    """The same, its row telling what the day held, so that a trigger can say how much is new since."""
    counts = {"messages": held.messages, "resources": held.resources, "sessions": held.sessions}
    return replace(made, dream=made.dream.model_copy(update={"counts": made.dream.counts | counts}))


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, also where a loop is running already (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()
