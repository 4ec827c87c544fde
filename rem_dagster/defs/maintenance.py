"""How do the tables stay small and quick?"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from rem_dagster.defs.connections import HomeConnection, OpenHome
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import table_size
from rem_dagster.store.tables import TABLES
from rem_dagster.store.text import refresh_text
from rem_dagster.store.vector_upkeep import keep_vectors
from rem_dagster.store.vectors import models_held, table_of

MOST_BYTES_PER_LIVE_BYTE = 5.0
SMALL_BYTES = 100_000_000
"""Below this a day's history outweighs the rows of a small home, and nobody minds."""
KEEP_SYNC_RUNS = timedelta(days=7)
RUNS_AT_ONCE = 500


@dg.asset(
    group_name="upkeep",
    kinds={"lancedb", "python"},
    owners=["team:memory"],
    description=(
        "Every night: compacts each table, drops versions older than a day, and makes again what of the "
        "text index differs from its rows. Vectors of rows that are gone are removed, and from 100,000 on "
        "they get an index. Fails when a table cannot be written."
    ),
)
def maintenance(context: dg.AssetExecutionContext, home: HomeConnection) -> None:
    """Compact all tables; say how many rows and bytes there are."""
    opened = home.open()
    for table in TABLES:
        opened.store.optimize(table)
    shards = refresh_text(opened.store)
    vectors = keep_vectors(opened.store)
    dropped = _drop_old_sync_runs(context.instance)
    context.add_output_metadata(
        {
            **_sizes(opened),
            "text_shards_made_again": shards,
            "vectors_removed": vectors.removed,
            "old_sync_runs_dropped": dropped,
        }
    )


@dg.asset_check(
    asset=maintenance,
    description="A table's directory is at most five times its live rows, once it is over 100 MB.",
)
def tables_are_compact(home: HomeConnection) -> dg.AssetCheckResult:
    """Whether leftovers pile up."""
    store = home.open().store
    sizes = {table: table_size(store, table) for table in _tables(store)}
    swollen = {
        name: round(size.bytes_on_disk / max(size.live_bytes, 1), 1)
        for name, size in sizes.items()
        if size.bytes_on_disk is not None and size.live_bytes is not None
        if size.bytes_on_disk > max(SMALL_BYTES, MOST_BYTES_PER_LIVE_BYTE * size.live_bytes)
    }
    told = ", ".join(f"{name} ({ratio} times)" for name, ratio in swollen.items())
    return dg.AssetCheckResult(
        passed=not swollen,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"Larger than their rows explain: {told}." if swollen else "No table is swollen.",
    )


def _sizes(opened: OpenHome) -> dict[str, dg.MetadataValue | int | float]:
    sizes = {table: table_size(opened.store, table) for table in _tables(opened.store)}
    told: dict[str, dg.MetadataValue | int | float] = {
        f"rows_{name}": size.rows for name, size in sizes.items()
    }
    if opened.store.is_local:
        on_disk = sum(size.bytes_on_disk or 0 for size in sizes.values())
        live = sum(size.live_bytes or 0 for size in sizes.values())
        told |= {"bytes_on_disk": on_disk, "bytes_per_live_byte": round(on_disk / max(live, 1), 2)}
    return told


def _tables(store: Store) -> list[str]:
    return [*TABLES, *map(table_of, models_held(store))]


def _drop_old_sync_runs(instance: dg.DagsterInstance) -> int:
    """Forget successful sync runs of last week: a database file each, 96 a day, and nobody asks for them."""
    old = instance.get_run_records(
        dg.RunsFilter(
            job_name="sync_job",
            statuses=[dg.DagsterRunStatus.SUCCESS],
            created_before=datetime.now(UTC) - KEEP_SYNC_RUNS,
        ),
        limit=RUNS_AT_ONCE,
    )
    for record in old:
        instance.delete_run(record.dagster_run.run_id)
    return len(old)
