"""What is wrong with the dreams that are stored? Verification in code is the gate; these report it."""

from collections import Counter

import dagster as dg

from rem_dagster.defs.connections import HomeConnection
from rem_dagster.dreaming.ledger import read_ledger

DAYS_SHOWN = 10
LEAST_COVERAGE = 0.5
LEAST_ITEMS = 5
"""Fewer are too few for a share to mean anything."""


@dg.asset_check(
    asset="moments",
    description="No day of the ledger is marked as failed, and no dream was left half written.",
)
def days_are_whole(home: HomeConnection) -> dg.AssetCheckResult:
    """Whether every dream that was begun is complete."""
    rows = read_ledger(home.open().store)
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


@dg.asset_check(
    asset="moments",
    description="Every claim of a model had its evidence. Those that had none are held back, not shown.",
)
def claims_have_evidence(home: HomeConnection) -> dg.AssetCheckResult:
    """How many claims verification held back; only a warning."""
    rows = read_ledger(home.open().store)
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


@dg.asset_check(
    asset="moments",
    description="On every day of five items or more, moments cite at least half of them.",
)
def days_are_covered(home: HomeConnection) -> dg.AssetCheckResult:
    """Whether much of a day is in no moment; only a warning, as much of a day may be small talk."""
    rows = [row for row in read_ledger(home.open().store) if row.status == "complete"]
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


DREAM_CHECKS = (days_are_whole, claims_have_evidence, days_are_covered)
