"""How are weeks and months summed up under Dagster?"""

from collections.abc import Iterator, Sequence
from datetime import date

import dagster as dg

from rem_dagster.defs.columns import columns_of
from rem_dagster.defs.connections import OpenHome
from rem_dagster.defs.location import Location
from rem_dagster.defs.metadata import Metadata, rollup_metadata
from rem_dagster.defs.partitions import IN_ONE_RUN, keys_as_days
from rem_dagster.dreaming.rollup import RollupResult, roll_up
from rem_dagster.dreaming.rollup_periods import Rolled, period_of

ASSET_OF: dict[Rolled, str] = {"week": "weekly_summary", "month": "monthly_summary"}
DESCRIPTIONS = {
    "week": "What a week's hours went to and what came of them, from its moments and day summaries.",
    "month": "What a month's hours went to and what came of them, from its moments and day summaries.",
}
HOW_MADE = (
    "\n\nOut of date when one of its days was dreamt again. A day that failed, or whose dream was killed, "
    "blocks it: what it said before stays until that day is whole. Claims that are held back only warn."
)
NAMED = 10


def rollup_asset(location: Location, period: Rolled) -> dg.AssetsDefinition:
    """The asset of the summaries of weeks, or of months."""
    name = ASSET_OF[period]

    @dg.multi_asset(  # `dg.asset` would warn on stderr that its backfill policy is a beta feature
        specs=[
            dg.AssetSpec(
                location.key(name),
                deps=location.keys("moments", "summary"),
                description=DESCRIPTIONS[period] + HOW_MADE,
                metadata=columns_of("summaries"),
                group_name=location.name("rollups"),
                kinds={"lancedb", "pandas", "python"},
                owners=["team:memory"],
            )
        ],
        name=location.name(name),
        partitions_def=location.weeks if period == "week" else location.months,
        backfill_policy=IN_ONE_RUN,
        required_resource_keys={location.home_key},
    )
    def rollup(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        """Sum up what is out of date; one event per period, also for an empty one."""
        opened = location.open(context)
        firsts = keys_as_days(context)
        report = roll_up(
            opened.home,
            opened.store,
            periods=(period,),
            first_day=firsts[0],
            last_day=period_of(firsts[-1], period, location.calendar).last_day,
        )
        events = events_of(opened, period, firsts)
        if blocked := [each for each in report.results if each.status == "blocked"]:
            lost = {each.key for each in blocked}
            for key, metadata in events.items():
                if key not in lost:
                    context.log_event(
                        dg.AssetMaterialization(location.key(name), partition=key, metadata=metadata)
                    )
            raise _failure(period, blocked)
        for key, metadata in events.items():
            context.add_asset_metadata(metadata, asset_key=location.key(name), partition_key=key)
        yield dg.MaterializeResult(asset_key=location.key(name))

    return rollup


def events_of(opened: OpenHome, period: Rolled, firsts: Sequence[date]) -> dict[str, Metadata]:
    """ISO first day of each period -> what its event says."""
    keys = [first.isoformat() for first in firsts]
    return rollup_metadata(opened.store, period, keys, show_text=opened.home.settings.dagster.show_text)


def _failure(period: Rolled, blocked: Sequence[RollupResult]) -> dg.Failure:
    named = ", ".join(sorted({each.key for each in blocked})[:NAMED])
    reasons = "; ".join(sorted({each.reason for each in blocked if each.reason})[:3])
    return dg.Failure(
        f"The {period}s of {named} were not summed up: {reasons}. What they said before is unchanged, the "
        "others are done. Dream those days again (`rem dream`), then run this again.",
        metadata={"blocked": len(blocked)},
    )
