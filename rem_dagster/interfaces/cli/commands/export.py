"""How does `rem export` let out what a home holds?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.options import (
    EndOption,
    HomeOption,
    JsonOption,
    StartOption,
    UserOption,
    given_in,
)
from rem_dagster.interfaces.cli.usage import Usage

if TYPE_CHECKING:
    from rem_dagster.interfaces.cli.export_work import Exporting

app = typer.Typer(name="export", rich_markup_mode=None, no_args_is_help=True)
ForceOption = Annotated[bool, typer.Option("--force", help="Replace what is there already.")]


@app.callback()
def export() -> None:
    """Take your days out: notes, a calendar, lines, tables.

    \b
    Examples:
      rem export markdown ~/notes
      rem export ical days.ics --start "last month"
      rem export jsonl ~/backup/lines
      rem export parquet ~/backup/tables
    """


@app.command("markdown", cls=Usage)
def markdown(
    context: typer.Context,
    *,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of notes, or an Obsidian vault.")],
    start: StartOption = None,
    end: EndOption = None,
    pull: Annotated[bool, typer.Option("--pull", help="Only take your edits over; write no note.")] = False,
    no_pull: Annotated[
        bool, typer.Option("--no-pull", help="Take no edits over; notes that have some are left alone.")
    ] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write a note for each day, and take over what you changed in it.

    What is written stands between two marks, in the day's note where you have one
    already; all around them is yours and is never touched. In between, change a
    title, a summary, a type or the times, or delete a moment: the next export
    makes it a correction, which later dreams keep to.

    \b
    Examples:
      rem export markdown ~/notes
      rem export markdown ~/vault --start "last month"
      rem export markdown ~/vault --pull
    """
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.export_notes import export_notes

    if pull and no_pull:
        raise InputError("--pull and --no-pull leave nothing to do. Nothing was changed. Give one of them.")
    work = _work(context, start, end, home, user, as_json=as_json)
    return export_notes(work, folder, may_pull=not no_pull, writes=not pull) if work else 0


@app.command("ical", cls=Usage)
def ical(
    context: typer.Context,
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to, such as days.ics.")],
    start: StartOption = None,
    end: EndOption = None,
    force: ForceOption = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write moments as events of a calendar file.

    Each keeps its id, so that importing the file again changes events instead of
    doubling them. A calendar that rem wrote before is replaced.

    \b
    Examples:
      rem export ical days.ics
      rem export ical october.ics --start 2025-10-01 --end 2025-10-31
    """
    from rem_dagster.interfaces.cli.export_files import export_calendar

    work = _work(context, start, end, home, user, as_json=as_json)
    return export_calendar(work, file, may_replace=force) if work else 0


@app.command("jsonl", cls=Usage)
def jsonl(
    context: typer.Context,
    *,
    target: Annotated[
        Path,
        typer.Argument(metavar="DIR|FILE", help="A folder for all of it; NAME.jsonl for activity alone."),
    ],
    force: ForceOption = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write everything of yours as lines of JSON.

    A folder gets what happened (activity.jsonl, which `rem import jsonl` reads),
    what was dreamt, your corrections, and a manifest. A file gets what happened.

    \b
    Examples:
      rem export jsonl ~/rem-lines
      rem export jsonl activity.jsonl
    """
    from rem_dagster.interfaces.cli.export_files import export_activity, export_folder

    work = _work(context, None, None, home, user, as_json=as_json)
    if work is None:
        return 0
    if target.suffix.lower() in (".jsonl", ".ndjson"):
        return export_activity(work, target, may_replace=force)
    return export_folder(work, target, of="lines")


@app.command("parquet", cls=Usage)
def parquet(
    context: typer.Context,
    *,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an earlier export.")],
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write everything of yours as Parquet, a file a table.

    \b
    Example:
      rem export parquet ~/rem-tables
    """
    from rem_dagster.interfaces.cli.export_files import export_folder

    work = _work(context, None, None, home, user, as_json=as_json)
    return export_folder(work, folder, of="tables") if work else 0


def _work(
    context: typer.Context,
    start: str | None,
    end: str | None,
    home: Path | None,
    user: str | None,
    *,
    as_json: bool,
) -> "Exporting | None":
    """What is to be let out; None where the home is empty, which is said."""
    from rem_dagster.interfaces.cli.asked import days_from
    from rem_dagster.interfaces.cli.export_work import Exporting
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import note, show_json

    opened = open_existing(given_in(context, home=home, user=user))
    if opened.is_empty:
        note(empty_home(opened.home))
        if as_json:
            show_json({})
        return None
    first, last = days_from(start, end, opened)
    return Exporting(opened, reader_of(opened), first, last, as_json)
