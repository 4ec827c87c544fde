"""How does activity come in? Three assets, one for each kind of row."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from rem_dagster.defs.connections import HomeConnection
from rem_dagster.defs.metadata import activity_metadata
from rem_dagster.defs.partitions import BY_MONTH, DAYS
from rem_dagster.ingest.sync import sync

DESCRIPTIONS = {
    "resources": "What was written or made on a day: notes, documents, commits, transcripts, in chunks.",
    "sessions": "The conversations that began on a day.",
    "messages": "What was said on a day, message by message, each on the day of its own time.",
}
HOW_SYNCED = (
    "\n\nMaterialising it pulls every configured source once, whatever days that touches. "
    "A source that cannot be read warns, and the run goes on."
)


def activity_assets(days: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """The three assets of activity over a calendar of days."""

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                name,
                description=text + HOW_SYNCED,
                group_name="activity",
                kinds={"lancedb", "python"},
                owners=["team:memory"],
            )
            for name, text in DESCRIPTIONS.items()
        ],
        name="activity",
        partitions_def=days,
        backfill_policy=BY_MONTH,
        can_subset=True,
    )
    def activity(
        context: dg.AssetExecutionContext, home: HomeConnection
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Sync once, then say what the store holds for the days of the run."""
        opened = home.open()
        failed = [report for report in sync(opened.home, opened.store, now=datetime.now(UTC)) if report.error]
        for report in failed:
            context.log.warning(f"{report.kind} source {report.path} was not read: {report.error}")
        events = activity_metadata(opened.store, context.partition_keys)
        for key in sorted(context.selected_asset_keys):
            for day, metadata in events[key.to_user_string()].items():
                context.add_asset_metadata(
                    {**metadata, "failed_sources": len(failed)}, asset_key=key, partition_key=day
                )
            yield dg.MaterializeResult(asset_key=key)

    return activity


activity = activity_assets(DAYS)
