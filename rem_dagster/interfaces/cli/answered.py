"""How is an answer shown?"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.text import Text

from rem_dagster.interfaces.cli.moment import SOFT
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.output import note, page_width, show
from rem_dagster.interfaces.cli.page import MARGIN, next_line, on_page
from rem_dagster.interfaces.cli.words import clean, clock, counted, dollars, fit, listed, short_day, wrap

if TYPE_CHECKING:
    from rem_dagster.recall.ask.answer import Answer, Citation, Sentence

MARK_CELLS = 5
QUOTE_LINES = 2
LISTS = ("who", "related")
"""Kinds of questions whose answer is a list behind its first sentence."""


def show_answer(answer: "Answer", opened: Opened) -> None:
    """Print the answer with its sources, and on stderr what has to be known about it."""
    width = page_width()
    show(answer_text(answer, opened.zone, opened.today.year, width, _next(answer, opened)))
    for line in notes_on(answer):
        note(line)


def answer_text(
    answer: "Answer", zone: ZoneInfo, this_year: int, width: int, next_commands: Sequence[str] = ()
) -> Text:
    """A paragraph, then the days with their sentences, then the sources by number."""
    inner = width - 2 * len(MARGIN)
    leads = [each for each in answer.sentences if each.day is None]
    listed_too = leads[1:] if answer.plan.kind in LISTS else []
    lead = " ".join(each.with_marks for each in leads[: len(leads) - len(listed_too)])
    days = groupby((each for each in answer.sentences if each.day is not None), key=lambda each: each.day)
    blocks = [
        [*(Text(line) for line in wrap(lead, inner)), *_listed(listed_too, inner)],
        [Text(line, SOFT) for each in answer.remarks for line in wrap(each, inner)],
        *([*_day(day, list(held), this_year, inner)] for day, held in days if day is not None),
        [line for each in answer.citations for line in _source(each, zone, this_year, inner)],
        _nearest(answer, zone, this_year, inner),
        next_line(next_commands, inner),
    ]
    return on_page([block for block in blocks if block])


def notes_on(answer: "Answer") -> list[str]:
    """What was dreamt, what could not be, and what a model's answer cost and lost."""
    lines = [*answer.dreamt.problems]
    if answer.dreamt.days:
        days = answer.dreamt.days
        lines.append(f"Dreamt first: {listed(list(days), most=4)}.")
    if answer.model is not None or answer.calls:
        kept = " (kept from before)" if answer.calls and not answer.calls_paid else ""
        calls = f"{counted(answer.calls, 'call')}{kept}"
        lines.append(f"{answer.model or 'The model'}: {calls}, {dollars(answer.cost_usd)}.")
    if answer.left_out:
        lines.append(f"{counted(answer.left_out, 'sentence')} left out: the sources do not bear them out.")
    return lines


def answer_as_json(answer: "Answer", zone: ZoneInfo) -> dict[str, object]:
    """The answer for programs; times are local ISO instants with their offset."""
    plan, when = answer.plan, answer.plan.when
    return {
        "question": answer.question,
        "known": answer.known,
        "answer": answer.text,
        "sentences": [
            {"text": each.text, "cites": list(each.cites), "day": each.day.isoformat() if each.day else None}
            for each in answer.sentences
        ],
        "citations": [_citation_as_json(each, zone) for each in answer.citations],
        "nearest": [_citation_as_json(each, zone) for each in answer.nearest],
        "plan": {
            "kind": plan.kind,
            "when": when.label if when else None,
            "start": when.window.start.astimezone(zone).isoformat() if when else None,
            "end": when.window.end.astimezone(zone).isoformat() if when else None,
            "people": list(plan.people),
            "topic": plan.topic,
            "moment_types": list(plan.moment_types),
            "feelings": list(plan.feelings),
            "table": plan.table,
        },
        "looked_at": dict(answer.looked_at),
        "remarks": list(answer.remarks),
        "dreamt": asdict(answer.dreamt),
        "model": answer.model,
        "left_out": answer.left_out,
        "calls": answer.calls,
        "calls_paid": answer.calls_paid,
        "cost_usd": answer.cost_usd,
    }


def _citation_as_json(each: "Citation", zone: ZoneInfo) -> dict[str, object]:
    return {
        **asdict(each),
        "start": each.start.astimezone(zone).isoformat(),
        "end": each.end.astimezone(zone).isoformat(),
        "said_at": each.said_at.astimezone(zone).isoformat() if each.said_at else None,
    }


def _day(day: date, held: "list[Sentence]", this_year: int, width: int) -> list[Text]:
    year = "" if day.year == this_year else f" {day.year}"
    return [Text(f"{short_day(day)}{year}", "bold"), *_listed(held, width)]


def _listed(sentences: "Sequence[Sentence]", width: int) -> list[Text]:
    """A point for each sentence."""
    lines: list[Text] = []
    for each in sentences:
        first, *more = wrap(each.with_marks, width - 2) or [""]
        lines += [Text(f"· {first}"), *(Text(f"  {line}") for line in more)]
    return lines


def _source(each: "Citation", zone: ZoneInfo, this_year: int, width: int) -> list[Text]:
    """When and what, the quote with who said it where, and the id."""
    mark, room = f"[{each.number}]", width - MARK_CELLS
    when = _when(each, zone, this_year)
    lines = [
        Text.assemble(
            (f"{mark:<{MARK_CELLS}}", "bold"), (f"{when}  ", SOFT), fit(each.title, room - len(when) - 2)
        )
    ]
    if each.quote:
        where = f" {each.said_in}" if each.said_in and each.kind == "moment" else ""
        at = f", {clock(each.said_at, zone)}" if where and each.said_at else ""
        shown = wrap(f"“{clean(each.quote)}”{where}{at}", room, most_lines=QUOTE_LINES)
        lines += [Text(f"{'':<{MARK_CELLS}}{line}") for line in shown]
    lines.append(Text(f"{'':<{MARK_CELLS}}{each.kind} {each.id}", SOFT))
    return lines


def _when(each: "Citation", zone: ZoneInfo, this_year: int) -> str:
    start, end = each.start.astimezone(zone), each.end.astimezone(zone)
    day = short_day(start.date()) + ("" if start.year == this_year else f" {start.year}")
    if each.kind == "summary":
        return day
    begin, stop = clock(start, zone), clock(end, zone)
    return f"{day} {begin}" if begin == stop else f"{day} {begin}-{stop}"


def _nearest(answer: "Answer", zone: ZoneInfo, this_year: int, width: int) -> list[Text]:
    if answer.known or not answer.nearest:
        return []
    named = (fit(f"{_when(each, zone, this_year)}  {each.title}", width - 2) for each in answer.nearest)
    return [Text("Nearest, and no answer:", SOFT), *(Text(f"· {each}") for each in named)]


def _next(answer: "Answer", opened: Opened) -> list[str]:
    """The command that leads on."""
    plan = answer.plan
    if answer.known:
        first = next((each for each in answer.citations if each.kind != "summary"), None)
        if first is None:
            return [opened.command("week")]
        day = opened.calendar.day_of(first.start)
        return [opened.command("show", day.isoformat(), "--evidence")]
    if plan.words:
        return [opened.command("search", *plan.words.split(), "--schema", "messages")]
    if answer.nearest:
        return [opened.command("show", opened.calendar.day_of(answer.nearest[0].start).isoformat())]
    return [opened.command("status")]
