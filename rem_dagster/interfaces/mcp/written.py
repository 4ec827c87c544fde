"""How are moments and days written as lines that an agent reads?"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from rem_dagster.interfaces.mcp.labelled import one_line
from rem_dagster.interfaces.mcp.served import Served
from rem_dagster.interfaces.mcp.views import MomentView

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_heading(day: date) -> str:
    """`Wednesday 2026-11-18`."""
    return f"{WEEKDAYS[day.weekday()]} {day.isoformat()}"


def span_words(start_local: str, end_local: str, start_utc: str, end_utc: str) -> str:
    """`09:30-10:05 +01:00 (08:30-09:05 UTC)`; a day that differs is written."""
    offset = datetime.fromisoformat(start_local).strftime("%z")
    offset = f"{offset[:3]}:{offset[3:5]}"
    there = "" if start_utc[:10] == start_local[:10] else f"{start_utc[:10]} "
    return f"{_from_to(start_local, end_local)} {offset} ({there}{_from_to(start_utc, end_utc)} UTC)"


def moment_lines(moment: MomentView) -> Iterator[str]:
    """A moment: its times, type, title, summary, outcomes, and by what it is asked for."""
    times = span_words(moment.start_local, moment.end_local, moment.start_utc, moment.end_utc)
    yield f"- {times} [{moment.moment_type}] {moment.title}"
    yield f"  {one_line(moment.summary)}"
    for outcome in moment.outcomes:
        yield f"  outcome: {outcome}"
    if moment.people:
        yield f"  people: {', '.join(moment.people)}"
    yield f"  id: {moment.id}  trust: {moment.trust}"


def moments_by_day(moments: Iterable[MomentView], served: Served) -> list[str]:
    """Moments in the order given, below the local day of each."""
    lines: list[str] = []
    last: date | None = None
    for moment in moments:
        day = served.calendar.day_of(datetime.fromisoformat(moment.start_local))
        if day != last:
            lines.append(f"## {day_heading(day)}")
            last = day
        lines += moment_lines(moment)
    return lines


def moment_text(moment: MomentView) -> str:
    """A moment as one text, for what it takes of an answer's room."""
    return "\n".join(moment_lines(moment))


def _from_to(start: str, end: str) -> str:
    """Times of day of two ISO instants; one alone where they are the same minute."""
    first, last = start[11:16], end[11:16]
    if start[:10] != end[:10]:
        return f"{first}-{end[:10]} {last}"
    return first if first == last else f"{first}-{last}"
