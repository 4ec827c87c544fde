"""What was done lately, and what is open?"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from rem_dagster.interfaces.mcp.bounded import HEAD_TOKENS, keep, part
from rem_dagster.interfaces.mcp.labelled import as_untrusted, one_line
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.interfaces.mcp.views import moment_view
from rem_dagster.interfaces.mcp.written import day_heading, moments_by_day
from rem_dagster.model.window import Window
from rem_dagster.recall.journal.standup import Standup, standup
from rem_dagster.recall.journal.threads import OpenThread, open_threads
from rem_dagster.recall.timeline import summaries_in

LOOK_BACK_DAYS = 14
FEW_DAYS = 3
"""Days that a session is told of when it begins."""
TEXT_TOKENS = 160
"""Of one day, there."""


def standup_text(day: date, served: Served, *, max_tokens: int) -> str:
    """The morning of a day: the days before it with their moments, what is open, and what is ahead."""
    page = standup(served.store, day, user_id=served.user_id, calendar=served.calendar)
    head = f"The morning of {day_heading(day)}, times of {served.calendar.zone.key}"
    blocks = list(_blocks(page, served))
    if not blocks:
        return f"{head}: nothing is recorded before it."
    kept = keep(blocks, max_tokens=max_tokens, text_of=str)
    more = kept.more("timeline and recap")
    return "\n".join(filter(None, (head, as_untrusted(kept.items, served), more)))


def context_text(served: Served, *, max_tokens: int) -> str:
    """The last days in a few sentences and what is open, for a session that begins; empty for nothing."""
    calendar, today = served.calendar, served.today
    window = Window(calendar.start_of(today - timedelta(days=LOOK_BACK_DAYS)), served.now())
    found = summaries_in(served.store, window, user_id=served.user_id, period="day")
    room = max_tokens - HEAD_TOKENS
    days = [
        f"## {day_heading(date.fromisoformat(each.partition_key))}  url: rem://day/{each.partition_key}\n"
        + one_line(part(each.content, max_tokens=min(TEXT_TOKENS, room // 3))[0])
        for each in reversed(found[-FEW_DAYS:])
    ]
    if not days:
        return ""
    head = (
        f"The user's memory of the last days (rem). It is {served.local(served.now())} there. "
        "Tools of the rem server tell more: search, timeline, recap, fetch."
    )
    kept = list(keep(days, max_tokens=room * 2 // 3, text_of=str, head=0).items)
    threads = open_threads(served.store, today, user_id=served.user_id, calendar=calendar)
    if threads:
        lines = list(_threads(threads))
        kept += ["## Open", *keep(lines, max_tokens=room // 3, text_of=str, head=0).items]
    return f"{head}\n{as_untrusted(kept, served)}"


def _blocks(page: Standup, served: Served) -> Iterator[str]:
    """Parts of a morning, the weightiest first."""
    for each in page.days:
        yield f"# {day_heading(each.day)}\n{one_line(each.summary or '')}".rstrip()
    if page.own:
        yield "\n".join(("# Open", *_threads(page.own)))
    for each in page.days:
        yield from moments_by_day([moment_view(moment, served) for moment in each.moments], served)
    if page.of_others:
        yield "\n".join(("# Waiting for", *_threads(page.of_others)))
    for ahead in page.ahead:
        yield f"- ahead at {served.local(ahead.start)} ({utc(ahead.start)} UTC): {one_line(ahead.name)}"


def _threads(threads: Iterable[OpenThread]) -> Iterator[str]:
    for each in threads:
        by = f", by {one_line(each.by)}" if each.by else ""
        yield f"- {one_line(each.text)} (since {each.since}{by}, moment id: {each.moment_id})"
