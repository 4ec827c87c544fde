"""Which conversations with coding assistants lie on this machine, and which will soon be gone?"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from rem_dagster.ingest.discovery.found import FoundSource, TimeIsUp, day_of_epoch

CLAUDE_KEEPS_DAYS = 30
"""How long Claude Code keeps a transcript after its last line unless told otherwise.
Source: `cleanupPeriodDays` in its settings."""
SOON = timedelta(days=7)
LOOKED_AT = 65_536
"""Bytes of a transcript in which its first time stands."""
FIRST_TIME = re.compile(rb'"timestamp"\s*:\s*"(\d{4}-\d{2}-\d{2})T')
ROLLOUT = re.compile(r"rollout-(\d{4}-\d{2}-\d{2})T.*\.jsonl")


def find_claude_code(folder: Path, now: datetime, time_is_up: TimeIsUp) -> FoundSource | None:
    """Claude Code's sessions, and how many of them are deleted within the week."""
    times: list[tuple[float, Path]] = []
    is_partial = False
    for path, modified in _transcripts(folder / "projects"):
        times.append((modified, path))
        if is_partial := time_is_up():
            break
    if not times:
        return None
    keeps = _keeps_days(folder)
    gone_by = (now + SOON - timedelta(days=keeps)).timestamp()
    going = sum(modified < gone_by for modified, _ in times)
    oldest, newest = min(times), max(times)
    are = "1 of them is" if going == 1 else f"{going:,} of them are"
    return FoundSource(
        kind="claude-code",
        path=folder,
        noun="session",
        count=len(times),
        is_partial=is_partial,
        first=_first_day(oldest[1]) or day_of_epoch(oldest[0]),
        last=day_of_epoch(newest[0]),
        remark=f"{are} deleted within a week: Claude Code keeps {keeps} days" if going else None,
    )


def find_codex(folder: Path, time_is_up: TimeIsUp) -> FoundSource | None:
    """Codex's sessions, whose files have their days in their names."""
    days: list[date] = []
    is_partial = False
    for place in ("sessions", "archived_sessions"):
        for path in (folder / place).rglob("rollout-*.jsonl"):
            if (found := ROLLOUT.fullmatch(path.name)) and (day := _day(found[1])):
                days.append(day)
            if is_partial := time_is_up():
                break
    if not days:
        return None
    return FoundSource(
        kind="codex",
        path=folder,
        noun="session",
        count=len(days),
        is_partial=is_partial,
        first=min(days),
        last=max(days),
    )


def _transcripts(projects: Path) -> Iterator[tuple[Path, float]]:
    """The transcripts of all projects, and when each last changed."""
    try:
        for path in projects.glob("*/*.jsonl"):
            if path.name.startswith("agent-"):
                continue  # what a helper of a session did: part of that
            try:
                yield path, path.stat().st_mtime
            except OSError:
                continue  # deleted just now
    except OSError:
        return


def _keeps_days(folder: Path) -> int:
    try:
        told = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return CLAUDE_KEEPS_DAYS
    days = told.get("cleanupPeriodDays") if isinstance(told, dict) else None
    if isinstance(days, int) and not isinstance(days, bool) and 0 < days < 100_000:
        return days
    return CLAUDE_KEEPS_DAYS


def _first_day(path: Path) -> date | None:
    try:
        with path.open("rb") as file:
            found = FIRST_TIME.search(file.read(LOOKED_AT))
    except OSError:
        return None
    return _day(found[1].decode()) if found else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
