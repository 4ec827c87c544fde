"""How does activity come in? Three assets, one for each kind of row."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from rem_dagster.defs.columns import columns_of
from rem_dagster.defs.location import Location
from rem_dagster.defs.metadata import activity_metadata
from rem_dagster.defs.partitions import by_month
from rem_dagster.ingest.sync import sync

ACTIVITY = ("resources", "sessions", "messages")
DESCRIPTIONS = {
    "resources": "What was written or made on a day: notes, documents, commits, transcripts, in chunks.",
    "sessions": "The conversations that began on a day.",
    "messages": "What was said on a day, message by message, each on the day of its own time.",
}
HOW_SYNCED = (
    "\n\nMaterialising it pulls every configured source once, whatever days that touches. "
    "A source that cannot be read warns, and the run goes on."
)


def activity_assets(location: Location) -> dg.AssetsDefinition:
    """The three assets of activity."""

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                location.key(name),
                description=text + HOW_SYNCED,
                metadata=columns_of(name),
                group_name=location.name("activity"),
                kinds={"lancedb", "python"},
                owners=["team:memory"],
            )
            for name, text in DESCRIPTIONS.items()
        ],
        name=location.name("activity"),
        partitions_def=location.days,
        backfill_policy=by_month(),
        can_subset=True,
        required_resource_keys={location.home_key},
    )
    def activity(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        """Sync once, then say what the store holds for the days of the run."""
        opened = location.open(context)
        failed = [report for report in sync(opened.home, opened.store, now=datetime.now(UTC)) if report.error]
        for report in failed:
            context.log.warning(f"{report.kind} source {report.path} was not read: {report.error}")
        events = activity_metadata(opened.store, context.partition_keys)
        for key in sorted(context.selected_asset_keys):
            for day, metadata in events[key.path[-1]].items():
                context.add_asset_metadata(
                    {**metadata, "failed_sources": len(failed)}, asset_key=key, partition_key=day
                )
            yield dg.MaterializeResult(asset_key=key)

    return activity
