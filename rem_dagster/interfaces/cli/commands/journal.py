"""How does `rem journal build` write the journal to files?"""

from pathlib import Path
from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in
from rem_dagster.interfaces.cli.usage import Usage

app = typer.Typer(name="journal", rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def journal() -> None:
    """Write the journal's pages to files.

    \b
    Example:
      rem journal build ~/journal
    """


@app.command("build", cls=Usage)
def build(
    context: typer.Context,
    *,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the pages go; made when missing.")],
    first: Annotated[
        str | None, typer.Option("--start", metavar="DAY", help="First day: 2025-10-20, monday, last week.")
    ] = None,
    last: Annotated[str | None, typer.Option("--end", metavar="DAY", help="Last day, included.")] = None,
    veil: Annotated[
        bool, typer.Option("--veil", help="Write stand-ins for names and words, to be shown around.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write to a folder that holds other things; those stay.")
    ] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write the journal as pages that open without a server.

    The same again brings them up to date: what is the same is left alone, and
    pages of days that are gone are removed.

    \b
    Examples:
      rem journal build ~/journal
      rem journal build ~/journal --start 2025-01-01 --end 2025-12-31
      rem journal build ~/shared --veil
    """
    from rem_dagster.interfaces.cli.journal_work import Wanted, build_journal
    from rem_dagster.interfaces.cli.opening import open_existing

    opened = open_existing(given_in(context, home=home, user=user))
    return build_journal(opened, Wanted(folder, first, last, is_veiled=veil, force=force, as_json=as_json))
