"""How does one day become records?

redact -> segment -> draft -> verify -> resolve -> correct -> link -> summarize
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

from rem_dagster.dreaming.collect import collect
from rem_dagster.dreaming.draft.engine import DayFrame, Engine, Usage
from rem_dagster.dreaming.originals import Original, by_source
from rem_dagster.dreaming.persist import DreamtDay
from rem_dagster.dreaming.prediction import is_prediction
from rem_dagster.dreaming.redact import redact_day
from rem_dagster.dreaming.segment import segment
from rem_dagster.dreaming.shown import Shown, shown_of
from rem_dagster.dreaming.stale import DayState
from rem_dagster.dreaming.summarize import make_summary, summary_from_moments
from rem_dagster.dreaming.terms import Terms, recipe_of
from rem_dagster.dreaming.verify import Verdict, verify
from rem_dagster.errors import BudgetError, ModelError
from rem_dagster.llm.loop import run_to_end
from rem_dagster.model.day import Day, Segment
from rem_dagster.model.draft import Draft
from rem_dagster.model.dream import Dream, QuarantinedClaim
from rem_dagster.model.ids import derive_id
from rem_dagster.model.moment import happened
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.digest import DayDigest

DAYS_AT_ONCE = 8
MOST_REASKS = 2


@dataclass(frozen=True)
class LeftDay:
    """A day that was not made, and stays as it was."""

    user_id: str
    partition_key: str
    status: Literal["waiting", "held"]
    """`waiting`: a limit on cost stopped it. `held`: it would lose too much."""
    reason: str


@dataclass(frozen=True)
class Making:
    """What days are made from and with."""

    home: Home
    store: Store
    engine: Engine
    terms: Terms
    run_id: str | None = None
    on_made: Callable[[], None] = field(default=lambda: None)

    def days(self, states: Sequence[DayState]) -> list[DreamtDay | LeftDay]:
        """Dream days side by side, without writing them."""
        digests = {state.key: state.input for state in states}
        days = list(self.redacted(states))

        async def all_days() -> list[DreamtDay | LeftDay]:
            gate = asyncio.Semaphore(max(DAYS_AT_ONCE, self.home.settings.llm_concurrency))

            async def one(day: Day) -> DreamtDay | LeftDay:
                async with gate:
                    made = await self._day(day)
                self.on_made()
                return made

            try:
                ended = await asyncio.gather(*(one(day) for day in days), return_exceptions=True)
            finally:
                await self.engine.close()
            made = [each for each in ended if not isinstance(each, BaseException)]
            for error in ended:  # only now, so that every answer that was on its way is kept
                if isinstance(error, BaseException):
                    raise error
            return made

        return [
            _with_input_counts(made, digests[made.dream.user_id, made.dream.partition_key])
            if isinstance(made, DreamtDay)
            else made
            for made in run_to_end(all_days())
        ]

    @cached_property
    def recipe(self) -> str:
        """The hash of all that the days are made with."""
        return recipe_of(self.home, self.engine, self.terms)

    def redacted(self, states: Sequence[DayState]) -> Iterator[Day]:
        """Days as an engine sees them, in the order of their states."""
        digests = {state.key: state.input for state in states}
        key = bytes.fromhex(self.home.file.hmac_key)
        for day in collect(self.store, calendar_of(self.home), list(digests), digests):
            yield redact_day(day, key)

    def frame_of(self, day: Day) -> DayFrame:
        """What the engine may know of a day."""
        return DayFrame(user_id=day.user_id, day=day.day, zone=day.zone, moment_types=self.terms.moment_types)

    async def _day(self, day: Day) -> DreamtDay | LeftDay:
        """One redacted day; a failed model call makes a failed day, never an empty one."""
        began = time.monotonic()
        row = self._row(day)
        try:
            made = await self._records(day, self.frame_of(day), row)
        except BudgetError as error:
            return LeftDay(day.user_id, day.partition_key, "waiting", str(error))
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
        shown = shown_of(drafts, day, row.dream_id, self.terms)
        drafting = sum((each.usage for each in asked), Usage())
        content, summing = await self._summary_text(drafts, shown, day, frame)
        usage = drafting + (summing or Usage())
        summary = make_summary(content, shown.moments, day, dream_id=row.dream_id, recipe=row.recipe)
        held = [*(claim for each in asked for claim in each.quarantine), *shown.detached]
        counts = {
            "items": len(day.items),
            "segments": len(segments),
            **shown.counts,
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
        original = self._original(drafts, day, row).model_copy(
            update={
                "drafting": drafting,
                "summary": None if summing is None else content,
                "summing": summing or Usage(),
            }
        )
        made = row.model_copy(update=told)
        return DreamtDay(made, shown.moments, shown.mentions, shown.edges, summary, original)

    async def _summary_text(
        self, drafts: Sequence[Draft], shown: Shown, day: Day, frame: DayFrame
    ) -> tuple[str, Usage | None]:
        """What is said of the day, and what it cost; no cost where it is of what is shown, by code."""
        if shown.corrected.says_otherwise or self.terms.are_narrow:
            return summary_from_moments(shown.moments), None
        if len(drafts) == 1:
            return drafts[0].day_summary, Usage()
        moments = happened(shown.drafted)
        return await self.engine.summarize(moments, frame) if moments else ("", Usage())

    def _original(self, drafts: Sequence[Draft], day: Day, row: Dream) -> Original:
        """What the day is without corrections."""
        sources = {item.handle: item.source_id for item in day.items}
        return Original(
            user_id=day.user_id,
            partition_key=day.partition_key,
            dream_ids=(row.dream_id,),
            recipe=row.recipe,
            items_hash=day.items_hash,
            drafts=tuple(by_source(draft, sources) for draft in drafts),
            only_types=self.terms.only_types,
            min_minutes=self.terms.min_minutes,
        )

    async def _draft(self, part: Segment, frame: DayFrame) -> "_Asked":
        """Ask for a draft; ask again with what was wrong, at most twice; hold back what stays wrong.

        Of several the one with the most verified claims is taken, the latest of equals: a model that is
        told of one error may leave out much else.
        """
        usage = Usage()
        verdicts: list[Verdict] = []
        last: Draft | None = None
        while True:
            errors = verdicts[-1].errors if verdicts else ()
            drafted = await self.engine.draft(part, frame, errors=errors)
            if drafted.draft == last:  # asking on would give it again
                usage = replace(usage, calls_paid=usage.calls_paid + drafted.usage.calls_paid)
                break
            usage += drafted.usage
            last = drafted.draft
            verdicts.append(verify(last, part, frame.moment_types, prompt=self.engine.prompt))
            if not verdicts[-1].errors or not self.engine.can_mend or len(verdicts) > MOST_REASKS:
                break
        best = max(enumerate(verdicts), key=lambda each: (each[1].claims, each[0]))[1]
        return _Asked(best.draft, best.quarantine, usage, len(verdicts))


@dataclass(frozen=True)
class _Asked:
    """The best draft of a segment after verification, and what all its drafts cost."""

    draft: Draft
    quarantine: list[QuarantinedClaim]
    usage: Usage
    attempts: int


def _coverage(drafts: Sequence[Draft], day: Day) -> float | None:
    told = (moment for draft in drafts for moment in draft.moments if not is_prediction(moment))
    cited = {handle for moment in told for handle in moment.handles}
    return len(cited) / len(day.items) if day.items else None


def _with_input_counts(made: DreamtDay, held: DayDigest) -> DreamtDay:
    """The same, its row telling what the day held, so that a trigger can say how much is new since."""
    counts = {"messages": held.messages, "resources": held.resources, "sessions": held.sessions}
    return replace(made, dream=made.dream.model_copy(update={"counts": made.dream.counts | counts}))
