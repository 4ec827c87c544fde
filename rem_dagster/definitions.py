"""Everything Dagster loads: the definitions of one home."""

import dagster as dg

from rem_dagster.defs.activity import activity_assets
from rem_dagster.defs.checks import checks_of
from rem_dagster.defs.dreams import dream_assets
from rem_dagster.defs.embeddings import embeddings_asset
from rem_dagster.defs.jobs import Parts, jobs_of
from rem_dagster.defs.links import links_asset
from rem_dagster.defs.location import Location, location_of
from rem_dagster.defs.maintenance import UPKEEP_CHECKS, maintenance_asset
from rem_dagster.defs.rollups import rollup_asset
from rem_dagster.defs.schedules import schedules_of
from rem_dagster.defs.sensors import sensors_of


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the home that `rem` itself would use; they load where there is none, too.

    A run is one process: a step is too short to pay for its own.
    """
    return dg.Definitions.merge(
        definitions_of(location_of()), dg.Definitions(executor=dg.in_process_executor)
    )


def definitions_of(location: Location) -> dg.Definitions:
    """The assets, checks, jobs, schedules and sensors of one home, and the connection to it."""
    parts = parts_of(location)
    jobs = jobs_of(location, parts)
    return dg.Definitions(
        assets=parts.assets,
        asset_checks=[*parts.checks, *parts.upkeep_checks],
        jobs=jobs.all,
        schedules=schedules_of(location, jobs),
        sensors=sensors_of(location, jobs),
        resources={location.home_key: location.connection},
    )


def parts_of(location: Location) -> Parts:
    """The assets and checks of one home."""
    return Parts(
        activity=activity_assets(location),
        dreams=dream_assets(location),
        links=links_asset(location),
        weekly=rollup_asset(location, "week"),
        monthly=rollup_asset(location, "month"),
        embeddings=embeddings_asset(location),
        maintenance=maintenance_asset(location),
        checks=tuple(checks_of(location)),
        upkeep_checks=tuple(check.over(location) for check in UPKEEP_CHECKS),
    )
