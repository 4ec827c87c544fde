"""How are days dreamt under Dagster? One op, four assets: slices of one dream belong together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import dagster as dg

from rem_dagster.defs.activity import ACTIVITY
from rem_dagster.defs.columns import columns_of
from rem_dagster.defs.connections import CALLER
from rem_dagster.defs.location import Location
from rem_dagster.defs.metadata import DayMetadata, dream_metadata
from rem_dagster.defs.partitions import by_month, keys_as_days
from rem_dagster.dreaming.dream import DayResult, DreamPlan, dream
from rem_dagster.dreaming.terms import terms_of
from rem_dagster.llm.opening import Asking
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home

POOL = "rem_dreams"
"""Runs that dream at once, as the instance's `concurrency.pools` allows; each asks models side by side."""
TABLE_OF = {"moments": "moments", "mentions": "mentions", "edges": "edges", "summary": "summaries"}
DESCRIPTIONS = {
    "moments": "Typed, time-bounded pieces of a day, each with the sources and quotes that show it.",
    "mentions": "People, projects, tools and topics that a day names, with the moments that name them.",
    "edges": "How a day's moments and entities relate to each other and to their sources.",
    "summary": "A day in at most 70 words, made from its moments.",
}
HOW_DREAMT = (
    "\n\nOne op makes moments, mentions, edges and the summary of a day together, from what is stored. "
    "Days that are up to date cost nothing: they are compared by digest and left as they are."
)
DAYS_NAMED = 10
REASONS_NAMED = 3


class DreamConfig(dg.Config):
    """Whose days are dreamt, and which of them."""

    users: list[str] | None = None
    """Only these users; without it all whose day is out of date."""
    redo: Literal["stale", "other_versions", "all"] = "stale"
    """`stale`: changed or unfinished days. `other_versions`: also days of another recipe. `all`: each."""
    llm: str | None = None
    """The model, or `offline`, for this run alone; without it what the home's settings choose."""
    refresh: bool = False
    """Whether a model is asked anew where its answers are kept."""
    max_cost_usd: float | None = None
    """The run stops before the call that would pass it."""
    accept_unknown_price: bool = False
    accept_losses: bool = False
    """Whether a day made again from the same input may lose over a quarter of its verified claims."""
    moment_types: list[str] | None = None
    """Only moments of these types are kept."""
    min_duration_minutes: int = 0
    """Shorter moments are left out."""


def dream_assets(location: Location) -> dg.AssetsDefinition:
    """The four assets of a dream."""

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                location.key(name),
                deps=location.keys(*ACTIVITY),
                description=text + HOW_DREAMT,
                metadata=columns_of(TABLE_OF[name]),
                group_name=location.name("dreams"),
                kinds={"lancedb", "python"},
                owners=["team:memory"],
            )
            for name, text in DESCRIPTIONS.items()
        ],
        name=location.name("dreams"),
        partitions_def=location.days,
        backfill_policy=by_month(),
        pool=POOL,
        required_resource_keys={location.home_key},
    )
    def dreams(
        context: dg.AssetExecutionContext, config: DreamConfig
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Dream the days of the run; one event per day and asset, also for an empty day."""
        opened = location.open(context, llm=config.llm)
        engine = opened.engine(Asking(config.max_cost_usd, config.accept_unknown_price, config.refresh))
        report = dream(opened.home, opened.store, engine, _plan(context, config, opened.home))
        events = dream_metadata(
            opened.store,
            context.partition_keys,
            calendar=calendar_of(opened.home),
            show_text=opened.home.settings.dagster.show_text,
        )
        if held := [day for day in report.left if day.status == "held"]:
            days = ", ".join(sorted({day.day for day in held})[:DAYS_NAMED])
            context.log.warning(f"Kept as they were, as they would lose verified claims: {days}")
        lost = [*report.failed, *(day for day in report.left if day.status == "waiting")]
        if lost:
            _record_the_others(context, location, events, lost)
            raise _failure(lost)
        for asset, by_day in events.items():
            for day, metadata in by_day.items():
                context.add_asset_metadata(metadata, asset_key=location.key(asset), partition_key=day)
            yield dg.MaterializeResult(asset_key=location.key(asset))

    return dreams


def _plan(context: dg.AssetExecutionContext, config: DreamConfig, home: Home) -> DreamPlan:
    days = keys_as_days(context)
    caller = CALLER.get()
    return DreamPlan(
        first_day=days[0],
        last_day=days[-1],
        user_ids=config.users,
        redo=config.redo,
        run_id=context.run.run_id,
        terms=terms_of(home, only_types=config.moment_types, min_minutes=config.min_duration_minutes),
        accept_losses=config.accept_losses,
        on_days=caller.on_days if caller else lambda done: _log_chunk(context, done),
        on_made=caller.on_made if caller else lambda: None,
    )


def _log_chunk(context: dg.AssetExecutionContext, done: Sequence[DayResult]) -> None:
    counts = Counter(result.status for result in done)
    if counts:
        told = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
        context.log.info(f"Days of users up to {max(result.day for result in done)}: {told}")


def _record_the_others(
    context: dg.AssetExecutionContext, location: Location, events: DayMetadata, failed: Sequence[DayResult]
) -> None:
    """Record the days that are whole: Dagster itself records none of a step that fails."""
    lost = {result.day for result in failed}
    for asset, by_day in events.items():
        for day, metadata in by_day.items():
            if day not in lost:
                context.log_event(
                    dg.AssetMaterialization(location.key(asset), partition=day, metadata=metadata)
                )


def _failure(failed: Sequence[DayResult]) -> dg.Failure:
    """Which days failed and why; the errors are ours and hold no text of the days."""
    days = sorted({result.day for result in failed})
    named = ", ".join(days[:DAYS_NAMED]) + (
        f" and {len(days) - DAYS_NAMED} more" if days[DAYS_NAMED:] else ""
    )
    reasons = Counter(result.error or "unknown" for result in failed).most_common(REASONS_NAMED)
    told = "; ".join(f"{reason} ({number} times)" if number > 1 else reason for reason, number in reasons)
    return dg.Failure(
        f"The dream of {named} failed or was stopped: {told}. The other days of this run are whole. "
        "What these days had before is unchanged; run them again.",
        metadata={"failed_days": len(days), "failed_dreams": len(failed)},
    )
