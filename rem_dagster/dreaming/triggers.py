"""Which days does a trigger act on, why, and in how many runs?

Every trigger compares the same two things: what a day holds now, and what it was dreamt from.

    ledger row   40 messages, digest a  ──┐
                                          ├── 14 new messages
    tables now   54 messages, digest b  ──┘
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.dreaming.stale import Freshness, find_days
from rem_dagster.model.ids import digest_text
from rem_dagster.settings import ThresholdSettings
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals

DayRange = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True)
class Growth:
    """One user's day that is out of date, and how many rows of each kind came since its last dream.

    Negative where rows went away; edited rows change the digest and not the counts.
    """

    user_id: str
    partition_key: str
    freshness: Freshness
    digest: str
    messages: int
    resources: int
    sessions: int

    @property
    def was_dreamt(self) -> bool:
        """Whether the day is complete in the ledger, from older activity."""
        return self.freshness == "stale"

    @property
    def is_changed(self) -> bool:
        """Whether it holds something that no dream has read to its end; a failed one did."""
        return self.freshness != "failed"


def find_growth(
    store: Store,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    spare_model_days: bool = False,
) -> list[Growth]:
    """Every (user, day) that a trigger would dream, by day and user; empty when all is current."""
    states = find_days(store, first_day=first_day, last_day=last_day, spare_model_days=spare_model_days)
    wanted = [state for state in states if state.needs_dream]
    if not wanted:
        return []
    ledger = {
        (row.user_id, row.partition_key): row.counts
        for row in read_ledger(store, first_day=wanted[0].partition_key, last_day=wanted[-1].partition_key)
    }
    growths = []
    for state in wanted:
        before = ledger.get(state.key, {})
        growths.append(
            Growth(
                user_id=state.user_id,
                partition_key=state.partition_key,
                freshness=state.freshness,
                digest=state.input.digest,
                messages=state.input.messages - before.get("messages", 0),
                resources=state.input.resources - before.get("resources", 0),
                sessions=state.input.sessions - before.get("sessions", 0),
            )
        )
    return growths


def reasons_to_dream(growth: Growth, threshold: ThresholdSettings) -> list[str]:
    """Which thresholds a day has reached, in words; none is an empty list."""
    found = []
    for name in ("messages", "resources", "sessions"):
        new, limit = getattr(growth, name), getattr(threshold, name)
        if limit is not None and new >= limit:
            found.append(f"{new} new {name} (threshold {limit})")
    return found


def last_arrivals(store: Store, day: date, *, now: datetime) -> Mapping[str, datetime]:
    """User -> when the newest row of that local day came in, by this machine's clock.

    What seems to come from the future is left out: the clock went back since, and waiting for it could take
    for ever.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    newest: dict[str, datetime] = {}
    for table in ("messages", "resources", "sessions"):
        rows = store.read(table, ["user_id", "ingested_at"], equals("partition_key", day.isoformat()))
        rows = rows.filter(pc.less_equal(rows["ingested_at"], pa.scalar(now, rows["ingested_at"].type)))
        by_user = rows.group_by("user_id").aggregate([("ingested_at", "max")])
        for user_id, at in zip(
            by_user["user_id"].to_pylist(), by_user["ingested_at_max"].to_pylist(), strict=True
        ):
            if at is not None:
                newest[user_id] = max(at, newest.get(user_id, at))
    return newest


def is_quiet(arrived: datetime | None, *, now: datetime, idle: timedelta) -> bool:
    """Whether nothing came in for a while.

    ·  ··  ·   ├── idle ──┤ now       quiet
    ·  ··  ·         ·  ·   now       not yet
    """
    return arrived is None or arrived <= now - idle


def digest_of_growth(growths: Iterable[Growth]) -> str:
    """One short digest of several days: equal as long as nothing in them changes."""
    parts = sorted(f"{each.user_id}/{each.partition_key}/{each.digest}" for each in growths)
    return digest_text(*parts)[:16]


def day_ranges(days: Iterable[date], *, longest_gap: int, longest: int) -> list[DayRange]:
    """The fewest ranges that hold all days, in order, without bridging a long gap.

    longest_gap 2:   ●●··●   ·······   ●     is two ranges; the two days between are in the first

    Args:
        longest_gap: days in a row that are not asked for and that a range may still hold.
        longest: most days in a range.
    """
    ranges: list[DayRange] = []
    for day in sorted(set(days)):
        if ranges:
            first, last = ranges[-1]
            if (day - last).days <= longest_gap + 1 and (day - first).days < longest:
                ranges[-1] = (first, day)
                continue
        ranges.append((day, day))
    return ranges


def growth_within(growths: Sequence[Growth], days: DayRange) -> list[Growth]:
    """The growth that lies in a range of days."""
    first, last = (day.isoformat() for day in days)
    return [each for each in growths if first <= each.partition_key <= last]
