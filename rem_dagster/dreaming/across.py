"""What spans days, and follows from their dreams?

moments, mentions ──> links across days
moments, summaries ──> weeks and months
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.links import LinkReport, link_across
from rem_dagster.dreaming.rollup import RollupReport, roll_up
from rem_dagster.settings import Home
from rem_dagster.store.database import Store


@dataclass(frozen=True)
class AcrossReport:
    """What was made again."""

    links: LinkReport
    rollups: RollupReport


def refresh_across(home: Home, store: Store, *, user_ids: Sequence[str] | None = None) -> AcrossReport:
    """Make again the links, weeks and months that are out of date; cheap when none is.

    No model is asked. A day that failed blocks its week and month, which stay as they were.

    Args:
        user_ids: of these users alone; None is all.

    Raises:
        StoreError: a table could not be read or written.
    """
    return AcrossReport(link_across(home, store, user_ids=user_ids), roll_up(home, store, user_ids=user_ids))
