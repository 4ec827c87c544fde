"""What does `rem import` bring in, and what does it say about it?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, TimezoneOption, UserOption, given_in

if TYPE_CHECKING:
    from rem_dagster.ingest.report import ImportReport
    from rem_dagster.interfaces.cli.opening import Opened
    from rem_dagster.sources.source import Source


def run(
    context: typer.Context,
    *,
    kind_or_path: Annotated[
        str, typer.Argument(metavar="[KIND] PATH", help="jsonl, git or markdown; a path.")
    ],
    path: Annotated[str | None, typer.Argument(metavar="", hidden=True)] = None,
    email: Annotated[
        list[str] | None, typer.Option("--email", metavar="ADDRESS", help="git: only this author's commits.")
    ] = None,
    home: HomeOption = None,
    user: UserOption = None,
    timezone: TimezoneOption = None,
    as_json: JsonOption = False,
) -> int:
    """Bring notes, chats or commits in; what is there already stays as it is.

    The kind is recognised when it is not named. A home is made when there is none.

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
    source = _source(kind_or_path, path, email or [])
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


def _source(kind_or_path: str, path: str | None, emails: list[str]) -> "Source":
    from rem_dagster.errors import InputError
    from rem_dagster.ingest.recognise import KINDS, make_source, recognise

    if path is not None:
        kind = next((each for each in KINDS if each == kind_or_path.lower()), None)
        if kind is None:
            raise InputError(
                f"There is no kind of source {kind_or_path!r}. Give one of {', '.join(KINDS)}, or the path "
                f"alone: rem import {path}"
            )
        if not Path(path).expanduser().exists():
            recognise(Path(path))  # says that there is nothing
        return make_source(kind, Path(path), emails=emails)
    if kind_or_path in KINDS and not Path(kind_or_path).exists():
        raise InputError(f"What is to be imported? Name a path: rem import {kind_or_path} PATH")
    place = Path(kind_or_path)
    return make_source(recognise(place), place, emails=emails)


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
