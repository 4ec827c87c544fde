"""What would a dream send, cost and write? Nothing of it is written to the tables."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.text import Text

from rem_dagster.dreaming.draft.engine import DayFrame
from rem_dagster.dreaming.dream import DayResult, preview, result_of
from rem_dagster.dreaming.estimate import DayEstimate
from rem_dagster.dreaming.estimate import estimate as estimate_days
from rem_dagster.dreaming.making import LeftDay, Making
from rem_dagster.dreaming.persist import DreamtDay
from rem_dagster.dreaming.segment import segment
from rem_dagster.interfaces.cli.dream_cost import estimate_as_json, estimate_lines, total_line
from rem_dagster.interfaces.cli.dream_report import (
    all_results,
    exit_code_of_dream,
    failed_lines,
    left_lines,
    report_as_json,
    write_output,
)
from rem_dagster.interfaces.cli.dream_work import Work, nothing_to_dream, repeated_words
from rem_dagster.interfaces.cli.failure import DONE
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.output import (
    confirmed,
    is_asked_by_a_person,
    note,
    page_width,
    show,
    show_json,
    show_next,
)
from rem_dagster.interfaces.cli.page import PageView, day_text
from rem_dagster.interfaces.cli.words import clean, clock, counted, fit, long_day
from rem_dagster.llm.interface import Turn
from rem_dagster.model.moment import happened
from rem_dagster.recall.timeline import DayCounts, DayPage

FULL_PAGES = 2
"""Days of a dry run that are still shown as whole pages without --verbose."""


def estimate(work: Work) -> int:
    """Say what a dream would cost; nothing is asked and nothing written."""
    estimates = _estimates(work)
    if work.as_json:
        show_json(estimate_as_json(estimates))
        return DONE
    if not work.wanted:
        return nothing_to_dream(work)
    for line in estimate_lines(estimates, engine=work.engine, with_user=work.has_several_users):
        show(line)
    show_next(_for_real(work))
    return DONE


def show_prompts(work: Work) -> None:
    """Show on stderr what would be sent, redacted, without sending it."""
    for frame, turns in told_of(work):
        note(f"--- {frame.day} of {clean(frame.user_id)} ---")
        for turn in turns:
            note(Text(f"[{turn.role}]\n{turn.content}\n"))


def may_go_on(work: Work) -> bool:
    """Say what days made again with a model would cost, and ask a person who sits there."""
    if work.engine.recipe.model is None or work.ask.redo == "stale" or work.as_json or not work.wanted:
        return True
    note(total_line(_estimates(work), engine=work.engine))
    return not is_asked_by_a_person() or confirmed("Go on?")


def told_of(work: Work) -> Iterator[tuple[DayFrame, Sequence[Turn]]]:
    """Each request that would be made, as (day, turns)."""
    opened = work.opened
    making = Making(opened.home, opened.store, work.engine, work.ask.how.terms)
    for day in making.redacted(work.wanted):
        frame = making.frame_of(day)
        for part in segment(day.items):
            for turns in work.engine.told(part, frame):
                yield frame, turns


def _estimates(work: Work) -> list[DayEstimate]:
    if not work.wanted:
        return []
    opened = work.opened
    return list(estimate_days(opened.home, opened.store, work.engine, work.wanted, terms=work.ask.how.terms))


def dry_run(work: Work) -> int:
    """Show what would be written; write nothing but the file that was asked for."""
    if not work.wanted:
        return nothing_to_dream(work)
    found = [
        each
        for plan in work.ask.plans
        for each in preview(work.opened.home, work.opened.store, work.engine, plan)
    ]
    made = [each for each in found if isinstance(each, DreamtDay)]
    left = [
        DayResult(each.user_id, each.partition_key, each.status, error=each.reason)
        for each in found
        if isinstance(each, LeftDay)
    ]
    results = [*(result_of(each.dream) for each in made), *left]
    views = [_as_view(each, work.opened) for each in made]
    if work.output is not None:
        write_output(work.output, views)
    if work.as_json:
        show_json(report_as_json(all_results(work.states, results)))
        return exit_code_of_dream(results, pulls_failed=False)
    for view in views:
        if work.verbose or len(views) <= FULL_PAGES:
            show(day_text(view, page_width()))
        else:
            _show_titles(view)
    moments = sum(each.moments for each in results)
    asked = sum(each.calls for each in results)
    kept = " The model's answers are kept: dreaming this now costs nothing." if asked else ""
    for line in (*failed_lines(results), *left_lines(results)):
        note(line)
    show(f"Would dream {counted(len(made), 'day')}: {counted(moments, 'moment')}. Nothing was written.{kept}")
    show_next(_for_real(work))
    return exit_code_of_dream(results, pulls_failed=False)


def _for_real(work: Work) -> str:
    """The command that dreams the same days."""
    ask, words = work.ask, ["dream"]
    first, last = ask.ranges[0][0], ask.ranges[-1][1]
    if not ask.is_open and first and last:
        days = first.isoformat(), last.isoformat()
        words += days[:1] if first == last else ["--start", days[0], "--end", days[1]]
    if ask.redo != "stale":
        words.append("--refresh" if ask.redo == "all" else "--other-versions")
    return work.opened.command(*words, *repeated_words(work))


def _as_view(made: DreamtDay, opened: Opened) -> PageView:
    """A page of what a dream would write."""
    from rem_dagster.interfaces.cli.cited import cited_by

    day = date.fromisoformat(made.dream.partition_key)
    counts = made.dream.counts
    moments = sorted(made.moments, key=lambda each: (each.start_time, each.end_time, each.id))
    page = DayPage(
        user_id=made.dream.user_id,
        day=day,
        window=opened.calendar.window_of(day),
        moments=tuple(happened(moments)),
        summary=made.summary,
        counts=DayCounts(counts.get("messages", 0), counts.get("resources", 0), counts.get("sessions", 0)),
        dream=made.dream,
        predictions=tuple(each for each in moments if each.is_prediction),
    )
    return PageView(
        page, opened.zone, cited_by(opened.store, made.moments), remark="Not written: this is a dry run."
    )


def _show_titles(view: PageView) -> None:
    show(Text(f"\n{long_day(view.page.day)}", "bold"))
    for moment in view.page.moments:
        show(f"{clock(moment.start_time, view.zone)}  {fit(moment.name, page_width() - 7)}")
