"""What does `rem week` look back on?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.completing import times
from rem_dagster.interfaces.cli.options import CaseOption, HomeOption, JsonOption, UserOption, given_in


def run(
    context: typer.Context,
    *,
    when: Annotated[
        list[str] | None, typer.Argument(metavar="[WHEN]", hidden=True, autocompletion=times)
    ] = None,
    no_dream: Annotated[
        bool, typer.Option("--no-dream", help="Show what there is, and what of it is out of date.")
    ] = False,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", min=0, metavar="USD", help="Stop before this is passed.")
    ] = None,
    case: CaseOption = None,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Look back on a week: what came of it, where its hours went.

    WHEN is this week when it is not named. Days of it that are out of date are
    dreamt first, and only these. A week begins as the home's weeks do.

    \b
    Examples:
      rem week
      rem week last week
      rem week 2025-W42 --no-dream
      rem week 2025-10-14 --max-cost 0.10
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.looking import Look
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import show, show_json
    from rem_dagster.interfaces.cli.week_work import WeekAsk, look_back_on_week, week_asked

    opened = open_existing(given_in(context, home=home, user=user))
    if opened.is_empty:
        if as_json:
            show_json({"days": []})
        else:
            show(empty_home(opened.home))
        return DONE
    week = week_asked(" ".join(when or []) or "week", opened)
    look = Look(opened, reader_of(opened), case=case)
    return look_back_on_week(WeekAsk(look, week, may_dream=not no_dream, max_cost=max_cost, as_json=as_json))
