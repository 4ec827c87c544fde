"""What does `rem config` say about the settings, and how is the one changed that cuts the days?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, given_in
from rem_dagster.interfaces.cli.usage import Commands, Usage

app = typer.Typer(
    name="config", cls=Commands, suggest_commands=False, rich_markup_mode=None, invoke_without_command=True
)


@app.callback()
def config(context: typer.Context) -> int | None:
    """See the settings that hold, or change the time zone.

    \b
    Examples:
      rem config show
      rem config timezone Europe/Lisbon
    """
    return run(context) if context.invoked_subcommand is None else None


@app.command("show", cls=Usage)
def run(context: typer.Context, *, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """Every setting, its value and where it came from.

    Secrets are masked.

    \b
    Example:
      rem config show --json
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import command_given
    from rem_dagster.interfaces.cli.output import page_width, show, show_json, show_next
    from rem_dagster.interfaces.cli.setup import setting_lines, settings_of

    given = given_in(context, home=home)
    held = settings_of(given)
    if as_json:
        show_json({each.name: {"value": each.value, "from": each.origin} for each in held})
    else:
        for line in setting_lines(held, page_width()):
            show(line)
        show_next(command_given(given, "doctor"))
    return DONE


@app.command("timezone", cls=Usage)
def timezone(
    context: typer.Context,
    zone: Annotated[
        str | None, typer.Argument(metavar="[ZONE]", help="IANA name of the zone.", show_default=False)
    ] = None,
    *,
    day_starts_at: Annotated[
        str | None, typer.Option("--day-starts-at", metavar="HH:MM", help="When a day begins: 04:00, say.")
    ] = None,
    week_starts_on: Annotated[
        str | None, typer.Option("--week-starts-on", metavar="WEEKDAY", help="First day of the week.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Change it, rather than say what would change.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Cut the home's days anew, by another time zone or from another time of day on.

    All that came in stays, at its instant, and goes to the day that holds it now; corrections
    go along. Moments and summaries are made anew by the next dream. What was before is kept in
    a backup. Without --yes it only says what would change.

    \b
    Examples:
      rem config timezone Europe/Lisbon
      rem config timezone Europe/Lisbon --day-starts-at 04:00 --yes
    """
    from rem_dagster.interfaces.cli.zone_work import change_zone

    given = {"timezone": zone, "day_starts_at": day_starts_at, "week_starts_on": week_starts_on}
    asked = {name: value for name, value in given.items() if value is not None}
    return change_zone(given_in(context, home=home), asked, yes=yes, as_json=as_json)
