"""What did a day, a week or a month come to, as it was dreamt?"""

from datetime import date, timedelta

from rem_dagster.dreaming.rollup_periods import period_of
from rem_dagster.interfaces.mcp.bounded import HEAD_TOKENS, keep, part
from rem_dagster.interfaces.mcp.labelled import as_untrusted, one_line, visible
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.interfaces.mcp.standing import nearest, said_of_day
from rem_dagster.interfaces.mcp.views import Answer, MomentView, View, moment_view
from rem_dagster.interfaces.mcp.written import day_heading, moment_text, moments_by_day
from rem_dagster.llm.tokens import tokens_of
from rem_dagster.model.summary import Summary
from rem_dagster.model.window import Window
from rem_dagster.model.words import Period, Trust
from rem_dagster.recall.timeline import day_counts, summaries_in, summary_of, timeline

TEXT_SHARE = 2
"""The summary's own text takes half of the room at most."""


class DayView(View):
    """What one day of a longer period came to."""

    day: str
    url: str
    text: str


class Recap(Answer):
    """What a period came to."""

    period: Period
    first_day: str
    last_day: str
    start_utc: str
    end_utc: str
    timezone: str
    title: str
    text: str | None = None
    trust: Trust
    moments: tuple[MomentView, ...] = ()
    days: tuple[DayView, ...] = ()
    items: int = 0
    more: str | None = None
    note: str | None = None


def recap_of(period: Period, day: date, served: Served, *, max_tokens: int) -> Recap:
    """What is written of the period that holds a day, with its moments (of a day) or its days."""
    first, last = _days(period, day, served)
    calendar = served.calendar
    window = Window(calendar.start_of(first), calendar.start_of(last + timedelta(days=1)))
    summary = summary_of(served.store, user_id=served.user_id, period=period, first_day=first)
    text, cut = (
        part(summary.content, max_tokens=(max_tokens - HEAD_TOKENS) // TEXT_SHARE)
        if summary
        else (None, None)
    )
    room = max_tokens - tokens_of(text or "")
    moments = timeline(served.store, window, user_id=served.user_id)
    counts = day_counts(served.store, user_id=served.user_id, first=first, last=last)
    items = sum(each.messages + each.resources for each in counts.values())
    told = Recap(
        period=period,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        start_utc=utc(window.start),
        end_utc=utc(window.end),
        timezone=calendar.zone.key,
        title=one_line(summary.name) if summary else _title(period, first, last),
        text=visible(text) if text else None,
        trust="third_party" if any(each.trust == "third_party" for each in moments) else "own",
        items=items,
    )
    told = told.model_copy(update={"note": _note(told, summary, served)})
    if period == "day":
        views = [moment_view(each, served) for each in moments]
        kept = keep(views, max_tokens=room, text_of=moment_text)
        more = kept.more(f"timeline(when='{first}', offset={len(kept.items)})")
        return told.model_copy(update={"moments": kept.items, "more": _both(more, cut, summary)})
    days = [
        _day_view(each) for each in summaries_in(served.store, window, user_id=served.user_id, period="day")
    ]
    held = keep(days, max_tokens=room, text_of=lambda each: f"{each.day} {each.text}") if days else None
    more = held.more("recap of each day, or a larger max_tokens") if held else None
    return told.model_copy(update={"days": held.items if held else (), "more": _both(more, cut, summary)})


def recap_text(told: Recap, served: Served) -> str:
    """A recap as an agent reads it."""
    span = told.first_day if told.first_day == told.last_day else f"{told.first_day} to {told.last_day}"
    head = f"{told.period} {span}, times of {told.timezone} ({told.start_utc} to {told.end_utc} UTC)"
    lines = [f"# {told.title}", *([told.text] if told.text else [])] if told.text or told.moments else []
    lines += moments_by_day(told.moments, served)
    lines += [
        f"## {day_heading(date.fromisoformat(each.day))}  url: {each.url}\n{each.text}" for each in told.days
    ]
    if lines:
        lines.append(f"trust: {told.trust}")
    return "\n".join(filter(None, (head, as_untrusted(lines, served), told.more, told.note)))


def _days(period: Period, day: date, served: Served) -> tuple[date, date]:
    if period == "day":
        return day, day
    whole = period_of(day, period, served.calendar)
    return whole.first_day, whole.last_day


def _title(period: Period, first: date, last: date) -> str:
    return day_heading(first) if period == "day" else f"{period.capitalize()} {first} to {last}"


def _day_view(summary: Summary) -> DayView:
    day = summary.partition_key
    return DayView(day=day, url=f"rem://day/{day}", text=one_line(summary.content))


def _note(told: Recap, summary: Summary | None, served: Served) -> str | None:
    """What is to be said beside a recap: why it is not the whole truth, or where there is none."""
    first, last = map(date.fromisoformat, (told.first_day, told.last_day))
    said = said_of_day(first, served) if told.period == "day" else None
    if said or summary is not None:
        return said
    if not told.items:
        return nearest(first, last, served)
    return f"No summary of this {told.period} was made yet: `rem dream` makes one."


def _both(more: str | None, cut: int | None, summary: Summary | None) -> str | None:
    whole = f"the summary is longer: fetch(id='{summary.id}')" if cut is not None and summary else None
    return "; ".join(filter(None, (whole, more))) or None
