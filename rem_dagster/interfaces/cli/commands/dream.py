"""What can be asked of `rem dream`?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.completing import moment_types as offered_types
from rem_dagster.interfaces.cli.completing import times
from rem_dagster.interfaces.cli.options import (
    EndOption,
    HomeOption,
    JsonOption,
    StartOption,
    UserOption,
    given_in,
)

if TYPE_CHECKING:
    from rem_dagster.interfaces.cli.opening import Opened
    from rem_dagster.interfaces.cli.options import Given


def run(
    context: typer.Context,
    *,
    days: Annotated[
        list[str] | None, typer.Argument(metavar="[DAY]...", hidden=True, autocompletion=times)
    ] = None,
    lookback_hours: Annotated[
        int | None,
        typer.Option("--lookback-hours", metavar="N", min=1, help="Every day the last N hours touch."),
    ] = None,
    now: Annotated[bool, typer.Option("--now", help="Today so far.")] = False,
    start: StartOption = None,
    end: EndOption = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Make days again that are up to date; ask the model anew.")
    ] = False,
    other_versions: Annotated[
        bool, typer.Option("--other-versions", help="Also days that another version or engine made.")
    ] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="Bring back what an earlier version made of a DAY; no call.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="Also where a day made again loses verified claims.")
    ] = False,
    no_sync: Annotated[bool, typer.Option("--no-sync", help="Do not pull the sources first.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")
    ] = False,
    estimate: Annotated[bool, typer.Option("--estimate", help="Say what it would cost; do nothing.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Also write moments (.json) or pages (.md)."),
    ] = None,
    llm: Annotated[
        str | None, typer.Option("--llm", metavar="MODEL", help="The model to dream with.")
    ] = None,
    agentlet: Annotated[
        Path | None,
        typer.Option("--agentlet", metavar="FILE", help="What the model is told and how it answers."),
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, metavar="USD", help="Stop before this is passed.")
    ] = None,
    accept_unknown_price: Annotated[
        bool, typer.Option("--accept-unknown-price", help="Ask a model of which nobody knows the price.")
    ] = False,
    summary_only: Annotated[bool, typer.Option("--summary-only", help="Only the day's summary.")] = False,
    moment_types: Annotated[
        str | None,
        typer.Option(
            "--moment-types",
            metavar="TYPES",
            help="Only these, with commas between.",
            autocompletion=offered_types,
        ),
    ] = None,
    min_duration_minutes: Annotated[
        int | None, typer.Option("--min-duration-minutes", metavar="N", min=0, help="Only longer moments.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="A line for every day.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error comes from, and prompts of a model.")
    ] = False,
    description: Annotated[str | None, typer.Option("--description", hidden=True)] = None,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Make moments, entities, edges and a summary of days.

    Without a DAY: all that is out of date up to today, of every user. Sources that
    config.toml names are pulled first. A day that is up to date costs nothing.
    Days that are named together with a model, an agentlet or a filter are made
    again where they were made otherwise.

    \b
    Examples:
      rem dream
      rem dream yesterday
      rem dream --lookback-hours 48
      rem dream --start 2025-10-20 --end 2025-10-25 --dry-run
      rem dream last week --output moments.json
      rem dream --llm ollama:llama3.2 --estimate
      rem dream --llm gpt-5-mini --max-cost 0.50
      rem dream register-type gardening --description "Work in the garden"
    """
    given = given_in(context, home=home, user=user)
    if days and days[0] == "register-type":
        from rem_dagster.interfaces.cli.commands.types import add

        return add(given, days[1:], description)
    from rem_dagster.dreaming.draft.choice import choose_engine
    from rem_dagster.dreaming.terms import terms_of
    from rem_dagster.interfaces.cli import dream_work
    from rem_dagster.interfaces.cli.dream_ask import (
        DreamAsk,
        check_output,
        check_together,
        ranges_asked,
        redo_asked,
    )
    from rem_dagster.interfaces.cli.launch import HowToDream
    from rem_dagster.interfaces.cli.opening import open_existing, require_known
    from rem_dagster.interfaces.cli.output import note
    from rem_dagster.llm.opening import Asking

    check_output(output)
    check_together(
        {"--restore": restore, "--summary-only": summary_only, "--dry-run": dry_run, "--estimate": estimate}
    )
    opened = open_existing(given, llm=llm, agentlet=agentlet)
    only = moment_types.replace(",", " ").split() if moment_types is not None else None
    how = HowToDream(
        engine=choose_engine(
            opened.home, Asking(max_cost, accept_unknown_price, refresh, needs_key=not (estimate or restore))
        ),
        terms=terms_of(opened.home, only_types=only, min_minutes=min_duration_minutes or 0),
        accept_losses=accept,
    )
    is_named = bool(days or start or end or lookback_hours or now)
    ask = DreamAsk(
        ranges=ranges_asked(
            opened, days=days or [], start=start, end=end, lookback_hours=lookback_hours, now=now
        ),
        user_ids=[given.user] if given.user is not None else None,
        redo=redo_asked(
            refresh=refresh,
            other_versions=other_versions,
            is_pointed=is_named and bool(llm or agentlet or how.terms.are_narrow),
        ),
        is_open=not is_named,
        how=how,
    )
    pulls_failed = not (no_sync or dry_run or estimate or restore) and _pull(opened, given, quiet=not verbose)
    if given.user is not None and opened.has_tables:
        require_known(opened.store, given.user)
    work = dream_work.Work(
        opened,
        ask,
        ask.states(opened),
        output=output,
        verbose=verbose,
        as_json=as_json,
        pulls_failed=pulls_failed,
    )
    if max_cost is not None and verbose and how.engine.recipe.model is None:
        note("Nothing can be spent: the offline engine asks no model.")
    is_debug = debug or context.find_root().params.get("debug")  # which may stand anywhere
    if is_debug or estimate or dry_run or how.engine.recipe.model is not None:
        from rem_dagster.interfaces.cli import dream_rehearsal

        if is_debug:
            dream_rehearsal.show_prompts(work)
        if estimate:
            return dream_rehearsal.estimate(work)
        if dry_run:
            return dream_rehearsal.dry_run(work)
        if not (restore or summary_only or dream_rehearsal.may_go_on(work)):
            return 0
    if restore or summary_only:
        from rem_dagster.interfaces.cli import dream_again

        return dream_again.restore_days(work) if restore else dream_again.sum_up_again(work)
    return dream_work.dream(work)


def _pull(opened: "Opened", given: "Given", *, quiet: bool) -> bool:
    """Pull the configured sources; whether one of them could not be read."""
    if not opened.home.settings.sources:
        return False
    from rem_dagster.interfaces.cli.opening import open_or_make
    from rem_dagster.interfaces.cli.output import note
    from rem_dagster.interfaces.cli.pulling import pull, pull_line

    pulls = pull(open_or_make(given))
    for each in pulls:
        if each.error is not None or not quiet or (each.report and (each.report.days or each.report.failed)):
            note(pull_line(each))
    return any(each.error is not None for each in pulls)
