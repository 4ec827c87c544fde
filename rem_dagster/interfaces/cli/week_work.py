"""How is the week that somebody asks about brought up to date and shown?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from rem_dagster.dreaming.draft.choice import choose_engine, spares_model_days
from rem_dagster.dreaming.dream import DayResult
from rem_dagster.dreaming.rollup import roll_up
from rem_dagster.dreaming.rollup_periods import PeriodDays, period_of
from rem_dagster.dreaming.stale import find_days
from rem_dagster.dreaming.terms import terms_of
from rem_dagster.errors import WindowError
from rem_dagster.interfaces.cli.as_json import review_as_json
from rem_dagster.interfaces.cli.asked import asked_time, days_touched
from rem_dagster.interfaces.cli.dream_report import (
    day_line,
    exit_code_of_dream,
    failed_lines,
    left_lines,
    report_as_json,
)
from rem_dagster.interfaces.cli.failure import keeping
from rem_dagster.interfaces.cli.looking import Look, latest_day, look_back
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.output import note, page_width, progress, show, show_json
from rem_dagster.interfaces.cli.span import Review, review_text
from rem_dagster.llm.opening import Asking

DAYS_IN_A_WEEK = 7


@dataclass(frozen=True)
class WeekAsk:
    """One `rem week` once all is known."""

    look: Look
    week: PeriodDays
    may_dream: bool = True
    max_cost: float | None = None
    """USD that a model may cost; None is what the settings say."""
    as_json: bool = False


def week_asked(text: str, opened: Opened) -> PeriodDays:
    """The home's week that some words mean: of a time that lies in two, the one that holds its middle.

    Raises:
        WindowError: they name no time, one that is still to come, or more than a week.
    """
    first, last = days_touched(asked_time(text, opened).window, opened)
    days = (last - first).days + 1
    if days > DAYS_IN_A_WEEK:
        raise WindowError(
            f"{text!r} is {days} days, and `rem week` looks back on one week. Name a day of it, or see the "
            f"whole time: {opened.command('show', *text.split())}"
        )
    middle = first + timedelta(days=(days - 1) // 2)
    return period_of(min(middle, opened.today), "week", opened.calendar)


def look_back_on_week(ask: WeekAsk) -> int:
    """Dream what of a week is out of date, sum the week up, and show it."""
    opened = ask.look.opened
    dreamt = _dream(ask) if ask.may_dream else []
    if ask.may_dream:
        first = ask.week.first_day
        users = [ask.look.user_id]
        roll_up(opened.home, opened.store, periods=["week"], first_day=first, last_day=first, user_ids=users)
    review = _with_what_is_near(ask.look, look_back(ask.look, ask.week.first_day, ask.week.last_day))
    if ask.as_json:
        show_json({**review_as_json(review), "dreamt": report_as_json(dreamt)["days"]})
    else:
        show(review_text(review, page_width()))
    for line in (*failed_lines(dreamt), *left_lines(dreamt)):
        note(line)
    return exit_code_of_dream(dreamt, pulls_failed=False)


def _dream(ask: WeekAsk) -> list[DayResult]:
    """Dream the week's days that are out of date; nothing is imported or asked where there is none."""
    opened, user_ids = ask.look.opened, [ask.look.user_id]
    first, last = ask.week.first_day, min(ask.week.last_day, opened.today)
    spare = spares_model_days(opened.home)
    states = find_days(
        opened.store, first_day=first, last_day=last, user_ids=user_ids, spare_model_days=spare
    )
    wanted = [state for state in states if state.needs_dream]
    if not wanted:
        return []
    from rem_dagster.interfaces.cli.launch import HowToDream, run_dream

    how = HowToDream(choose_engine(opened.home, Asking(ask.max_cost)), terms_of(opened.home))
    kept = "Finished days are kept; the same command goes on with the others."
    with keeping(kept), progress("Dreaming", len(wanted)) as bar:

        def tell(done: Sequence[DayResult]) -> None:
            for each in done:
                bar.console.print(day_line(each, with_user=False), soft_wrap=True)

        return run_dream(
            opened.home,
            first_day=first,
            last_day=last,
            user_ids=user_ids,
            how=how,
            on_days=tell,
            on_made=lambda: bar.advance(bar.task_ids[0]),
        )


def _with_what_is_near(look: Look, review: Review) -> Review:
    """The review; of an empty week with the command that looks back on the latest full one."""
    is_empty = not review.moments and all(each.remark == "nothing recorded" for each in review.days)
    if not is_empty or (latest := latest_day(look)) is None:
        return review
    return replace(review, next_commands=[look.command("week", latest.isoformat())])
