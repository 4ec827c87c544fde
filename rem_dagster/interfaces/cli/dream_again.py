"""How are days that are dreamt already brought back, or summed up anew?"""

from datetime import date

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.dream import DayResult
from rem_dagster.dreaming.restore import restore
from rem_dagster.dreaming.resummarize import resummarize
from rem_dagster.errors import InputError
from rem_dagster.interfaces.cli.dream_report import (
    exit_code_of_dream,
    failed_lines,
    left_lines,
    report_as_json,
)
from rem_dagster.interfaces.cli.dream_work import Work
from rem_dagster.interfaces.cli.failure import DONE
from rem_dagster.interfaces.cli.output import note, show, show_json, show_next
from rem_dagster.interfaces.cli.words import clean, counted, dollars, long_day

SHORT = 8
"""Digits of a recipe's hash that people are shown."""


def restore_days(work: Work) -> int:
    """Bring named days back to what an earlier recipe made of them.

    Raises:
        InputError: no day is named.
        DreamError: a day cannot be restored; those before it are.
    """
    if work.ask.is_open:
        raise InputError("--restore wants the day that is to come back: rem dream DAY --restore.")
    results: list[DayResult] = []
    for state in work.states:
        day = date.fromisoformat(state.partition_key)
        restored = restore(work.opened.home, work.opened.store, day, user_id=state.user_id)
        results.append(restored.result)
        if not work.as_json:
            made_by = f"{restored.recipe.model or restored.recipe.engine} ({restored.recipe.recipe[:SHORT]})"
            show(
                f"{long_day(day)} of {clean(state.user_id)} is as {made_by} made it: "
                f"{counted(restored.result.moments, 'moment')}, 0 calls."
            )
            show_next(work.opened.command_of(state.user_id, "diff", state.partition_key))
    refresh_across(work.opened.home, work.opened.store)
    if work.as_json:
        show_json(report_as_json(results))
    elif not results:
        show("Nothing is recorded there.")
        show_next(work.opened.command("status"))
    return DONE


def sum_up_again(work: Work) -> int:
    """Replace the summaries of days; their moments, edges and ledger stay."""
    results = [
        result
        for plan in work.ask.plans
        for result in resummarize(work.opened.home, work.opened.store, work.ask.how.engine, plan)
    ]
    if work.as_json:
        show_json(report_as_json(results))
        return exit_code_of_dream(results, pulls_failed=False)
    made = [each for each in results if each.status == "dreamt"]
    for line in (*failed_lines(results), *left_lines(results)):
        note(line)
    cost = sum(each.cost_usd for each in made if each.cost_usd is not None)
    calls = sum(each.calls for each in made)
    unknown = any(each.cost_usd is None for each in made)
    spent = dollars(None if unknown else cost)
    days = counted(len(made), "day")
    show(f"Summed up {days} again: {counted(calls, 'call')}, {spent}. Moments are as before.")
    show_next(
        work.opened.command_of(made[-1].user_id, "show", made[-1].day)
        if made
        else work.opened.command("status")
    )
    return exit_code_of_dream(results, pulls_failed=False)
