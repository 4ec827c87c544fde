"""Which sources were pulled or imported, and when?"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import clean, clock, fit_end, short_day


@dataclass(frozen=True)
class SourceLine:
    """One source that was pulled or imported."""

    user_id: str
    kind: str
    account: str
    last_item_at: datetime | None
    last_sync_at: datetime | None
    error: str | None


def sources_of(opened: Opened) -> list[SourceLine]:
    """Every source of a home, by user, kind and account."""
    if not opened.has_tables:
        return []
    columns = ["user_id", "source", "account", "last_item_at", "last_sync_at", "error"]
    rows = opened.store.read("syncs", columns).to_pylist()
    lines = [SourceLine(**{"kind": row.pop("source"), **row}) for row in rows]
    return sorted(lines, key=lambda each: (each.user_id, each.kind, each.account))


def source_lines(source: SourceLine, zone: ZoneInfo, room: int) -> list[str]:
    """A source's name, cut to a number of cells, when it was pulled, and what went wrong."""
    synced = "never" if source.last_sync_at is None else _at(source.last_sync_at, zone)
    item = f", last item {_at(source.last_item_at, zone)}" if source.last_item_at else ""
    account = fit_end(source.account, room - len(source.kind) - 1)
    lines = [f"{source.kind} {account}", f"synced {synced}{item}"]
    return [*lines, f"failed: {clean(source.error)}"] if source.error else lines


def _at(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{short_day(local.date())} {local.year} {clock(local, zone)}"
