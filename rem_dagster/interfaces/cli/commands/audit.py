"""What does `rem audit` say was sent to models?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in

WITH_A_MODEL = ("dream", "--llm", "MODEL", "--estimate")


def run(
    context: typer.Context,
    *,
    days: Annotated[
        int, typer.Option("--days", min=1, max=36_500, metavar="N", help="So many days, today included.")
    ] = 30,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """See what was sent to models, and what it cost.

    Every call: where, when, for which days and how many sources, tokens and cost; then the month against
    its cap. Without --user every user's calls are seen. Days are those of the calls.

    \b
    Examples:
      rem audit
      rem audit --days 7 --json
    """
    from rem_dagster.interfaces.cli.audited import audit_as_json, audit_lines, audit_of
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import open_existing
    from rem_dagster.interfaces.cli.output import page_width, show, show_json, show_next

    given = given_in(context, home=home, user=user)
    opened = open_existing(given)
    audit = audit_of(opened, days=days, user_id=given.user)
    if as_json:
        show_json(audit_as_json(audit))
    else:
        for line in audit_lines(audit, page_width()):
            show(line)
        show_next(opened.command("status") if audit.was_ever_sent else opened.command(*WITH_A_MODEL))
    return DONE
