"""What is said about dreamt days: lines, totals, JSON, and a file of what was made?"""

import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rem_dagster.dreaming.dream import DayResult, left_alone
from rem_dagster.dreaming.stale import DayState
from rem_dagster.errors import InputError
from rem_dagster.interfaces.cli.as_json import moments_as_json
from rem_dagster.interfaces.cli.failure import DONE, FAILED, PARTLY_DONE
from rem_dagster.interfaces.cli.markdown import markdown_of
from rem_dagster.interfaces.cli.page import PageView
from rem_dagster.interfaces.cli.words import clean, counted, dollars, listed, short_day

COUNTERS = (
    *("moments", "entities", "edges", "summaries", "calls"),
    *("prompt_tokens", "completion_tokens", "cost_usd", "duration_seconds"),
)
REASONS_SHOWN = 3
DAYS_NAMED = 4


def all_results(states: Sequence[DayState], dreamt: Sequence[DayResult]) -> list[DayResult]:
    """A result for every day that was asked for, in the order of the states."""
    made = {(each.user_id, each.day): each for each in dreamt}
    return [made.get(state.key) or left_alone(state) for state in states]


def report_as_json(results: Sequence[DayResult]) -> dict[str, object]:
    """Days and totals for programs; a cost is null where a price is unknown."""
    days = [
        {"user_id": each.user_id, "day": each.day, "status": each.status}
        | {name: getattr(each, name) for name in COUNTERS}
        | ({"reason": each.error} if each.error else {})
        for each in results
    ]
    return {"days": days, "totals": totals_of(results)}


def totals_of(results: Sequence[DayResult]) -> dict[str, float | None]:
    """Each counter over all days."""
    totals: dict[str, float | None] = {
        name: sum(getattr(each, name) for each in results) for name in COUNTERS if name != "cost_usd"
    }
    known = [each.cost_usd for each in results if each.cost_usd is not None]
    totals["cost_usd"] = sum(known) if len(known) == len(results) else None
    return {name: totals[name] for name in COUNTERS}


def day_line(result: DayResult, *, with_user: bool) -> str:
    """What became of one day, on a line."""
    day = date.fromisoformat(result.day)
    name = f"{short_day(day)} {day.year}" + (f"  {clean(result.user_id)}" if with_user else "")
    if result.status == "failed":
        return f"  {name}  failed"  # its reason follows, once for all days that have it
    if result.status in ("waiting", "held"):
        return f"  {name}  left as it was"
    if result.status == "empty":
        return f"  {name}  nothing recorded"
    parts = [
        counted(result.moments, "moment"),
        counted(result.entities, "entity"),
        counted(result.edges, "edge"),
    ]
    return f"  {name}  " + " · ".join(parts)


def totals_line(results: Sequence[DayResult], *, seconds: float, engine: str) -> str:
    """All that was dreamt, in a sentence."""
    dreamt = [each for each in results if each.status in ("dreamt", "empty")]
    totals = totals_of(dreamt)
    made = (
        f"{counted(int(totals['moments'] or 0), 'moment')}, {counted(int(totals['entities'] or 0), 'entity')}"
    )
    cost = f"{engine}, {counted(int(totals['calls'] or 0), 'call')}, {dollars(totals['cost_usd'])}"
    return f"Dreamt {counted(len(dreamt), 'day')}: {made} in {seconds:.1f} s · {cost}"


def failed_lines(results: Sequence[DayResult]) -> list[str]:
    """Which days failed and why."""
    failed = [each for each in results if each.status == "failed"]
    if not failed:
        return []
    lines = [
        f"{counted(len(failed), 'day')} failed; what they had before is kept. Run the same command again:"
    ]
    reasons = list(dict.fromkeys(each.error or "no reason was noted" for each in failed))
    for reason in reasons[:REASONS_SHOWN]:
        days = sorted({each.day for each in failed if (each.error or "no reason was noted") == reason})
        lines.append(f"  {listed(days, most=DAYS_NAMED)}: {clean(reason)}")
    more = len(reasons) - REASONS_SHOWN
    return lines + ([f"  and for {counted(more, 'other reason')}; --json has all"] if more > 0 else [])


def left_lines(results: Sequence[DayResult]) -> list[str]:
    """Which days were to be dreamt and stay as they were, and why."""
    lines = []
    waiting = [each for each in results if each.status == "waiting"]
    for reason in dict.fromkeys(each.error for each in waiting):
        days = sorted({each.day for each in waiting if each.error == reason})
        lines.append(
            f"{counted(len(days), 'day')} left as before ({listed(days, most=DAYS_NAMED)}): {reason}"
        )
    held = [each for each in results if each.status == "held"]
    if held:
        they, their, them = ("it", "its", "it") if len(held) == 1 else ("they", "their", "them")
        lines.append(
            f"{counted(len(held), 'day')} left as before: made again {they} would lose over a quarter "
            f"of {their} verified claims. --accept takes {them} all the same."
        )
        lines += [f"  {each.day}: {each.error}" for each in held[:DAYS_NAMED]]
        lines += [f"  and {len(held) - DAYS_NAMED} more"] if held[DAYS_NAMED:] else []
    return lines


def exit_code_of_dream(results: Sequence[DayResult], *, pulls_failed: bool) -> int:
    """1 where every dream failed, 3 where some did or a source could not be read."""
    tried = [each for each in results if each.status not in ("unchanged", "spared")]
    failed = [each for each in tried if each.status == "failed"]
    if failed:
        return FAILED if len(failed) == len(tried) else PARTLY_DONE
    is_left = any(each.status in ("waiting", "held") for each in tried)
    return PARTLY_DONE if pulls_failed or is_left else DONE


def write_output(path: Path, views: Sequence[PageView]) -> None:
    """Write the moments of some days as JSON, or their pages as Markdown; for the owner's eyes only.

    Raises:
        InputError: the file cannot be written.
    """
    if path.suffix.lower() == ".json":
        moments = [moment for view in views for moment in view.page.moments]
        text = json.dumps(moments_as_json(moments), indent=2, ensure_ascii=False) + "\n"
    else:
        text = "\n".join(map(markdown_of, views))
    try:
        descriptor = os.open(path.expanduser(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(
            f"Could not write {str(path)!r}: {error.strerror or error}. What was dreamt is kept."
        ) from error
