"""How are the days that were asked for dreamt, previewed or estimated, with what on the screen?"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.text import Text

from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.dream import DayResult, DreamPlan, preview, result_of
from rem_dagster.dreaming.persist import DreamtDay
from rem_dagster.dreaming.stale import DayState
from rem_dagster.errors import DreamError
from rem_dagster.interfaces.cli.dream_ask import DreamAsk
from rem_dagster.interfaces.cli.dream_report import (
    all_results,
    day_line,
    exit_code_of_dream,
    failed_lines,
    report_as_json,
    totals_line,
    write_output,
)
from rem_dagster.interfaces.cli.failure import DONE, keeping
from rem_dagster.interfaces.cli.looking import Look, look_at_day
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.output import note, page_width, progress, show, show_json
from rem_dagster.interfaces.cli.page import PageView, day_text
from rem_dagster.interfaces.cli.words import clock, counted, fit, long_day
from rem_dagster.recall.timeline import DayCounts, DayPage

A_LINE_EACH = 14
"""Days of a dream that still get a line each without --verbose."""
FULL_PAGES = 2
"""Days of a dry run that are still shown as whole pages without --verbose."""


@dataclass(frozen=True)
class Work:
    """One `rem dream` once all is known."""

    opened: Opened
    engine: Engine
    ask: DreamAsk
    states: Sequence[DayState]
    output: Path | None = None
    verbose: bool = False
    as_json: bool = False
    pulls_failed: bool = False

    @property
    def wanted(self) -> list[DayState]:
        """The states that are to be dreamt."""
        return self.ask.wanted(self.states)

    @property
    def has_several_users(self) -> bool:
        """Whether a line has to name its user."""
        return len({state.user_id for state in self.states}) > 1


def estimate(work: Work) -> int:
    """Say what a dream would cost: nothing, as the offline engine asks no model."""
    days = counted(len({state.partition_key for state in work.wanted}), "day")
    if work.as_json:
        show_json({"days": len(work.wanted), "calls": 0, "prompt_tokens": 0, "cost_usd": 0.0})
    else:
        show(f"{days} to dream: 0 calls, $0.00. The {work.engine.recipe.engine} engine asks no model.")
    return DONE


def dry_run(work: Work) -> int:
    """Show what would be written; write nothing but the file that was asked for."""
    made = [
        each
        for first, last in work.ask.ranges
        for each in preview(
            work.opened.home,
            work.opened.store,
            work.engine,
            DreamPlan(first, last, user_ids=work.ask.user_ids, redo=work.ask.redo),
        )
    ]
    results = [result_of(each.dream) for each in made]
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
    show(f"Would dream {counted(len(made), 'day')}: {counted(moments, 'moment')}. Nothing was written.")
    return exit_code_of_dream(results, pulls_failed=False)


def dream(work: Work) -> int:
    """Dream the days through Dagster, with a bar, and say what was made."""
    wanted = work.wanted
    if not wanted:
        return _nothing_to_dream(work)
    began = time.monotonic()
    dreamt = _run(work, len(wanted))
    seconds = time.monotonic() - began
    if work.output is not None:
        _write_output(work, dreamt)
    if work.as_json:
        show_json(report_as_json(all_results(work.states, dreamt)))
    else:
        if any(each.status != "failed" for each in dreamt):
            show(totals_line(dreamt, seconds=seconds, engine=_engine_name(work.engine)))
        for line in failed_lines(dreamt):
            note(line)
        if whole := [each.day for each in dreamt if each.status == "dreamt"]:
            user = wanted[-1].user_id
            show(f"Next: {Look(work.opened, user).command('show', max(whole))}")
    return exit_code_of_dream(dreamt, pulls_failed=work.pulls_failed)


def _run(work: Work, total: int) -> list[DayResult]:
    with_lines = not work.as_json and (work.verbose or total <= A_LINE_EACH)
    kept = "Finished days are kept; the next `rem dream` goes on with the others."
    with keeping(kept), progress("Dreaming", total) as bar:

        def tell(done: Sequence[DayResult]) -> None:
            bar.advance(bar.task_ids[0], len(done))
            for each in done if with_lines else ():
                bar.console.print(day_line(each, with_user=work.has_several_users), soft_wrap=True)

        return _run_through_dagster(work, tell)


def _run_through_dagster(work: Work, tell: Callable[[Sequence[DayResult]], None]) -> list[DayResult]:
    from rem_dagster.interfaces.cli.launch import run_dream

    try:
        return [
            result
            for first, last in work.ask.ranges
            for result in run_dream(
                work.opened.home,
                first_day=first,
                last_day=last,
                user_ids=work.ask.user_ids,
                redo=work.ask.redo,
                on_days=tell,
            )
        ]
    except ImportError as error:
        if not (error.name or "").startswith("dagster"):
            raise
        raise DreamError(
            f"Dagster cannot be imported ({error}), and `rem dream` runs through it. Nothing was dreamt. "
            "Install rem-dagster with its dependencies again."
        ) from error


def _nothing_to_dream(work: Work) -> int:
    others = sum(state.freshness == "another_version" for state in work.states)
    if work.as_json:
        show_json(report_as_json(all_results(work.states, ())))
    else:
        days = len({state.partition_key for state in work.states})
        said = f"{counted(days, 'day')} {'is' if days == 1 else 'are'} up to date"
        show(f"Nothing to dream: {said if days else 'nothing is recorded there'}.")
        if others:
            note(f"{counted(others, 'day')} of them made by another version: rem dream --other-versions")
    if work.output is not None:
        _write_output(work, ())
    return exit_code_of_dream((), pulls_failed=work.pulls_failed)


def _write_output(work: Work, dreamt: Sequence[DayResult]) -> None:
    """Write the days that were named, or those that were dreamt where none was."""
    keys = (
        [state.key for state in work.states] if not work.ask.is_open else [(e.user_id, e.day) for e in dreamt]
    )
    if not keys or work.output is None:
        note(
            f"Nothing was dreamt, so {work.output} was not written. "
            "Name days: rem dream yesterday --output FILE"
        )
        return
    views = [look_at_day(Look(work.opened, user), date.fromisoformat(day)) for user, day in keys]
    write_output(work.output, views)
    note(f"Wrote {counted(len(views), 'day')} to {work.output}")


def _as_view(made: DreamtDay, opened: Opened) -> PageView:
    """A page of what a dream would write."""
    from rem_dagster.interfaces.cli.cited import cited_by

    day = date.fromisoformat(made.dream.partition_key)
    counts = made.dream.counts
    page = DayPage(
        user_id=made.dream.user_id,
        day=day,
        window=opened.calendar.window_of(day),
        moments=tuple(sorted(made.moments, key=lambda each: (each.start_time, each.end_time, each.id))),
        summary=made.summary,
        counts=DayCounts(counts.get("messages", 0), counts.get("resources", 0), counts.get("sessions", 0)),
        dream=made.dream,
    )
    return PageView(
        page, opened.zone, cited_by(opened.store, made.moments), remark="Not written: this is a dry run."
    )


def _show_titles(view: PageView) -> None:
    show(Text(f"\n{long_day(view.page.day)}", "bold"))
    for moment in view.page.moments:
        show(f"{clock(moment.start_time, view.zone)}  {fit(moment.name, page_width() - 7)}")


def _engine_name(engine: Engine) -> str:
    return engine.recipe.model or engine.recipe.engine
