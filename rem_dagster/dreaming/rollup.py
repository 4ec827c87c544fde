"""How are weeks and months summed up, without a model?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rem_dagster.dreaming.persist import replace_summaries
from rem_dagster.dreaming.rollup_choice import KeyOutcome, key_outcomes
from rem_dagster.dreaming.rollup_due import ROLLUP_VERSION, RollupFreshness, RollupState, find_rollups
from rem_dagster.dreaming.rollup_periods import ROLLED, PeriodDays, Rolled
from rem_dagster.dreaming.rollup_tally import Tally, tally_each
from rem_dagster.dreaming.rollup_text import tell
from rem_dagster.model.ids import derive_id
from rem_dagster.model.moment import Moment, happened
from rem_dagster.model.summary import Summary
from rem_dagster.model.window import Calendar, calendar_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, is_in
from rem_dagster.store.records import record_of
from rem_dagster.store.text import refresh_text

__all__ = [
    "Rolled",
    "RollupFreshness",
    "RollupReport",
    "RollupResult",
    "RollupState",
    "find_rollups",
    "roll_up",
]

RECIPE = f"rollup {ROLLUP_VERSION}"
RollupStatus = Literal["made", "unchanged", "removed", "blocked"]
MOST_OUTCOMES: Mapping[Rolled, int] = {"week": 8, "month": 12}
MOST_A_DAY = 2
MOST_TOPICS, MOST_PEOPLE = 20, 20
MOMENT_COLUMNS = (
    *("id", "user_id", "partition_key", "name", "summary", "start_time", "end_time", "created_at"),
    *("moment_type", "tags", "people", "outcomes", "dream_id"),
)
Day = tuple[str, str]
"""User and ISO day."""


@dataclass(frozen=True)
class RollupResult:
    """What became of one user's week or month."""

    user_id: str
    period: Rolled
    key: str
    status: RollupStatus
    reason: str | None = None
    """Why it is as it was, where it is blocked."""
    moments: int = 0
    """How many its summary rests on, where it was made now."""


@dataclass(frozen=True)
class RollupReport:
    """What became of every week and month that was looked at, by first day, period and user."""

    results: tuple[RollupResult, ...] = ()

    @property
    def made(self) -> list[RollupResult]:
        """Those that were written now."""
        return [each for each in self.results if each.status == "made"]

    @property
    def blocked(self) -> list[RollupResult]:
        """Those that had to stay as they were."""
        return [each for each in self.results if each.status == "blocked"]


def roll_up(
    home: Home,
    store: Store,
    *,
    periods: Sequence[Rolled] = ROLLED,
    first_day: date | None = None,
    last_day: date | None = None,
    user_ids: Sequence[str] | None = None,
) -> RollupReport:
    """Sum up the weeks and months that are due, in one commit; the others stay as they are.

    Killed at any time it leaves all of them as they were. What a dream changes meanwhile is due again.

    Args:
        periods: weeks, months, or both.
        first_day: as for `find_rollups`, as are the other two.

    Raises:
        StoreError: a table could not be read or written; nothing was changed.
    """
    found = find_rollups(home, store, first_day=first_day, last_day=last_day, user_ids=user_ids)
    states = [state for state in found if state.period in periods]
    due = [state for state in states if state.freshness == "due"]
    moments = _moments_of(store, due)
    moved = {state.slice_key: day for state in due if (day := _moved(state, moments))}
    ready = [state for state in due if state.slice_key not in moved]
    summaries = _summaries(calendar_of(home), ready, moments)
    emptied = [state.slice_key for state in ready if state.is_made]
    replace_summaries(store, summaries, emptied=emptied)
    if summaries or emptied:
        refresh_text(store, ("summaries",))
    rows = {f"{each.user_id}/{each.period}/{each.partition_key}": each for each in summaries}
    return RollupReport(tuple(_result(state, rows.get(state.slice_key), moved) for state in states))


def _moments_of(store: Store, states: Sequence[RollupState]) -> Mapping[Day, list[Moment]]:
    """What happened on the days of some periods, each day in the order of time."""
    days = {each.day for state in states for each in state.days if each.moments}
    if not days:
        return {}
    of_users = is_in("user_id", {state.user_id for state in states})
    rows = store.read("moments", MOMENT_COLUMNS, all_of(of_users, is_in("partition_key", days))).to_pylist()
    found: dict[Day, list[Moment]] = {}
    for moment in sorted(
        happened(record_of(Moment, row) for row in rows),
        key=lambda each: (each.start_time, each.end_time, each.id),
    ):
        found.setdefault((moment.user_id, moment.partition_key), []).append(moment)
    return found


def _moved(state: RollupState, moments: Mapping[Day, list[Moment]]) -> str | None:
    """A day that was dreamt again between the reading of the ledger and that of the moments."""
    return next(
        (
            each.day
            for each in state.days
            if any(moment.dream_id != each.dream_id for moment in moments.get((state.user_id, each.day), ()))
        ),
        None,
    )


def _summaries(
    calendar: Calendar, states: Sequence[RollupState], moments: Mapping[Day, list[Moment]]
) -> list[Summary]:
    """A summary of each period that has moments."""
    full = [
        (state, inside)
        for state in states
        if (inside := [each for day in state.days for each in moments.get((state.user_id, day.day), ())])
    ]
    tallies = tally_each([inside for _, inside in full]) if full else []
    return [
        _summary(calendar, state, inside, tally) for (state, inside), tally in zip(full, tallies, strict=True)
    ]


def _summary(calendar: Calendar, state: RollupState, moments: Sequence[Moment], tally: Tally) -> Summary:
    period = state.period
    outcomes = key_outcomes(moments, most=MOST_OUTCOMES[period], most_a_day=MOST_A_DAY)
    end = max(moment.end_time for moment in moments)
    return Summary(
        id=derive_id(state.user_id, period, state.key),
        user_id=state.user_id,
        period=period,
        partition_key=state.key,
        name=PeriodDays(period, state.first_day, state.last_day).name,
        content=tell(moments, tally, period=period, user_id=state.user_id),
        start_time=calendar.start_of(state.first_day),
        end_time=end,
        created_at=end,
        moment_ids=tuple(moment.id for moment in moments),
        input_hash=state.input_hash,
        recipe=RECIPE,
        metadata=_metadata(state, tally, outcomes),
    )


def _metadata(state: RollupState, tally: Tally, outcomes: Sequence[KeyOutcome]) -> dict[str, object]:
    """The figures of a period: seconds, and counts of moments and days."""
    return {
        "seconds": tally.seconds,
        "seconds_by_type": dict(tally.by_type),
        "topics": {name: vars(topic) for name, topic in list(tally.by_topic.items())[:MOST_TOPICS]},
        "people": dict(list(tally.people.items())[:MOST_PEOPLE]),
        "moments": tally.moments,
        "active_days": tally.active_days,
        "days_recorded": sum(each.is_recorded for each in state.days),
        "days_dreamt": sum(each.is_recorded and each.is_sound for each in state.days),
        "held_back": sum(each.held_back for each in state.days),
        "outcomes": [vars(each) for each in outcomes],
    }


def _result(state: RollupState, made: Summary | None, moved: Mapping[str, str]) -> RollupResult:
    def result(status: RollupStatus, reason: str | None = None, moments: int = 0) -> RollupResult:
        return RollupResult(state.user_id, state.period, state.key, status, reason, moments)

    if day := moved.get(state.slice_key):
        return result("blocked", f"{day} was dreamt again meanwhile")
    if state.freshness == "blocked":
        return result("blocked", f"{', '.join(state.blocked_by)} failed or unfinished")
    if state.freshness == "current":
        return result("unchanged")
    return result("made", moments=len(made.moment_ids)) if made else result("removed")
