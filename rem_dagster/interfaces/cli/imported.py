"""How is an import reported?"""

from datetime import date

from rich.cells import cell_len

from rem_dagster.ingest.report import ImportReport
from rem_dagster.interfaces.cli.words import counted, days_from_to, fit, fit_end, wrap
from rem_dagster.sources.source import ProblemKind

HEADINGS: dict[ProblemKind, str] = {"failed": "Failed", "skipped": "Skipped", "notice": "Noticed"}


def import_lines(report: ImportReport, width: int) -> list[str]:
    """The report as lines: counts, days touched, then why anything was left out."""
    counts = " · ".join(
        f"{getattr(report, name):,} {name}" for name in ("new", "updated", "unchanged", "skipped", "failed")
    )
    lines = [f"Read {counted(report.read, 'item')}: {counts}", *_days(report)]
    for kind in HEADINGS:
        lines += _problems(report, kind, width)
    return lines


def report_as_json(report: ImportReport) -> dict[str, object]:
    """The report for programs."""
    names = ("read", "new", "updated", "unchanged", "skipped", "failed", "notices")
    return {
        "sources": list(report.sources),
        **{name: getattr(report, name) for name in names},
        "days": list(report.days),
        "reasons": [
            {"kind": kind, "field": field, "reason": reason, "count": count}
            for (kind, field, reason), count in report.reasons.items()
        ],
        "problems": [
            {
                "kind": each.kind,
                "where": each.where,
                "field": each.field,
                "reason": each.reason,
                "got": each.got,
            }
            for each in report.problems
        ],
    }


def _days(report: ImportReport) -> list[str]:
    if not report.days:
        return ["No day changed."]
    first, last = date.fromisoformat(report.days[0]), date.fromisoformat(report.days[-1])
    return [f"{counted(len(report.days), 'day')} touched: {days_from_to(first, last)}"]


def _problems(report: ImportReport, kind: ProblemKind, width: int) -> list[str]:
    """How often each reason was given, with the first places where it was."""
    lines: list[str] = []
    for (its_kind, field, reason), count in report.reasons.items():
        if its_kind != kind:
            continue
        what = f"{field}: {reason}" if field else reason
        lines += [f"  {line}" for line in wrap(f"{count:,} × {what}" if count > 1 else what, width - 2)]
        alike = [
            each for each in report.problems if (each.kind, each.field, each.reason) == (kind, field, reason)
        ]
        for each in alike:
            place = fit_end(each.where, width - 4)
            got = fit(f"got {each.got}", width - 6) if each.got is not None else ""
            beside = cell_len(place) + cell_len(got) + 6 <= width
            lines += [f"    {place}  {got}".rstrip()] if beside else [f"    {place}", f"      {got}"]
    return [f"{HEADINGS[kind]}:", *lines] if lines else []
