"""How are the days that were asked for dreamt, previewed or estimated, with what on the screen?"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from rem_dagster.dreaming.draft.choice import spares_model_days
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.dream import DayResult, is_wanted
from rem_dagster.dreaming.stale import DayState
from rem_dagster.errors import DreamError
from rem_dagster.interfaces.cli.dream_ask import DreamAsk
from rem_dagster.interfaces.cli.dream_report import (
    all_results,
    day_line,
    exit_code_of_dream,
    failed_lines,
    left_lines,
    report_as_json,
    totals_line,
    write_output,
)
from rem_dagster.interfaces.cli.failure import keeping
from rem_dagster.interfaces.cli.looking import Look, look_at_day
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.output import (
    note,
    progress,
    show,
    show_json,
    show_next,
)
from rem_dagster.interfaces.cli.words import counted, listed
from rem_dagster.llm.endpoints import endpoint_of
from rem_dagster.store.text import refresh_text

A_LINE_EACH = 14
"""Days of a dream that still get a line each without --verbose."""
FULL_PAGES = 2
"""Days of a dry run that are still shown as whole pages without --verbose."""


@dataclass(frozen=True)
class Work:
    """One `rem dream` once all is known."""

    opened: Opened
    ask: DreamAsk
    states: Sequence[DayState]
    output: Path | None = None
    verbose: bool = False
    as_json: bool = False
    pulls_failed: bool = False

    @property
    def engine(self) -> Engine:
        """Who drafts."""
        return self.ask.how.engine

    @cached_property
    def wanted(self) -> list[DayState]:
        """The states that are to be dreamt."""
        spare = spares_model_days(self.opened.home, self.engine)
        return [state for state in self.states if is_wanted(state, self.ask.redo, spare=spare)]

    @property
    def has_several_users(self) -> bool:
        """Whether a line has to name its user."""
        return len({state.user_id for state in self.states}) > 1


def dream(work: Work) -> int:
    """Dream the days through Dagster, with a bar, and say what was made."""
    wanted = work.wanted
    if not wanted:
        if work.opened.has_tables:
            _refresh(work)
        return nothing_to_dream(work)
    if work.engine.recipe.model is not None and not work.as_json:
        settings = work.opened.home.settings
        address = endpoint_of(settings.llm or "", base_url=settings.llm_base_url).address
        note(f"Asking {work.engine.recipe.model} at {address}. `rem audit` lists what was sent.")
    began = time.monotonic()
    dreamt = _run(work, len(wanted))
    seconds = time.monotonic() - began
    if work.output is not None:
        _write_output(work, dreamt)
    if work.as_json:
        show_json(report_as_json(all_results(work.states, dreamt)))
    else:
        if any(each.status in ("dreamt", "empty") for each in dreamt):
            show(totals_line(dreamt, seconds=seconds, engine=_engine_name(work.engine)))
        elif all(each.status in ("unchanged", "spared") for each in dreamt):
            days = len({state.partition_key for state in wanted})
            are = "is" if days == 1 else "are"
            show(f"{counted(days, 'day')} {are} up to date: another process dreamt meanwhile.")
        for line in (*failed_lines(dreamt), *left_lines(dreamt)):
            note(line)
        if whole := [each.day for each in dreamt if each.status == "dreamt"]:
            show_next(work.opened.command_of(wanted[-1].user_id, "show", max(whole)))
        else:
            show_next(work.opened.command("status"))
    return exit_code_of_dream(dreamt, pulls_failed=work.pulls_failed)


def _refresh(work: Work) -> None:
    """Make what follows from dreams; one may have been killed before that, or a backfill of days alone."""
    from rem_dagster.dreaming.across import refresh_across

    refresh_text(work.opened.store)
    refresh_across(work.opened.home, work.opened.store, user_ids=work.ask.user_ids)


def _run(work: Work, total: int) -> list[DayResult]:
    with_lines = not work.as_json and (work.verbose or total <= A_LINE_EACH)
    kept = "Finished days are kept; the next `rem dream` goes on with the others."
    with keeping(kept), progress("Dreaming", total) as bar:

        def tell(done: Sequence[DayResult]) -> None:
            for each in done if with_lines else ():
                bar.console.print(day_line(each, with_user=work.has_several_users), soft_wrap=True)

        return _run_through_dagster(work, tell, lambda: bar.advance(bar.task_ids[0]))


def _run_through_dagster(
    work: Work, tell: Callable[[Sequence[DayResult]], None], tick: Callable[[], None]
) -> list[DayResult]:
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
                how=work.ask.how,
                on_days=tell,
                on_made=tick,
            )
        ]
    except ImportError as error:
        if not (error.name or "").startswith("dagster"):
            raise
        raise DreamError(
            f"Dagster cannot be imported ({error}), and `rem dream` runs through it. Nothing was dreamt. "
            "Install rem-dagster with its dependencies again."
        ) from error


def nothing_to_dream(work: Work) -> int:
    """Say why there is nothing to do, and what could be done all the same."""
    spare = spares_model_days(work.opened.home, work.engine)
    others = sum(is_wanted(state, "other_versions", spare=spare) for state in work.states)
    if work.as_json:
        show_json(report_as_json(all_results(work.states, ())))
    else:
        days = len({state.partition_key for state in work.states})
        said = f"{counted(days, 'day')} {'is' if days == 1 else 'are'} up to date"
        show(f"Nothing to dream: {said if days else 'nothing is recorded there'}.")
        if others:
            again = work.opened.command("dream", "--other-versions", *repeated_words(work))
            note(f"{counted(others, 'day')} of them made by another version: {again}")
        if spared := [state for state in work.states if state.freshness == "spared"]:
            models = listed(sorted({state.row.model for state in spared if state.row and state.row.model}))
            note(
                f"{counted(len(spared), 'day')} of {models} out of date; no model is chosen now, and the "
                f"offline engine does not replace what one made: rem dream --llm {models.split(',')[0]}, or "
                "--llm offline to dream them without one."
            )
        show_next(work.opened.command("show" if days else "import", *([] if days else ["PATH"])))
    if work.output is not None:
        _write_output(work, ())
    return exit_code_of_dream((), pulls_failed=work.pulls_failed)


def repeated_words(work: Work) -> list[str]:
    """What the command that goes on has to repeat, so that days are made with the same."""
    home, terms = work.opened.home, work.ask.how.terms
    words: list[str] = []
    for option, value in (("--llm", home.settings.llm), ("--agentlet", home.settings.agentlet)):
        if home.origins.get(option[2:]) == "flag" and value:
            words += [option, value]
    if terms.only_types is not None:
        words += ["--moment-types", ",".join(terms.only_types)]
    return words + (["--min-duration-minutes", str(terms.min_minutes)] if terms.min_minutes else [])


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


def _engine_name(engine: Engine) -> str:
    return engine.recipe.model or engine.recipe.engine
