"""What was ever sent to a model: where, when, for which days and sources, at what cost?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rem_dagster.errors import StoreError
from rem_dagster.llm.answer_file import AnswerFile, Outcome, all_files, read_answer_file

CLOCKS_DIFFER = timedelta(days=1)
"""How far the clock of a disk elsewhere may be behind the one that says when a call ended."""


@dataclass(frozen=True)
class AuditEntry:
    """One call that was paid for, or ran on a machine nearby. None where nobody said."""

    at: datetime
    """When it ended, UTC."""
    endpoint: str
    model: str
    user_id: str | None
    days: tuple[str, ...]
    """ISO days that it was for."""
    source_ids: tuple[str, ...]
    """Messages and resources whose text was sent; empty once forgotten."""
    outcome: Outcome
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    calls_paid: int


@dataclass(frozen=True)
class AuditLog:
    """The entries that were asked for, oldest first, and how many files could not be read."""

    entries: Sequence[AuditEntry]
    unreadable: int


def read_log(directory: Path, *, since: datetime | None = None, user_id: str | None = None) -> AuditLog:
    """All calls since an instant, of one user or of all; empty where nothing was ever sent."""
    found: list[tuple[datetime, str, AuditEntry]] = []
    unreadable = 0
    changed_since = (since - CLOCKS_DIFFER).timestamp() if since else None
    for path in all_files(directory, changed_since=changed_since):
        try:
            held = read_answer_file(path)
        except StoreError:
            unreadable += 1
            continue
        if (since is None or held.at >= since) and user_id in (None, held.user_id):
            found.append((held.at, path.name, _entry_of(held)))
    return AuditLog([entry for _, _, entry in sorted(found, key=lambda each: each[:2])], unreadable)


def entries(
    directory: Path, *, since: datetime | None = None, user_id: str | None = None
) -> Sequence[AuditEntry]:
    """As `read_log`, of what can be read."""
    return read_log(directory, since=since, user_id=user_id).entries


def spent_in_month(directory: Path, month: date, zone: ZoneInfo) -> float:
    """USD that all users' calls cost in the local calendar month that holds a day.

    Calls whose cost nobody knows are not in it; `entries` has them.
    """
    start, end = month_of(month, zone)
    return sum(each.cost_usd or 0.0 for each in entries(directory, since=start) if start <= each.at < end)


def month_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The UTC instants at which the local calendar month of a day begins and ends."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    start, end = (datetime(each.year, each.month, 1, tzinfo=zone).astimezone(UTC) for each in (first, after))
    return start, end


def _entry_of(held: AnswerFile) -> AuditEntry:
    return AuditEntry(
        at=held.at,
        endpoint=held.endpoint,
        model=held.model,
        user_id=held.user_id,
        days=held.days,
        source_ids=held.source_ids,
        outcome=held.outcome,
        prompt_tokens=held.prompt_tokens,
        completion_tokens=held.completion_tokens,
        cost_usd=held.cost_usd,
        calls_paid=held.calls_paid,
    )
