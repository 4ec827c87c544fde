"""How do the tables stay small and quick?"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from rem_dagster.defs.checks import Check
from rem_dagster.defs.connections import OpenHome
from rem_dagster.defs.location import Location
from rem_dagster.defs.retention import Dropped, drop_old_runs
from rem_dagster.dreaming.links import link_across
from rem_dagster.store.maintain import table_size, tables_held
from rem_dagster.store.text import refresh_text
from rem_dagster.store.vector_upkeep import keep_vectors

DESCRIPTION = (
    "Every night: compacts each table, drops versions older than a day, and makes again what of the text "
    "index differs from its rows, and links across days that a backfill left out. Vectors of rows that are "
    "gone are removed, and from 100,000 on they get an index. Runs of Dagster's own history that are older "
    "than `keep_runs_days` and that no day needs any more are dropped. Fails when a table cannot be written."
)


def maintenance_asset(location: Location) -> dg.AssetsDefinition:
    """The asset of upkeep."""

    @dg.asset(
        key=location.key("maintenance"),
        group_name=location.name("upkeep"),
        kinds={"lancedb", "python"},
        owners=["team:memory"],
        description=DESCRIPTION,
        required_resource_keys={location.home_key},
    )
    def maintenance(context: dg.AssetExecutionContext) -> None:
        """Compact all tables; say how many rows and bytes there are."""
        opened = location.open(context)
        for table in tables_held(opened.store):
            opened.store.optimize(table)
        linked = link_across(opened.home, opened.store)  # what a backfill without `links` left out
        shards = refresh_text(opened.store)
        vectors = keep_vectors(opened.store)
        keep = timedelta(days=opened.home.settings.dagster.keep_runs_days)
        dropped = Dropped()
        if _is_own(context.instance, opened):
            dropped = drop_old_runs(context.instance, keep=keep, now=datetime.now(UTC))
        context.add_output_metadata(
            {
                **_sizes(opened),
                "days_linked_anew": linked.days,
                "text_shards_made_again": shards,
                "vectors_removed": vectors.removed,
                "old_runs_dropped": dropped.runs,
                "old_runs_thinned": dropped.thinned,
            }
        )

    return maintenance


def tables_are_compact(opened: OpenHome) -> dg.AssetCheckResult:
    """Whether leftovers pile up."""
    sizes = {table: table_size(opened.store, table) for table in tables_held(opened.store)}
    swollen = {name: round(size.ratio, 1) for name, size in sizes.items() if size.is_swollen}
    told = ", ".join(f"{name} ({ratio} times)" for name, ratio in swollen.items())
    return dg.AssetCheckResult(
        passed=not swollen,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"Larger than their rows explain: {told}." if swollen else "No table is swollen.",
    )


UPKEEP_CHECKS = (
    Check(
        "maintenance",
        "A table's directory is at most five times what is in use of it, once it is over 100 MB.",
        tables_are_compact,
    ),
)


def _is_own(instance: dg.DagsterInstance, opened: OpenHome) -> bool:
    """Whether an instance is the home's alone: in somebody's project it has runs that are not ours."""
    place = opened.home.dagster_path
    return instance.is_persistent and place.exists() and place.samefile(instance.root_directory)


def _sizes(opened: OpenHome) -> dict[str, int | float]:
    sizes = {table: table_size(opened.store, table) for table in tables_held(opened.store)}
    on_disk = sum(size.bytes_on_disk for size in sizes.values())
    live = sum(size.live_bytes for size in sizes.values())
    return {
        "bytes_on_disk": on_disk,
        "bytes_per_live_byte": round(on_disk / max(live, 1), 2),
        **{f"rows_{name}": size.rows for name, size in sizes.items()},
    }
