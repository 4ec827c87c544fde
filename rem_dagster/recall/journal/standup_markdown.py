"""How is a morning's page copied as Markdown, for a message or a note?"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from rem_dagster.model.moment import Moment
from rem_dagster.recall.journal.escaping import escaped
from rem_dagster.recall.journal.standup_view import Standup, StandupDay
from rem_dagster.recall.journal.threads import OpenThread
from rem_dagster.recall.journal.words import clock, counted, lasting, long_day, short_day
from rem_dagster.recall.kinds import word_of

SAID_OF_STATE = {
    "current": "",
    "changed": "More of this day came in since it was dreamt.",
    "undreamt": "This day is not dreamt yet.",
    "failed": "The last dream of this day failed.",
    "unfinished": "A dream of this day was stopped in the middle.",
}


def standup_markdown(standup: Standup) -> str:
    """The page: a section each for the days, what came of them, what is open, and what is today."""
    blocks = [f"# Stand-up, {long_day(standup.day)}"]
    for each in standup.days:
        blocks += _day(each, standup)
    blocks += _section("What came of it", (f"- {escaped(each)}" for each in standup.outcomes))
    blocks += _section("Open", (_open(each) for each in standup.own))
    blocks += _section("Waiting for", (_open(each) for each in standup.of_others))
    blocks += _section(
        "Done",
        (
            f"- [x] {escaped(each.thread.text)} ({escaped(each.outcome)}, {_short(each.on)})"
            for each in standup.closed
        ),
    )
    today = [f"- {clock(each.start, standup.zone)} {escaped(each.name)}" for each in standup.ahead]
    blocks += _section("Today", [*today, *(f"- {escaped(each.name)}" for each in standup.predictions)])
    blocks += _section("Faded", (_open(each) for each in standup.faded))
    blocks += [] if standup.days else ["Nothing is recorded before this day."]
    return "\n\n".join(blocks) + "\n"


def _day(each: StandupDay, standup: Standup) -> list[str]:
    remark = SAID_OF_STATE[each.state]
    if each.state == "undreamt":
        remark = f"{remark[:-1]}: {counted(each.items, 'item')}."
    moments = "\n".join(_moment(moment, standup) for moment in each.moments)
    blocks = [f"## {long_day(each.day)}", remark, escaped(each.summary or ""), moments]
    return [block for block in blocks if block]


def _moment(moment: Moment, standup: Standup) -> str:
    start, end = clock(moment.start_time, standup.zone), clock(moment.end_time, standup.zone)
    times = start if start == end else f"{start}–{end}"
    return f"- {times} **{escaped(moment.name)}** ({escaped(word_of(moment.moment_type))}{_length(moment)})"


def _length(moment: Moment) -> str:
    length = moment.end_time - moment.start_time
    return f", {lasting(length)}" if length >= timedelta(minutes=1) else ""


def _open(thread: OpenThread) -> str:
    return f"- [ ] {escaped(thread.text)} (since {_short(thread.since)})"


def _short(day: date) -> str:
    return " ".join(short_day(day).split())


def _section(title: str, lines: Iterable[str]) -> Sequence[str]:
    held = "\n".join(lines)
    return [f"## {title}", held] if held else []
