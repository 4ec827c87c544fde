"""How does `rem worker` take part in a home's runs?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, given_in


def run(
    context: typer.Context,
    *,
    concurrency: Annotated[
        int, typer.Option("--concurrency", metavar="N", min=1, max=64, help="Runs at once.")
    ] = 1,
    home: HomeOption = None,
) -> int:
    """Do runs that `rem up` launches, until Ctrl-C.

    REM_REDIS_URL names the redis over which runs are shared out, REM_POSTGRES_URL
    the Postgres with Dagster's history. Start as many workers as you like, on
    this machine and on others.

    \b
    Example:
      rem worker --concurrency 2
    """
    from rem_dagster.interfaces.cli.instance import prepare_instance, require_workers
    from rem_dagster.interfaces.cli.output import note
    from rem_dagster.settings import open_home

    given = given_in(context, home=home)
    opened = open_home(given.home)
    broker = require_workers()
    prepare_instance(opened)
    from rem_dagster.worker import work

    note(f"Waiting for runs of {opened.path}   (Ctrl-C ends it when what has begun is done)")
    return work(opened, broker=broker, concurrency=concurrency)
