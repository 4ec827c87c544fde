"""Which weeks and months are out of date?

ledger rows of the period's days ─┐
days that hold activity ──────────┼── input hash ── equal to the row's: current   else: due
rollup version, zone, week ───────┘                 a day failed or unfinished: blocked
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from rem_dagster.dreaming.rollup_periods import ROLLED, PeriodDays, Rolled, period_from, period_of
from rem_dagster.model.ids import digest_text
from rem_dagster.model.window import Calendar, calendar_of
from rem_dagster.model.words import DreamStatus
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, in_days, is_in

ROLLUP_VERSION = "1"
"""Raise it when equal days are to give other rows: every week and month is due then."""
RollupFreshness = Literal["current", "due", "blocked"]
LEDGER_COLUMNS = (
    *("user_id", "partition_key", "status", "dream_id", "counts", "calls", "prompt_tokens"),
    *("completion_tokens", "coverage", "quarantine", "attempts"),
)
"""What tells two dreams of a day apart: a refresh may give other moments under the same dream id."""


@dataclass(frozen=True)
class RolledDay:
    """One day of a period, as the ledger and the raw tables have it."""

    day: str
    is_recorded: bool
    """Whether it holds messages or resources."""
    status: DreamStatus | None = None
    """None when it was never dreamt."""
    dream_id: str | None = None
    moments: int = 0
    held_back: int = 0
    digest: str = ""
    """Of what its dream left in the ledger."""

    @property
    def is_sound(self) -> bool:
        """Whether a whole dream of it is there."""
        return self.status == "complete"


@dataclass(frozen=True)
class RollupState:
    """How one user's week or month stands.

    `current`: its summary is of its days as they are. `due`: they changed since, or there is no summary
    yet, or there is one and no moments any more. `blocked`: a day of it failed or is unfinished.
    """

    user_id: str
    period: Rolled
    key: str
    """Its first day, in ISO form."""
    first_day: date
    last_day: date
    freshness: RollupFreshness
    input_hash: str
    blocked_by: tuple[str, ...] = ()
    """ISO days."""
    is_made: bool = False
    """Whether it has a summary, of whatever its days were."""
    days: tuple[RolledDay, ...] = field(default=(), repr=False)
    """Those of its days that hold activity or were dreamt, in order."""

    @property
    def slice_key(self) -> str:
        """The slice of its summary."""
        return f"{self.user_id}/{self.period}/{self.key}"

    @property
    def has_moments(self) -> bool:
        """Whether there is anything to sum up."""
        return any(each.moments for each in self.days if each.is_sound)


def find_rollups(
    home: Home,
    store: Store,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    user_ids: Sequence[str] | None = None,
) -> list[RollupState]:
    """How every week and month stands that was dreamt of or has a summary, by first day, period and user.

    No moments are read. One without moments and without a summary is not listed.

    Args:
        first_day: only periods that hold this day or a later one; None is the beginning.
        last_day: only periods that hold this day or an earlier one; None is the end.
        user_ids: only these users; None is all.
    """
    calendar = calendar_of(home)
    spans = _Spans(calendar)
    first = min(each.first_day for each in spans.of(first_day)) if first_day else None
    last = max(each.last_day for each in spans.of(last_day)) if last_day else None
    where = all_of(
        in_days(first.isoformat() if first else None, last.isoformat() if last else None),
        is_in("user_id", user_ids) if user_ids is not None else None,
    )
    days: dict[tuple[str, PeriodDays], list[RolledDay]] = {}
    for user_id, day in sorted(_days(store, where), key=lambda each: (each[1].day, each[0])):
        for span in spans.of(date.fromisoformat(day.day)):
            days.setdefault((user_id, span), []).append(day)
    made = _made(store, where)
    states = [
        _state(home, user_id, span, days.get((user_id, span), []), made.get((user_id, span)))
        for user_id, span in days.keys() | made.keys()
        if (first_day is None or span.last_day >= first_day)
        and (last_day is None or span.first_day <= last_day)
    ]
    listed = [state for state in states if state.is_made or state.has_moments or state.blocked_by]
    return sorted(listed, key=lambda each: (each.first_day, each.period, each.user_id))


class _Spans:
    """The week and the month of each day, each looked up once."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._found: dict[date, tuple[PeriodDays, ...]] = {}

    def of(self, day: date) -> tuple[PeriodDays, ...]:
        if day not in self._found:
            self._found[day] = tuple(period_of(day, period, self._calendar) for period in ROLLED)
        return self._found[day]


def _days(store: Store, where: str | None) -> list[tuple[str, RolledDay]]:
    """Each user's days that hold items or are in the ledger."""
    recorded: set[tuple[str, str]] = set()
    for table in ("messages", "resources"):
        held = store.read(table, ["user_id", "partition_key"], where)
        distinct = held.group_by(["user_id", "partition_key"]).aggregate([]).to_pylist()
        recorded |= {(row["user_id"], row["partition_key"]) for row in distinct}
    found = []
    for row in store.read("dreams", LEDGER_COLUMNS, where).to_pylist():
        key = (row["user_id"], row["partition_key"])
        found.append((row["user_id"], _rolled_day(row, is_recorded=key in recorded)))
        recorded.discard(key)
    return found + [(user_id, RolledDay(day, is_recorded=True)) for user_id, day in recorded]


def _rolled_day(row: Mapping[str, Any], *, is_recorded: bool) -> RolledDay:
    counts = json.loads(row["counts"] or "{}")
    return RolledDay(
        row["partition_key"],
        is_recorded,
        row["status"],
        row["dream_id"],
        counts.get("moments", 0),
        counts.get("held_back", 0),
        digest_text(*(str(row[column]) for column in LEDGER_COLUMNS)),
    )


def _made(store: Store, where: str | None) -> dict[tuple[str, PeriodDays], str]:
    """The input hash of each summary that is there."""
    columns = ["user_id", "period", "partition_key", "input_hash"]
    rows = store.read("summaries", columns, all_of(where, is_in("period", ROLLED))).to_pylist()
    return {
        (row["user_id"], period_from(row["partition_key"], row["period"])): row["input_hash"] for row in rows
    }


def _state(
    home: Home, user_id: str, span: PeriodDays, days: Sequence[RolledDay], made_of: str | None
) -> RollupState:
    input_hash = digest_text(
        *(ROLLUP_VERSION, user_id, span.period, span.key, home.file.timezone),
        *(home.file.day_starts_at.isoformat(), span.last_day.isoformat()),
        *(f"{each.day}/{each.is_recorded}/{each.digest}" for each in days),
    )
    blocked_by = tuple(each.day for each in days if each.status in ("failed", "writing"))
    is_current = input_hash == made_of
    return RollupState(
        user_id=user_id,
        period=span.period,
        key=span.key,
        first_day=span.first_day,
        last_day=span.last_day,
        freshness="blocked" if blocked_by else "current" if is_current else "due",
        input_hash=input_hash,
        blocked_by=blocked_by,
        is_made=made_of is not None,
        days=tuple(days),
    )
