"""What can be asked for by name?"""

import dagster as dg

from rem_dagster.defs.activity import activity
from rem_dagster.defs.checks import DREAM_CHECKS
from rem_dagster.defs.dreams import dreams
from rem_dagster.defs.embeddings import embeddings
from rem_dagster.defs.maintenance import maintenance

DREAM_JOB = "dream_job"
SYNC_JOB = "sync_job"

dream_job = dg.define_asset_job(
    DREAM_JOB,
    selection=dg.AssetSelection.assets(activity, dreams),
    description="Sync the sources, then dream the days of the run that are out of date.",
)
sync_job = dg.define_asset_job(
    SYNC_JOB,
    selection=dg.AssetSelection.assets(activity),
    description="Pull every configured source once; nothing is dreamt.",
)
embeddings_job = dg.define_asset_job(
    "embeddings_job",
    selection=dg.AssetSelection.assets(embeddings),
    description="Give vectors to the rows of the run's days that have none.",
)
maintenance_job = dg.define_asset_job(
    "maintenance_job",
    selection=dg.AssetSelection.assets(maintenance) | dg.AssetSelection.checks(*DREAM_CHECKS),
    description="Compact the tables, bring their indexes up to date, and look for days that are not whole.",
)
