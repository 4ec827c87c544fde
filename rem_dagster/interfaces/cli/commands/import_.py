"""What does `rem import` bring in, and what does it say about it?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, TimezoneOption, given_in

if TYPE_CHECKING:
    from rem_dagster.ingest.report import ImportReport
    from rem_dagster.interfaces.cli.opening import Opened
    from rem_dagster.sources.source import Source


def run(
    context: typer.Context,
    *,
    places: Annotated[list[str], typer.Argument(metavar="[KIND] PATH", hidden=True)],
    email: Annotated[
        list[str] | None, typer.Option("--email", metavar="ADDRESS", help="git: only this author's commits.")
    ] = None,
    home: HomeOption = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="ID", help="Whose activity it is, where it does not say.")
    ] = None,
    timezone: TimezoneOption = None,
    as_json: JsonOption = False,
) -> int:
    """Bring notes, chats or commits in.

    KIND is jsonl, git or markdown; it is recognised when it is not named. What was
    imported before stays as it is. A home is made when there is none.

    \b
    Examples:
      rem import ~/notes
      rem import git ~/code/graphd --email ana@example.org
      rem import jsonl activity.jsonl --user ana
    """
    from dataclasses import replace

    from rem_dagster.interfaces.cli.imported import import_lines, report_as_json
    from rem_dagster.interfaces.cli.opening import open_or_make
    from rem_dagster.interfaces.cli.output import note, page_width, show, show_json
    from rem_dagster.settings import find_home_path

    given = given_in(context, home=home, user=user)
    given = replace(given, timezone=timezone or given.timezone)
    source = _source(places, email or [])
    is_new = not (find_home_path(given.home)[0] / "home.json").exists()
    opened = open_or_make(given)
    if is_new:
        note(f"Made a home at {opened.home.path}; its days are those of {opened.home.file.timezone}.")
    report = _import(opened, source)
    if as_json:
        show_json(report_as_json(report))
        return report.exit_code
    for line in import_lines(report, page_width()):
        show(line)
    show("Next: rem dream" if report.days else "Next: rem status   rem show")
    return report.exit_code


def _source(places: list[str], emails: list[str]) -> "Source":
    """The source that was named, by kind and path or by path alone."""
    from rem_dagster.errors import InputError
    from rem_dagster.ingest.recognise import KINDS, make_source, recognise

    *kinds, path = places
    if len(kinds) > 1:
        raise InputError("Name one path at a time: rem import [KIND] PATH. Nothing was changed.")
    if not kinds and path in KINDS and not Path(path).exists():
        raise InputError(f"What is to be imported? Name a path: rem import {path} PATH. Nothing was changed.")
    place = Path(path)
    kind = next((each for each in KINDS if kinds and each == kinds[0].lower()), None)
    if kinds and kind is None:
        raise InputError(
            f"There is no kind of source {kinds[0]!r}. Nothing was changed. Give one of {', '.join(KINDS)}, "
            f"or the path alone: rem import {path}"
        )
    if kind is None or not place.expanduser().exists():
        return make_source(recognise(place), place, emails=emails)  # says what is not there
    return make_source(kind, place, emails=emails)


def _import(opened: "Opened", source: "Source") -> "ImportReport":
    from rem_dagster.ingest.importing import import_source
    from rem_dagster.interfaces.cli.failure import keeping
    from rem_dagster.interfaces.cli.output import progress

    kept = "What was read before is stored; the same command again brings in the rest."
    with keeping(kept), progress("items", None) as bar:
        return import_source(
            opened.home,
            opened.store,
            source,
            user_id=opened.home.settings.user,
            now=opened.now,
            progress=lambda items: bar.update(bar.task_ids[0], completed=items),
        )
