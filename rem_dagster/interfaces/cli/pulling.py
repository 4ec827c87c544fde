"""How are the configured sources pulled, and what came of each?"""

from collections.abc import Sequence
from datetime import date

from rem_dagster.ingest.sync import SourceReport, sync
from rem_dagster.interfaces.cli.failure import DONE, PARTLY_DONE, keeping
from rem_dagster.interfaces.cli.imported import report_as_json
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.output import progress
from rem_dagster.interfaces.cli.words import clean, counted, days_from_to


def pull(opened: Opened) -> list[SourceReport]:
    """Pull every configured source, with a bar."""
    with (
        keeping("What was read before is stored; the next sync goes on from there."),
        progress("items", None) as bar,
    ):
        return sync(
            opened.home,
            opened.store,
            now=opened.now,
            progress=lambda items: bar.update(bar.task_ids[0], completed=items),
        )


def pull_line(pulled: SourceReport) -> str:
    """What came of one source, on a line."""
    name = clean(f"{pulled.kind} {pulled.path}")
    if pulled.error is not None:
        return f"{name}: could not be read: {clean(pulled.error)}"
    if pulled.paused_until is not None:
        return f"{name}: not pulled, as `rem pause` holds"
    if pulled.report is None:
        return f"{name}: nothing new"
    report = pulled.report
    if not report.days:
        return f"{name}: nothing new in {counted(report.read, 'item')}" + _failed(report.failed)
    first, last = date.fromisoformat(report.days[0]), date.fromisoformat(report.days[-1])
    days = f"{counted(len(report.days), 'day')} touched: {days_from_to(first, last)}"
    removed = f"{report.removed:,} removed, " if report.removed else ""
    counts = f"{report.new:,} new, {report.updated:,} updated, {removed}{days}"
    return f"{name}: {counts}" + _failed(report.failed)


def exit_code_of_pulls(pulls: Sequence[SourceReport]) -> int:
    """3 where a source, or an item of one, could not be read."""
    wrong = any(each.error is not None or (each.report and each.report.failed) for each in pulls)
    return PARTLY_DONE if wrong else DONE


def pull_as_json(pulled: SourceReport) -> dict[str, object]:
    """What came of one source, for programs."""
    return {
        "kind": pulled.kind,
        "path": pulled.path,
        "user_id": pulled.user_id,
        "error": pulled.error,
        "unchanged": pulled.is_unchanged,
        "paused_until": pulled.paused_until.isoformat() if pulled.paused_until else None,
        "report": report_as_json(pulled.report) if pulled.report else None,
    }


def _failed(number: int) -> str:
    return f", {number:,} failed" if number else ""
