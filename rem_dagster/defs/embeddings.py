"""How do rows get vectors under Dagster? An asset of its own, so that no dream waits for it."""

import dagster as dg

from rem_dagster.defs.location import Location
from rem_dagster.defs.metadata import ROWS
from rem_dagster.defs.partitions import by_month, keys_as_days
from rem_dagster.dreaming.redact import redactor
from rem_dagster.errors import BudgetError
from rem_dagster.llm.embedder_choice import find_embedder
from rem_dagster.llm.minilm import HOW_TO_GET
from rem_dagster.recall.embedding import embed_missing
from rem_dagster.store.vectors import Scope, vectors_by_day

DESCRIPTION = (
    "A vector for every message, resource, moment and stated fact of a day: by the endpoint that is chosen, "
    "else made on this machine. Rows whose content has one cost nothing. Without an embedding model, or "
    "where a limit on cost stops it, it says so, and search goes by words."
)


def embeddings_asset(location: Location) -> dg.AssetsDefinition:
    """The asset of vectors."""

    @dg.multi_asset(  # `dg.asset` would warn on stderr that its backfill policy is a beta feature
        specs=[
            dg.AssetSpec(
                location.key("embeddings"),
                deps=location.keys("resources", "messages", "moments"),
                description=DESCRIPTION,
                group_name=location.name("recall"),
                kinds={"lancedb", "python"},
                owners=["team:memory"],
            )
        ],
        name=location.name("embeddings"),
        partitions_def=location.days,
        backfill_policy=by_month(),
        required_resource_keys={location.home_key},
    )
    def embeddings(context: dg.AssetExecutionContext) -> None:
        """Embed what has no vector yet; say for each day how many it has."""
        opened = location.open(context)
        embedder = find_embedder(opened.home, clean=redactor(opened.home))
        held: dict[str, int] = {}
        said = {"model": "none", "how_to_get_one": HOW_TO_GET}
        if embedder is not None:
            said = {"model": embedder.name}
            first, last = keys_as_days(context)[0], keys_as_days(context)[-1]
            try:
                counts = embed_missing(opened.store, embedder, first_day=first, last_day=last)
                context.log.info(f"{counts.total:,} rows embedded, {counts.removed:,} vectors removed")
            except BudgetError as error:  # a limit is the person's choice, and no failure
                context.log.warning(str(error))
                said["stopped"] = str(error)
            scope = Scope(None, first.isoformat(), last.isoformat())
            held = vectors_by_day(opened.store, embedder.name, scope)
        for day in context.partition_keys:
            context.add_asset_metadata(
                {ROWS: held.get(day, 0), **said}, asset_key=location.key("embeddings"), partition_key=day
            )

    return embeddings
