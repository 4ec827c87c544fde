"""How is it said what an import would bring in?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from rem_dagster.ingest.explaining import Example, Explanation
from rem_dagster.ingest.report import ImportReport
from rem_dagster.interfaces.cli.imported import problem_lines, report_as_json, things_of, time_lines
from rem_dagster.interfaces.cli.words import counted, days_from_to, fit, fit_end, pack, wrap
from rem_dagster.model.window import Calendar
from rem_dagster.model.words import Trust
from rem_dagster.sources.kinds import Recognition

PEOPLE_NAMED = 8
LONGEST_BY_MONTH = 24
"""Months; a longer time is told by years."""


def explanation_lines(
    told: Explanation, calendar: Calendar, *, why: str, others: Sequence[Recognition], width: int
) -> list[str]:
    """What was detected and why, what would be produced, what is left out, and examples.

    Args:
        why: the kind that the place is read as, and the reason.
    """
    (source,) = told.report.sources
    lines = [fit_end(source.partition(" ")[2], width), *(f"  {line}" for line in wrap(why, width - 2))]
    if others:
        fits = "; ".join(f"{each.kind.name} ({each.reason})" for each in others)
        lines += [f"  {line}" for line in wrap(f"would also fit: {fits}", width - 2)]
    lines += ["", *_produced(told, calendar, width)]
    if problems := problem_lines(told.report, width):
        lines += ["", *problems]
    if told.examples:
        lines += ["", "For example:"]
        lines += [line for each in told.examples for line in _example_lines(each, calendar, width)]
    return lines


def explanation_as_json(
    told: Explanation, *, kind: str, reason: str, others: Sequence[Recognition]
) -> dict[str, object]:
    """The same for programs."""
    return {
        "kind": kind,
        "reason": reason,
        "would_also_fit": [{"kind": each.kind.name, "reason": each.reason} for each in others],
        "report": report_as_json(told.report),
        "trust": dict(told.trust),
        "months": dict(told.months),
        "people": dict(told.people),
        "first_at": told.first_at,
        "last_at": told.last_at,
        "examples": [
            {
                "thing": each.what[0],
                "kind": each.what[1] or None,
                "at": each.at,
                "time_confidence": each.confidence,
                "trust": each.trust,
                "author": each.author,
                "text": each.text,
            }
            for each in told.examples
        ],
    }


def _produced(told: Explanation, calendar: Calendar, width: int) -> list[str]:
    report = told.report
    if not report.things:
        return ["It would bring in nothing."]
    parts = [
        *pack(things_of(report.things), width - 2, gap=" · "),
        *time_lines(report.confidences, width),
        *_span(told, calendar),
        *pack(_by_time(told.months), width - 2, hang="  "),
        *_whose(told.trust),
        *_people(told.people, width),
    ]
    return [_headline(report), *(f"  {each}" for each in parts)]


def _headline(report: ImportReport) -> str:
    fresh = report.new + report.updated
    if report.unchanged and not fresh:
        return "All of it is stored already:"
    stored = f"; {report.unchanged:,} stored already" if report.unchanged else ""
    changed = f" and change {report.updated:,}" if report.updated else ""
    return f"It would bring in {counted(report.new, 'item')}{changed}{stored}:"


def _span(told: Explanation, calendar: Calendar) -> list[str]:
    if told.first_at is None or told.last_at is None:
        return []
    first, last = (each.astimezone(calendar.zone) for each in (told.first_at, told.last_at))
    days = days_from_to(first.date(), last.date())
    return [f"{days} (first {first:%H:%M}, last {last:%H:%M}, {calendar.zone.key})"]


def _by_time(months: Mapping[str, int]) -> list[str]:
    if len(months) <= 1:
        return []
    counts: Counter[str] = Counter()
    for month, number in months.items():
        counts[month if len(months) <= LONGEST_BY_MONTH else month[:4]] += number
    return [f"{period}: {number:,}" for period, number in sorted(counts.items())]


def _whose(trust: Mapping[Trust, int]) -> list[str]:
    names: dict[Trust, str] = {"own": "your own", "third_party": "by others"}
    return [" · ".join(f"{trust[each]:,} {words}" for each, words in names.items() if trust.get(each))]


def _people(people: Mapping[str, int], width: int) -> list[str]:
    if not people:
        return []
    named = [f"{fit(name, 40)} {number:,}" for name, number in list(people.items())[:PEOPLE_NAMED]]
    more = len(people) - len(named)
    rest = [f"and {counted(more, 'other')}"] if more > 0 else []
    return pack([f"people: {named[0]}", *named[1:], *rest], width - 2, gap=", ", hang="  ")


def _example_lines(example: Example, calendar: Calendar, width: int) -> list[str]:
    local = example.at.astimezone(calendar.zone)
    what = " ".join(filter(None, (*reversed(example.what), example.author)))
    others = "" if example.trust == "own" else " (by others)"
    day = date(local.year, local.month, local.day)
    head = f"  {day:%Y-%m-%d} {local:%H:%M}  {fit(what, 40)}{others}"
    return [head, *(f"    {line}" for line in wrap(example.text, width - 4, most_lines=2))]
