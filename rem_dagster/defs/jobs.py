"""What can be asked for by name?"""

from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from rem_dagster.defs.location import Location

DREAM_JOB = "dream_job"
Job = UnresolvedAssetJobDefinition


@dataclass(frozen=True)
class Parts:
    """The assets and checks of one location, by what they are for."""

    activity: dg.AssetsDefinition
    dreams: dg.AssetsDefinition
    links: dg.AssetsDefinition
    weekly: dg.AssetsDefinition
    monthly: dg.AssetsDefinition
    embeddings: dg.AssetsDefinition
    maintenance: dg.AssetsDefinition
    checks: tuple[dg.AssetChecksDefinition, ...]
    """Of the dreams."""
    upkeep_checks: tuple[dg.AssetChecksDefinition, ...]

    @property
    def assets(self) -> list[dg.AssetsDefinition]:
        """All of them."""
        return [
            *(self.activity, self.dreams, self.links, self.weekly, self.monthly),
            *(self.embeddings, self.maintenance),
        ]


@dataclass(frozen=True)
class Jobs:
    """The jobs of one location."""

    dream: Job
    sync: Job
    weekly: Job
    monthly: Job
    embeddings: Job
    maintenance: Job

    @property
    def all(self) -> list[Job]:
        """All of them."""
        return [self.dream, self.sync, self.weekly, self.monthly, self.embeddings, self.maintenance]


def jobs_of(location: Location, parts: Parts) -> Jobs:
    """The jobs over a location's assets."""

    def job(name: str, description: str, *assets: dg.AssetsDefinition) -> Job:
        keys = (key for each in assets for key in each.keys)
        return dg.define_asset_job(
            location.name(name), selection=dg.AssetSelection.assets(*keys), description=description
        )

    looked_at = dg.AssetSelection.checks(*parts.checks, *parts.upkeep_checks)
    return Jobs(
        dream=job(
            DREAM_JOB,
            "Sync the sources, dream the days of the run that are out of date, then link them with others.",
            *(parts.activity, parts.dreams, parts.links),
        ),
        sync=job("sync_job", "Pull every configured source once; nothing is dreamt.", parts.activity),
        weekly=job("weekly_job", "Sum up weeks whose days changed.", parts.weekly),
        monthly=job("monthly_job", "Sum up months whose days changed.", parts.monthly),
        embeddings=job(
            "embeddings_job", "Give vectors to the rows of the run's days that have none.", parts.embeddings
        ),
        maintenance=dg.define_asset_job(
            location.name("maintenance_job"),
            selection=dg.AssetSelection.assets(*parts.maintenance.keys) | looked_at,
            description=(
                "Compact the tables, bring their indexes up to date, and look for days that are not whole."
            ),
        ),
    )
