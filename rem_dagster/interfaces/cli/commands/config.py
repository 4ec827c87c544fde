"""What does `rem config show` say about the settings?"""

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, given_in
from rem_dagster.interfaces.cli.usage import Commands, Usage

app = typer.Typer(
    name="config", cls=Commands, suggest_commands=False, rich_markup_mode=None, invoke_without_command=True
)


@app.callback()
def config(context: typer.Context) -> int | None:
    """See the settings that hold.

    \b
    Example:
      rem config show
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
