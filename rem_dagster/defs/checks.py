"""What is wrong with the dreams that are stored? Verification in code is the gate; these report it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg

from rem_dagster.defs.connections import OpenHome
from rem_dagster.defs.location import Location
from rem_dagster.dreaming.growing import LEAST_WEEKS_BEFORE, MADE, Growth, find_growths
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.dreaming.waiting import find_waiting
from rem_dagster.model.window import calendar_of

DAYS_SHOWN = 10
LEAST_COVERAGE = 0.5
LEAST_ITEMS = 5
"""Fewer are too few for a share to mean anything."""


@dataclass(frozen=True)
class Check:
    """One thing that is looked at, on one asset."""

    asset: str
    description: str
    look: Callable[[OpenHome], dg.AssetCheckResult]
    """Named as the check; a clock of its own is only for tests."""

    def over(self, location: Location) -> dg.AssetChecksDefinition:
        """The check of a location's home."""

        @dg.asset_check(
            asset=location.key(self.asset),
            name=self.look.__name__,
            description=self.description,
            required_resource_keys={location.home_key},
        )
        def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
            return self.look(location.open(context))

        return check


def days_are_whole(opened: OpenHome) -> dg.AssetCheckResult:
    """Whether every dream that was begun is complete."""
    rows = read_ledger(opened.store)
    broken = [row for row in rows if row.status != "complete"]
    counts = Counter(row.status for row in broken)
    days = sorted({row.partition_key for row in broken}, reverse=True)
    return dg.AssetCheckResult(
        passed=not broken,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{len(days)} of {len({row.partition_key for row in rows})} days are not whole.",
        metadata={
            "failed": counts["failed"],
            "unfinished": counts["writing"],
            "latest_days": ", ".join(days[:DAYS_SHOWN]) or "none",
        },
    )


def claims_have_evidence(opened: OpenHome) -> dg.AssetCheckResult:
    """How many claims verification held back; only a warning."""
    rows = read_ledger(opened.store)
    held = [claim for row in rows for claim in row.quarantine]
    kinds = Counter(claim.kind for claim in held)
    days = sorted({row.partition_key for row in rows if row.quarantine}, reverse=True)
    return dg.AssetCheckResult(
        passed=not held,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{len(held)} claims on {len(days)} days are held back.",
        metadata={
            "held_back": len(held),
            "kinds": ", ".join(f"{kind}: {number}" for kind, number in kinds.most_common()) or "none",
            **{f"held_back_{kind}": number for kind, number in sorted(kinds.items())},
            "latest_days": ", ".join(days[:DAYS_SHOWN]) or "none",
        },
    )


def days_are_covered(opened: OpenHome) -> dg.AssetCheckResult:
    """Whether much of a day is in no moment; only a warning, as much of a day may be small talk."""
    rows = [row for row in read_ledger(opened.store) if row.status == "complete"]
    known = [
        (row.coverage, row)
        for row in rows
        if row.coverage is not None and row.counts.get("items", 0) >= LEAST_ITEMS
    ]
    thin = {row.partition_key for share, row in known if share < LEAST_COVERAGE}
    days = {row.partition_key for _, row in known}
    least = min((share for share, _ in known), default=None)
    return dg.AssetCheckResult(
        passed=not thin,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"On {len(thin)} of {len(days)} days moments cite less than half of the items.",
        metadata={
            "thin_days": len(thin),
            "least_coverage": dg.MetadataValue.null() if least is None else float(least),
            "latest_days": ", ".join(sorted(thin, reverse=True)[:DAYS_SHOWN]) or "none",
        },
    )


def days_are_current(opened: OpenHome, *, now: datetime | None = None) -> dg.AssetCheckResult:
    """Whether a day up to yesterday waits for a dream; only a warning, as the next night dreams it."""
    now = now or datetime.now(UTC)
    yesterday = calendar_of(opened.home).day_of(now) - timedelta(days=1)
    waiting = find_waiting(opened.store, last_day=yesterday, spare_model_days=opened.spares_model_days)
    stale = {each.partition_key for each in waiting if each.was_dreamt}
    days = {each.partition_key for each in waiting}
    since = [each.since for each in waiting if each.since is not None]
    hours = max((now - min(since)) / timedelta(hours=1), 0.0) if since else None
    waits = f"The longest has waited {hours:.0f} hours." if hours is not None else ""
    return dg.AssetCheckResult(
        passed=not days,
        severity=dg.AssetCheckSeverity.WARN,
        description=(
            f"{len(stale)} days up to {yesterday} are out of date, {len(days - stale)} were never dreamt. "
            f"{waits}".rstrip()
        ),
        metadata={
            "out_of_date": len(stale),
            "never_dreamt": len(days - stale),
            "longest_wait_hours": dg.MetadataValue.null() if hours is None else round(hours, 2),
            "oldest_day": min(days, default="none"),
            "latest_days": ", ".join(sorted(days, reverse=True)[:DAYS_SHOWN]) or "none",
        },
    )


def growth_is_usual(opened: OpenHome, *, now: datetime | None = None) -> dg.AssetCheckResult:
    """Whether the last 7 days brought and made about as much as the weeks before; only a warning."""
    yesterday = calendar_of(opened.home).day_of(now or datetime.now(UTC)) - timedelta(days=1)
    growths = find_growths(opened.store, last_day=yesterday)
    unusual = [each for each in growths if each.is_flood or each.is_silent]
    known = [each for each in growths if each.usual is not None]
    told = "As usual." if known else f"Fewer than {LEAST_WEEKS_BEFORE} weeks are known: nothing is usual yet."
    return dg.AssetCheckResult(
        passed=not unusual,
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(map(_unusual, unusual)) if unusual else told,
        metadata={name: value for each in growths for name, value in _growth_figures(each).items()},
    )


def _unusual(growth: Growth) -> str:
    what = growth.name if growth.name in MADE else f"items of {growth.name}"
    return f"{growth.last:,} {what} in 7 days, where {growth.usual:,.0f} are usual."


def _growth_figures(growth: Growth) -> dict[str, int | float | dg.MetadataValue]:
    name = growth.name if growth.name in MADE else f"items_of_{growth.name}"
    usual = dg.MetadataValue.null() if growth.usual is None else float(growth.usual)
    return {f"{name}_in_7_days": growth.last, f"{name}_usual": usual}


DREAM_CHECKS = (
    Check(
        "moments",
        "No day of the ledger is marked as failed, and no dream was left half written.",
        days_are_whole,
    ),
    Check(
        "moments",
        "Every day up to yesterday was dreamt from what it holds now. The next night dreams what waits.",
        days_are_current,
    ),
    Check(
        "moments",
        "Every claim of a model had its evidence. Those that had none are held back, not shown.",
        claims_have_evidence,
    ),
    Check(
        "moments", "On every day of five items or more, moments cite at least half of them.", days_are_covered
    ),
    Check(
        "moments",
        "No source floods or falls silent: the last 7 days are compared with the median of up to 8 weeks "
        "before, once there are 4.",
        growth_is_usual,
    ),
)


def checks_of(location: Location) -> list[dg.AssetChecksDefinition]:
    """What is looked at after a dream, and every night."""
    return [check.over(location) for check in DREAM_CHECKS]
