"""What is written of a week or a month, and is that still how its days are?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rem_dagster.dreaming.draft.choice import spares_model_days
from rem_dagster.dreaming.rollup import RollupState, find_rollups
from rem_dagster.dreaming.rollup_periods import PeriodDays
from rem_dagster.dreaming.stale import DayState, Freshness, find_days
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.span import Review
from rem_dagster.interfaces.cli.words import counted, listed, short_day
from rem_dagster.model.summary import Summary
from rem_dagster.recall.timeline import summary_of

MOST_DAYS = 4
CHANGED: Mapping[Freshness, tuple[str, str]] = {
    "stale": ("changed since it was dreamt", "changed since they were dreamt"),
    "unfinished": ("was left half dreamt", "were left half dreamt"),
    "failed": ("could not be dreamt", "could not be dreamt"),
    "spared": (
        "changed since a model made it, and none is chosen now",
        "changed since a model made them, and none is chosen now",
    ),
}
"""What is said of one day, or of several, that are not as their lines show them."""


@dataclass(frozen=True)
class Written:
    """The summary of one user's week or month, and how it stands."""

    summary: Summary | None
    state: RollupState | None
    """None where there is nothing to sum up."""
    remarks: Sequence[str]

    def onto(self, review: Review) -> Review:
        """The review of the same days, with this on top."""
        state = self.state.freshness if self.state else None
        return replace(review, summary=self.summary, state=state, remarks=self.remarks)


def written_of(opened: Opened, span: PeriodDays, *, user_id: str) -> Written:
    """What is written of a week or a month now; nothing is made."""
    found = find_rollups(
        opened.home, opened.store, first_day=span.first_day, last_day=span.first_day, user_ids=[user_id]
    )
    state = next((each for each in found if each.period == span.period), None)
    summary = summary_of(opened.store, user_id=user_id, period=span.period, first_day=span.first_day)
    days = find_days(
        opened.store,
        first_day=span.first_day,
        last_day=min(span.last_day, opened.today),
        user_ids=[user_id],
        spare_model_days=spares_model_days(opened.home),
    )
    remarks = [*_of_days(days), *_of_summary(opened, span, state)]
    return Written(summary, state, remarks)


def _of_days(days: Sequence[DayState]) -> list[str]:
    """The days that are not as they were dreamt, a sentence for each way."""
    remarks = []
    for freshness, (of_one, of_several) in CHANGED.items():
        named = [
            short_day(date.fromisoformat(day.partition_key)) for day in days if day.freshness == freshness
        ]
        if named:
            which = " ".join(listed(named, most=MOST_DAYS).split())
            remarks.append(f"{which} {of_one if len(named) == 1 else of_several}.")
    return remarks


def _of_summary(opened: Opened, span: PeriodDays, state: RollupState | None) -> list[str]:
    """Why the summary is not of the days as they are, or is not there, and what makes it."""
    if state is None or state.freshness == "current":
        return []
    make = opened.command("week", span.key) if span.period == "week" else opened.command("dream")
    if state.freshness == "blocked":
        days = counted(len(state.blocked_by), "day")
        kept = "is of before" if state.is_made else "is missing"
        return [
            f"The summary {kept}: {days} of this {span.period} failed or unfinished; `{make}` tries again."
        ]
    if state.is_made:
        return [f"This {span.period} changed since its summary was written; `{make}` makes it again."]
    return [f"This {span.period} is not summed up yet; `{make}` does it."]
