"""Which times of a source come from a clock that was wrong?"""

from datetime import UTC, datetime, timedelta

from rem_dagster.ingest.times import Placed
from rem_dagster.model.activity import Activity, ResourceItem, SessionItem
from rem_dagster.sources.source import Problem

AHEAD = timedelta(days=1)
"""So far may a clock be ahead: further than any zone is from another."""
FIRST_YEAR = 1990
"""Older times are rarely when something was written, and often what a broken clock or an archive says."""
UNSET_UNTIL = datetime(1970, 1, 2, tzinfo=UTC)
"""A clock that was never set counts from the start of 1970, or from there in its own zone."""
UNSET_FROM = datetime(1969, 12, 31, tzinfo=UTC)
ALIKE_FROM = 5
"""Items that all have one time by chance are fewer."""


class Clocks:
    """Looks at the times of one import; what it remarks are notices, as the items land all the same."""

    def __init__(self, now: datetime) -> None:
        self.latest = now + AHEAD
        self._only: datetime | None = None
        """The one instant of all items so far."""
        self._alike = 0
        self._are_alike = True

    def remark(self, item: Activity, placed: Placed, where: str) -> Problem | None:
        """What is odd about an item's time; None for nothing."""
        self._compare(item, placed)
        at = placed.at
        if at > self.latest and not _is_planned(item):
            reason = "is more than a day in the future"
        elif UNSET_FROM <= at < UNSET_UNTIL:
            reason = "is the start of 1970, as a clock says that was never set"
        elif at.year < FIRST_YEAR and not _is_planned(item):
            reason = f"is before {FIRST_YEAR}"
        else:
            return None
        return Problem(where, "created_at", reason, "notice", at.isoformat())

    def remark_at_end(self, where: str) -> Problem | None:
        """Whether all items have the same time, as after a copy or an export that lost them."""
        if not self._are_alike or self._alike < ALIKE_FROM or self._only is None:
            return None
        reason = "is the same for all items: their own times were lost"
        return Problem(where, "created_at", reason, "notice", self._only.isoformat())

    def _compare(self, item: Activity, placed: Placed) -> None:
        """Items of which only the day is known are alike on purpose."""
        if isinstance(item, SessionItem) or placed.confidence == "assumed_time":
            return
        self._only = self._only or placed.at
        self._are_alike = self._are_alike and placed.at == self._only
        self._alike += 1


def _is_planned(item: Activity) -> bool:
    """Whether it is of a calendar, which knows what is to come and birthdays of long ago."""
    return isinstance(item, ResourceItem) and item.category == "event"
