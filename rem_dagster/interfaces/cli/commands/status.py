"""What does `rem status` say about a home?"""

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, given_in


def run(context: typer.Context, *, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """See what this home holds and which days are out of date.

    \b
    Example:
      rem status
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import open_existing
    from rem_dagster.interfaces.cli.output import page_width, show, show_json
    from rem_dagster.interfaces.cli.standing import standing_as_json, standing_lines, standing_of

    opened = open_existing(given_in(context, home=home))
    standing = standing_of(opened)
    if as_json:
        show_json(standing_as_json(standing))
    else:
        for line in standing_lines(standing, page_width()):
            show(line)
    return DONE
