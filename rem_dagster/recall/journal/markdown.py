"""How are a day and a week written as Markdown, to be pasted anywhere?

What comes from a home is text there, too: nothing of it becomes a heading, a link or a tag.
"""

from collections.abc import Iterable

from rem_dagster.recall.journal.day import DayView
from rem_dagster.recall.journal.escaping import escaped
from rem_dagster.recall.journal.shown import ShownMoment
from rem_dagster.recall.journal.week import WeekView
from rem_dagster.recall.journal.words import clock, days_from_to, lasting, long_day, short_day
from rem_dagster.recall.kinds import word_of


def day_markdown(view: DayView) -> str:
    """A day: its summary, then each moment with what came of it and its quotes."""
    lines = [f"# {long_day(view.day)}", ""]
    if view.lede:
        lines += [escaped(view.lede), ""]
    for each in view.moments:
        lines += _moment(each, view)
    return _joined(lines)


def week_markdown(view: WeekView) -> str:
    """A week: its summary, a line for each day, and what came of it."""
    lines = [f"# Week {view.number}, {days_from_to(view.first, view.last)}", ""]
    if view.lede:
        lines += [escaped(view.lede), ""]
    for row in view.days:
        if row.held.headline:
            length = lasting(row.held.covered)
            told = f"- **{' '.join(short_day(row.day).split())}** {escaped(row.held.headline)}"
            lines.append(told + (f" ({length})" if length else ""))
    if view.outcomes:
        lines += ["", "## What came of it", ""]
        lines += [f"- {escaped(each.text)} ({each.day:%a})" for each in view.outcomes]
    return _joined(lines)


def _moment(each: ShownMoment, view: DayView) -> list[str]:
    length = lasting(each.lasting)
    when = f"{clock(each.start_time, view.zone)}" + (f"–{clock(each.end_time, view.zone)}" if length else "")
    lines = [f"## {when} {escaped(each.name)}", ""]
    lines += [f"*{escaped(word_of(each.moment_type))}*" + (f", {length}" if length else ""), ""]
    if each.summary:
        lines += [escaped(each.summary), ""]
    if each.outcomes:
        lines += [*(f"- [x] {escaped(outcome)}" for outcome in each.outcomes), ""]
    for quote in each.quotes:
        source = f" — {escaped(quote.source.named(view.zone))}" if quote.source else ""
        lines += [f"> “{escaped(quote.text)}”{source}", ""]
    if each.tags:
        lines += [" ".join(f"\\#{escaped(tag)}" for tag in each.tags), ""]
    return lines


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"
