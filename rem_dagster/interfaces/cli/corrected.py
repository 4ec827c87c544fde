"""How many corrections does a home hold, and how many of them change nothing now?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.stale import DayState, find_days
from rem_dagster.interfaces.cli.examined import Finding
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import counted


@dataclass(frozen=True)
class Corrected:
    """The corrections of all users."""

    corrections: int
    days: int
    detached: int
    """Those of which no moment has the sources now."""


def corrected_of(opened: Opened, states: Sequence[DayState]) -> Corrected:
    """How many corrections there are, by the table and the ledger."""
    if not opened.has_tables:
        return Corrected(0, 0, 0)
    columns = ["id", "user_id", "partition_key"]
    rows = opened.store.read("corrections", columns).to_pylist()
    held = {row["id"] for row in rows}
    detached = {
        claim.text
        for state in states
        if state.row
        for claim in state.row.quarantine
        if claim.kind == "correction"
    }
    days = {(row["user_id"], row["partition_key"]) for row in rows}
    return Corrected(len(rows), len(days), len(held & detached))


def corrected_words(corrected: Corrected) -> list[str]:
    """One line where there are any."""
    if not corrected.corrections:
        return []
    days = counted(corrected.days, "day")
    lost = f"; {corrected.detached} without a moment now (rem fix --list)" if corrected.detached else ""
    return [f"{counted(corrected.corrections, 'correction')} on {days}{lost}"]


def look_at_corrections(opened: Opened) -> Iterator[Finding]:
    """Whether each correction finds its moment."""
    found = corrected_of(opened, find_days(opened.store)) if opened.has_tables else Corrected(0, 0, 0)
    if found.detached:
        yield Finding(
            "Corrections",
            "note",
            f"{found.detached} of {counted(found.corrections, 'correction')} find no moment with their "
            "sources; they are kept, and come back with one that has them.",
            opened.command("fix", "--list"),
        )
    elif found.corrections:
        yield Finding("Corrections", "ok", f"{corrected_words(found)[0]}, each with its moment.")
