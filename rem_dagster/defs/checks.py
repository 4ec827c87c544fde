"""What is wrong with the dreams that are stored? Verification in code is the gate; these report it."""

from collections import Counter

import dagster as dg

from rem_dagster.defs.connections import HomeConnection
from rem_dagster.dreaming.ledger import read_ledger

DAYS_SHOWN = 10


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
            "latest_days": ", ".join(days[:DAYS_SHOWN]) or "none",
        },
    )


DREAM_CHECKS = (days_are_whole, claims_have_evidence)
