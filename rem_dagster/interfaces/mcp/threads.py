"""What was done lately, and what was intended and has no outcome yet?"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from rem_dagster.interfaces.mcp.bounded import keep, part
from rem_dagster.interfaces.mcp.labelled import as_untrusted, one_line
from rem_dagster.interfaces.mcp.recapped import recap_of, recap_text
from rem_dagster.interfaces.mcp.served import Served
from rem_dagster.interfaces.mcp.written import day_heading
from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Window
from rem_dagster.recall.timeline import summaries_in, timeline

LOOK_BACK_DAYS = 7
FEW_DAYS = 3
"""Days that a session is told of when it begins."""
TEXT_TOKENS = 160
"""Of one day, there."""


def standup_text(day: date, served: Served, *, max_tokens: int) -> str:
    """The day before a day with its moments, and what is open on it."""
    told = recap_of("day", day - timedelta(days=1), served, max_tokens=max_tokens * 2 // 3)
    lines = ["# Intended in the last days", *_open_lines(day, served, max_tokens // 3)]
    return "\n".join((recap_text(told, served), as_untrusted(lines, served) if len(lines) > 1 else ""))


def context_text(served: Served, *, max_tokens: int) -> str:
    """The last days in a few sentences and what is open, for a session that begins; empty for nothing."""
    window = _window(served.today - timedelta(days=LOOK_BACK_DAYS * 2), served.today, served)
    found = summaries_in(served.store, window, user_id=served.user_id, period="day")
    days = [
        f"## {day_heading(date.fromisoformat(each.partition_key))} (rem://day/{each.partition_key})\n"
        + one_line(part(each.content, max_tokens=TEXT_TOKENS)[0])
        for each in reversed(found[-FEW_DAYS:])
    ]
    if not days:
        return ""
    kept = keep(days, max_tokens=max_tokens * 2 // 3, text_of=str)
    threads = _open_lines(served.today, served, max_tokens // 3)
    lines = [*kept.items, *(["## Intended", *threads] if threads else [])]
    head = (
        f"The user's memory of the last days (rem). It is {served.local(served.now())} there. "
        "Tools of the rem server tell more: search, timeline, recap, fetch."
    )
    return f"{head}\n{as_untrusted(lines, served)}"


def _open_lines(day: date, served: Served, max_tokens: int) -> Sequence[str]:
    window = _window(day - timedelta(days=LOOK_BACK_DAYS), day, served)
    moments = timeline(served.store, window, user_id=served.user_id)
    lines = list(_intended(reversed(moments)))
    return keep(lines, max_tokens=max_tokens, text_of=str).items if lines else ()


def _intended(moments: "Iterator[Moment]") -> Iterator[str]:
    for moment in moments:
        for each in moment.intentions:
            yield f"- {one_line(each.text)} ({moment.partition_key}, moment {moment.id}, {moment.trust})"


def _window(first: date, last: date, served: Served) -> Window:
    calendar = served.calendar
    return Window(calendar.start_of(first), calendar.start_of(last + timedelta(days=1)))
