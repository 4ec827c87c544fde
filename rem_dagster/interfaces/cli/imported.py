"""How is an import reported?"""

from collections.abc import Mapping
from datetime import date

from rich.cells import cell_len

from rem_dagster.ingest.report import ImportReport, What
from rem_dagster.interfaces.cli.words import counted, days_from_to, fit, fit_end, pack, wrap
from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.source import ProblemKind

HEADINGS: dict[ProblemKind, str] = {"failed": "Failed", "skipped": "Skipped", "notice": "Noticed"}
CONFIDENCES: dict[TimeConfidence, str] = {
    "exact": "exact",
    "assumed_zone": "without a zone, taken as the home's",
    "assumed_time": "a date alone, or an hour that the clocks skip or repeat",
    "guessed": "guessed, as from a file's time",
}
CATEGORY_NOUNS = {"web": "web page", "other": "other resource"}


def import_lines(report: ImportReport, width: int) -> list[str]:
    """The report as lines: counts, what it was, days touched, then why anything was left out."""
    lines = [f"Read {counted(report.read, 'item')}: {outcomes(report)}"]
    lines += pack(things_of(report.things), width - 2, gap=" · ")
    lines += (
        [f"{report.removed:,} stored before and taken back at the source: removed"] if report.removed else []
    )
    lines += time_lines(report.confidences, width)
    lines = [lines[0], *(f"  {line}" for line in lines[1:]), *_days(report)]
    return [*lines, *problem_lines(report, width)]


def outcomes(report: ImportReport) -> str:
    """How many items ended how."""
    names = ("new", "updated", "unchanged", "skipped", "failed")
    return " · ".join(f"{getattr(report, name):,} {name}" for name in names)


def things_of(things: Mapping[What, int]) -> list[str]:
    """What was read: `3 sessions`, `50 messages (25 user, 25 assistant)`, `4 notes`."""
    parts = [counted(number, "session") for (thing, _), number in things.items() if thing == "session"]
    roles = {role: number for (thing, role), number in things.items() if thing == "message"}
    if roles:
        by_role = ", ".join(f"{number:,} {role}" for role, number in _largest_first(roles))
        parts.append(f"{counted(sum(roles.values()), 'message')} ({by_role})")
    resources = {word: number for (thing, word), number in things.items() if thing == "resource"}
    return parts + [
        counted(number, CATEGORY_NOUNS.get(word, word)) for word, number in _largest_first(resources)
    ]


def time_lines(confidences: Mapping[TimeConfidence, int], width: int) -> list[str]:
    """How sure the times are; a line for each kind that is less than exact."""
    if set(confidences) <= {"exact"}:
        return ["times: all exact"] if confidences else []
    told = [f"{confidences[each]:,} {words}" for each, words in CONFIDENCES.items() if confidences.get(each)]
    first, *more = wrap("times: " + " · ".join(told), width - 4)
    return [first, *(f"  {line}" for line in more)]


def problem_lines(report: ImportReport, width: int) -> list[str]:
    """What failed, was skipped or is worth a notice."""
    return [line for kind in HEADINGS for line in _problems(report, kind, width)]


def report_as_json(report: ImportReport) -> dict[str, object]:
    """The report for programs."""
    names = ("read", "new", "updated", "unchanged", "skipped", "failed", "notices", "removed")
    return {
        "sources": list(report.sources),
        **{name: getattr(report, name) for name in names},
        "days": list(report.days),
        "first_day": report.first_day,
        "last_day": report.last_day,
        "things": [
            {"thing": thing, "kind": word or None, "count": count}
            for (thing, word), count in report.things.items()
        ],
        "times": {each: report.confidences.get(each, 0) for each in CONFIDENCES},
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


def _largest_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _days(report: ImportReport) -> list[str]:
    if not report.days:
        return ["No day changed."]
    first, last = date.fromisoformat(report.days[0]), date.fromisoformat(report.days[-1])
    are_all = len(report.days) == (last - first).days + 1
    joint = ":" if are_all else " within"
    return [f"{counted(len(report.days), 'day')} touched{joint} {days_from_to(first, last)}"]


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
            lines += (
                [f"    {place}  {got}".rstrip()] if beside or not got else [f"    {place}", f"      {got}"]
            )
    return [f"{HEADINGS[kind]}:", *lines] if lines else []
