"""How are days joined under Dagster? After the dreams of a run, for its days and those that follow."""

from collections.abc import Iterator

import dagster as dg

from rem_dagster.defs.columns import columns_of
from rem_dagster.defs.connections import CALLER
from rem_dagster.defs.location import Location
from rem_dagster.defs.metadata import ROWS, count_by_day
from rem_dagster.defs.partitions import by_month, keys_as_days
from rem_dagster.dreaming.links import link_across

DESCRIPTION = (
    "Edges from a day's moments and entities to those of the 30 days before: `similar_to` where moments are "
    "about the same thing, `same_as` where two spellings name one entity. No model is asked. A day that is "
    "dreamt again, however late, has the links of the days after it made again, so the order in which days "
    "are dreamt does not matter."
)


def links_asset(location: Location) -> dg.AssetsDefinition:
    """The asset of edges across days."""

    @dg.multi_asset(  # `dg.asset` would warn on stderr that its backfill policy is a beta feature
        specs=[
            dg.AssetSpec(
                location.key("links"),
                deps=location.keys("moments", "mentions", "edges"),
                description=DESCRIPTION,
                metadata=columns_of("edges"),
                group_name=location.name("dreams"),
                kinds={"lancedb", "python"},
                owners=["team:memory"],
            )
        ],
        name=location.name("links"),
        partitions_def=location.days,
        backfill_policy=by_month(),
        required_resource_keys={location.home_key},
    )
    def links(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        """Link what is out of date; say for each day of the run how many links it has."""
        opened = location.open(context)
        days = keys_as_days(context)
        report = link_across(opened.home, opened.store, first_day=days[0], last_day=days[-1])
        if CALLER.get() is None:
            context.log.info(f"{report.days:,} days of users were linked anew, {report.edges:,} links")
        held, similar, same = (
            count_by_day(opened.store, "edges", context.partition_keys, generated_by="link", **kind)
            for kind in ({}, {"edge_type": "similar_to"}, {"edge_type": "same_as"})
        )
        for day in context.partition_keys:
            context.add_asset_metadata(
                {ROWS: held[day], "similar_to": similar[day], "same_as": same[day]},
                asset_key=location.key("links"),
                partition_key=day,
            )
        yield dg.MaterializeResult(asset_key=location.key("links"))

    return links
