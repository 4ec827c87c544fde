"""What does a home hold for the page of a day, an answer about a span, or a review of days?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from rem_dagster.dreaming.rollup_periods import period_made_of
from rem_dagster.interfaces.cli.cited import cited_by
from rem_dagster.interfaces.cli.named_moment import labels_of
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.page import PageView
from rem_dagster.interfaces.cli.span import Answer, DayLine, Review
from rem_dagster.interfaces.cli.words import counted, long_day
from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Window, days_between
from rem_dagster.recall.linked import links_of
from rem_dagster.recall.timeline import DayPage, day_page, latest_day_of_case, timeline
from rem_dagster.recall.when import When
from rem_dagster.store.digest import DayDigest, day_digests
from rem_dagster.store.filters import all_of, equals

LONGEST_FULL_REVIEW = 31
"""Days of a review that has a line for every day; a longer one leaves empty days out."""
Digests = Mapping[date, DayDigest]


@dataclass(frozen=True)
class Look:
    """One user's days, and how they are to be shown."""

    opened: Opened
    user_id: str
    evidence: bool = False
    quarantine: bool = False
    ids: bool = False
    case: str | None = None
    """Only moments that cite sessions of this case."""

    def digests(self, first: date | None = None, last: date | None = None) -> Digests:
        """The days of a range that hold something, in order."""
        return self._all_digests if first is None and last is None else self._digests(first, last)

    @cached_property
    def _all_digests(self) -> Digests:
        return self._digests(None, None)

    def _digests(self, first: date | None, last: date | None) -> Digests:
        found = day_digests(
            self.opened.store,
            first_day=first.isoformat() if first else None,
            last_day=last.isoformat() if last else None,
            user_ids=[self.user_id],
        )
        days = {date.fromisoformat(day): held for (_, day), held in sorted(found.items())}
        return {day: held for day, held in days.items() if held.items or held.sessions}

    def command(self, *words: str) -> str:
        """A command line that works on the same home."""
        return self.opened.command(*words)

    def of_case(self, *words: str) -> str:
        """A command line that looks at the same case, where there is one."""
        return self.opened.command(*words, *(["--case", self.case] if self.case is not None else []))


def look_at_day(look: Look, day: date, *, asked_as: str | None = None, remark: str | None = None) -> PageView:
    """The page of a day; one that holds nothing is a page too.

    Args:
        asked_as: the words that named the day, for the commands that come next.
    """
    opened, digests = look.opened, look.digests()
    page = day_page(opened.store, day, calendar=opened.calendar, user_id=look.user_id, case=look.case)
    held = digests.get(day)
    changed = page.dream is not None and held is not None and held.digest != page.dream.input_digest
    before = [each for each in digests if each < day]
    after = [each for each in digests if each > day]
    quoted = {quote.source_id for moment in page.moments for quote in moment.evidence}
    return PageView(
        page=page,
        zone=opened.zone,
        cited=cited_by(opened.store, [*page.moments, *page.predictions]),
        links=links_of(opened.store, quoted, user_id=look.user_id) if look.evidence else {},
        arrived_since=_arrived(page) if changed else 0,
        nearest=(max(before, default=None), min(after, default=None)),
        evidence=look.evidence,
        quarantine=look.quarantine,
        labels=labels_of([*page.moments, *page.predictions]) if look.ids else {},
        remark=remark or _remark_of_case(look, page),
        next_commands=_after_day(
            look, page, asked_as or day.isoformat(), changed=changed, nearest=before + after
        ),
    )


def look_at_span(look: Look, when: When, *, title: str | None = None) -> Answer:
    """The moments that overlap a span."""
    opened = look.opened
    moments = timeline(opened.store, when.window, user_id=look.user_id, case=look.case)
    days = opened.calendar.days_in(when.window)
    undreamt = [] if moments else _undreamt(look, days)
    return Answer(
        title=title or when.label,
        moments=moments,
        zone=opened.zone,
        cited=cited_by(opened.store, moments),
        evidence=look.evidence,
        next_commands=[look.command("dream", undreamt[0].isoformat())]
        if undreamt
        else [look.of_case("show", *([] if look.case and not moments else [days[0].isoformat()]))],
        if_empty=f"{counted(len(undreamt), 'day')} of it holds activity that is not dreamt yet."
        if undreamt
        else _nothing_there(look),
    )


def look_back(look: Look, first: date, last: date) -> Review:
    """The review of whole days; those to come are left out."""
    opened = look.opened
    period = period_made_of(first, last, opened.calendar)
    last = max(min(last, opened.today), first)
    calendar, digests = opened.calendar, look.digests(first, last)
    window = Window(calendar.start_of(first), calendar.start_of(last + timedelta(days=1)))
    by_day: dict[date, list[Moment]] = {}
    for moment in timeline(opened.store, window, user_id=look.user_id, case=look.case):
        by_day.setdefault(date.fromisoformat(moment.partition_key), []).append(moment)
    days = [
        DayLine(day, by_day.get(day, ()), _remark(digests.get(day), look))
        for day in days_between(first, last)
        if day in digests or (last - first).days < LONGEST_FULL_REVIEW
    ]
    days = days or [DayLine(first), DayLine(last)]
    review = Review(days, _after_review(look, days, digests))
    if look.case is not None:  # what is written of a week is of all of it
        return replace(review, remarks=[f"Only what cites case {look.case}."])
    from rem_dagster.interfaces.cli.week_standing import written_of  # a dream's imports, for weeks alone

    return written_of(opened, period, user_id=look.user_id).onto(review) if period else review


def latest_day(look: Look) -> date | None:
    """The latest day up to today that holds something; of a case, a moment of it."""
    if look.case is not None:
        store, today = look.opened.store, look.opened.today
        return latest_day_of_case(store, look.case, user_id=look.user_id, until=today)
    return max((day for day in look.digests() if day <= look.opened.today), default=None)


def _arrived(page: DayPage) -> int | None:
    made_of = page.dream.counts.get("items", 0) if page.dream else 0
    return (page.counts.messages + page.counts.resources - made_of) or None


def _after_day(
    look: Look, page: DayPage, asked_as: str, *, changed: bool, nearest: Sequence[date]
) -> list[str]:
    is_sound = page.dream is not None and page.dream.status == "complete" and not changed
    if not page.counts.is_empty and not is_sound:
        return [look.command("dream", page.day.isoformat())]
    if not page.moments and look.case is not None:
        return [look.of_case("show")]
    if not page.moments:
        near = min(nearest, key=lambda day: abs((day - page.day).days), default=None)
        return [look.command("show", near.isoformat()) if near else look.command("import", "PATH")]
    this_week = look.opened.calendar.week_start(look.opened.today)
    week = ["week"] if page.day >= this_week else ["week", "of", str(page.day)]
    if look.ids and look.case is None:
        return [look.command("fix", f"{page.day}#1", *change) for change in (("rename", "TITLE"), ("hide",))]
    evidence = [] if look.evidence else [look.of_case("show", *asked_as.split(), "--evidence")]
    return [*evidence, look.of_case("show", *week)]


def _after_review(look: Look, days: Sequence[DayLine], digests: Digests) -> list[str]:
    full = [each for each in days if each.moments]
    if look.case is not None:  # a day may hold nothing of it though it was dreamt
        return [look.of_case("show", *([str(full[-1].day)] if full else []))]
    undreamt = [each.day for each in days if not each.moments and each.day in digests]
    if undreamt:
        return [look.command("dream", "--start", str(undreamt[0]), "--end", str(undreamt[-1]))]
    return [look.command("show", str(full[-1].day))] if full else [look.command("status")]


def _undreamt(look: Look, days: Sequence[date]) -> list[date]:
    """Days that hold activity and were never dreamt whole."""
    if not days or look.case is not None:
        return []
    of_user = all_of(equals("user_id", look.user_id), equals("status", "complete"))
    dreamt = set(look.opened.store.read("dreams", ["partition_key"], of_user)["partition_key"].to_pylist())
    held_days = look.digests(days[0], days[-1])
    return [day for day, held in held_days.items() if held.items and day.isoformat() not in dreamt]


def _remark_of_case(look: Look, page: DayPage) -> str | None:
    """That the page is not all of its day."""
    if look.case is None:
        return None
    return f"Only what cites case {look.case}." if page.moments else _nothing_there(look)


def _nothing_there(look: Look) -> str:
    if look.case is None:
        return "Nothing is recorded there."
    latest = latest_day(look)
    where = f"; the latest day that has something is {long_day(latest)}" if latest else " nor anywhere else"
    return f"No moment there cites case {look.case}{where}."


def _remark(held: DayDigest | None, look: Look) -> str:
    if look.case is not None:
        return "nothing of the case"
    return f"not dreamt yet: {counted(held.items, 'item')}" if held and held.items else "nothing recorded"
