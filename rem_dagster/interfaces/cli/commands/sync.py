"""What does `rem sync` pull, and what does it say about it?"""

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, given_in


def run(context: typer.Context, *, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """Pull what is new from the configured sources.

    Nothing is dreamt.

    \b
    Example:
      rem sync
    \b
    A source in config.toml:
      [[sources]]
      kind = "git"
      path = "~/code/graphd"
      emails = ["ana@example.org"]
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import open_existing, open_or_make
    from rem_dagster.interfaces.cli.output import note, show, show_json, show_next
    from rem_dagster.interfaces.cli.pulling import exit_code_of_pulls, pull, pull_as_json, pull_line

    given = given_in(context, home=home)
    opened = open_existing(given)
    if not opened.home.settings.sources:
        note(f"No sources are named in {opened.home.path / 'config.toml'}. `rem sync --help` shows how.")
        if as_json:
            show_json([])
        else:
            show_next(opened.command("import", "PATH", "--keep"), aside=True)
        return DONE
    pulls = pull(open_or_make(given))
    if as_json:
        show_json([pull_as_json(each) for each in pulls])
    else:
        for each in pulls:
            show(pull_line(each))
        has_news = any(each.report and each.report.days for each in pulls)
        show_next(opened.command("dream" if has_news else "status"))
    return exit_code_of_pulls(pulls)
