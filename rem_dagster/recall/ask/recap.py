"""How is a day, a week or any other time told, from what is written of it?"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from rem_dagster.model.moment import Moment
from rem_dagster.model.summary import Summary
from rem_dagster.model.window import Calendar, Window
from rem_dagster.model.words import Period
from rem_dagster.recall.ask.compose import Ask, first_sentences, told_of
from rem_dagster.recall.ask.counting import by_day
from rem_dagster.recall.ask.material import moments_in
from rem_dagster.recall.ask.page import Page
from rem_dagster.recall.ask.saying import counted, sentences_of, without_repeats
from rem_dagster.recall.timeline import summaries_in

IsCurrent = Callable[[Period, date], bool]
"""Whether what is written of the period that begins with a day is of its days as they are."""
MOMENTS_OF_A_DAY, MOMENTS_OF_A_SPAN, KEY_MOMENTS = 8, 12, 8
FEW_DAYS, SOME_DAYS = timedelta(days=8), timedelta(days=45)


def tell_recap(ask: Ask, page: Page, *, is_current: IsCurrent) -> None:
    """What happened in a time: its written summary where that is current, then its moments by day."""
    window = ask.back
    moments = moments_in(ask.scope, window, ask.plan)
    if not moments:
        return
    may_sum = not ask.plan.moment_types and ask.scope.sessions is None
    written = _written(ask, is_current) if may_sum else []
    for each in written:
        page.say(each.content, page.summary(each))
    days = by_day(moments)
    if window.duration > FEW_DAYS and written:
        return
    if not written:
        _lead(ask, page, moments, len(days))
    for day, held in days.items():
        for moment in _key(held, _room(len(days), whole=bool(written))):
            told = [first_sentences(moment.summary, 1)] if written else _told(moment)
            said = " ".join((f"{moment.name}.", *without_repeats(told, told=[moment.name])))
            page.say(f"{ask.speech.hours(moment)} {said}", page.moment(moment), day=day)


def _told(moment: Moment) -> Sequence[str]:
    from rem_dagster.recall.ask.strength import TermWeights

    first = [first_sentences(each, 1) for each in sentences_of(moment.summary)[:2]]
    facts = [] if moment.summary else told_of(moment, TermWeights({}))
    told = f"{moment.name} {moment.summary}".casefold()
    outcomes = [
        f"✓ {each.rstrip('.')}." for each in moment.outcomes if each.rstrip(".").casefold() not in told
    ]
    return [*first, *facts, *outcomes[:1]]


def _lead(ask: Ask, page: Page, moments: Sequence[Moment], days: int) -> None:
    longest = max(moments, key=lambda each: (each.end_time - each.start_time, each.start_time))
    label = ask.plan.when.label if ask.plan.when else "all"
    on_days = f" on {counted(days, 'day')}" if days > 1 else ""
    longest_is = f", the longest “{longest.name}”" if len(moments) > 1 else f", “{longest.name}”"
    if len(moments) > 1 and longest.start_time == longest.end_time:
        longest_is = f", the last “{moments[-1].name}”"
        longest = moments[-1]
    page.say(
        f"{label}: {counted(len(moments), 'moment')}{on_days}{longest_is}",
        page.moment(longest),
    )


def _written(ask: Ask, is_current: IsCurrent) -> list[Summary]:
    """The summaries that tell a time best: its own, else those of the months, weeks or days inside it."""
    window = ask.back
    periods: Sequence[Period] = ("day",)
    if window.duration > SOME_DAYS:
        periods = ("month", "week")
    elif window.duration > timedelta(days=2):
        periods = ("month", "week", "day")
    for period in periods:
        found = [
            each
            for each in summaries_in(ask.scope.store, window, user_id=ask.scope.user_id, period=period)
            if _is_inside(each, window, ask.calendar)
            and is_current(period, date.fromisoformat(each.partition_key))
        ]
        if found:
            return found
    return []


def _is_inside(summary: Summary, window: Window, calendar: Calendar) -> bool:
    """Whether a window holds the whole period that a summary is of."""
    first = date.fromisoformat(summary.partition_key)
    if summary.period == "day":
        last = first
    elif summary.period == "week":
        last = first + timedelta(days=6)
    else:
        last = (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return (
        window.start <= calendar.start_of(first) and calendar.start_of(last + timedelta(days=1)) <= window.end
    )


def _room(days: int, *, whole: bool) -> int:
    """How many moments of one day are told."""
    if days == 1:
        return MOMENTS_OF_A_DAY
    return 2 if whole else max(MOMENTS_OF_A_SPAN // days, 1)


def _key(moments: Sequence[Moment], most: int) -> list[Moment]:
    """The moments of a day with outcomes and the longest ones, in their order."""
    best = sorted(
        moments, key=lambda each: (not each.outcomes, each.start_time - each.end_time, each.start_time)
    )[:most]
    return sorted(best, key=lambda each: (each.start_time, each.end_time, each.id))
