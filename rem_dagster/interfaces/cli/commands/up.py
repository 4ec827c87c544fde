"""How does `rem up` serve the Dagster UI?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, given_in


def run(
    context: typer.Context,
    *,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=1, max=65535, help="Where the UI listens.")
    ] = 3000,
    home: HomeOption = None,
) -> int:
    """Serve the Dagster UI over this home, until Ctrl-C.

    Its schedules and sensors run as long.

    \b
    Example:
      rem up --port 3001
    """
    from rem_dagster.interfaces.cli.launch import up
    from rem_dagster.interfaces.cli.opening import open_or_make
    from rem_dagster.interfaces.cli.output import note
    from rem_dagster.settings import open_home

    given = given_in(context, home=home)
    open_home(given.home)  # there must be one
    opened = open_or_make(given)
    note(f"Starting Dagster over {opened.home.path} ...")
    return up(opened.home, port=port)
