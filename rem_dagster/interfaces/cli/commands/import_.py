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
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="An option of the kind; may be repeated."),
    ] = None,
    home: HomeOption = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="ID", help="Whose activity it is, where it does not say.")
    ] = None,
    timezone: TimezoneOption = None,
    as_json: JsonOption = False,
) -> int:
    """Bring notes, chats or commits in.

    KIND is recognised when it is not named. What was imported before stays as it is.
    A home is made when there is none.

    \b
    Examples:
      rem import ~/notes
      rem import git ~/code/graphd --email ana@example.org
      rem import jsonl activity.jsonl --user ana
    """
    from dataclasses import replace

    from rem_dagster.ingest.recognise import make_source
    from rem_dagster.interfaces.cli.imported import import_lines, report_as_json
    from rem_dagster.interfaces.cli.opening import open_or_make
    from rem_dagster.interfaces.cli.output import note, page_width, show, show_json
    from rem_dagster.settings import find_home_path

    given = given_in(context, home=home, user=user)
    given = replace(given, timezone=timezone or given.timezone)
    kind, place = _kind(places)
    options = _options(email or [], settings or [])
    make_source(kind, place, options=options)  # what is wrong is said before a home is made
    is_new = not (find_home_path(given.home)[0] / "home.json").exists()
    opened = open_or_make(given)
    if is_new:
        note(f"Made a home at {opened.home.path}; its days are those of {opened.home.file.timezone}.")
    report = _import(opened, make_source(kind, place, home=opened.home, options=options))
    if as_json:
        show_json(report_as_json(report))
        return report.exit_code
    for line in import_lines(report, page_width()):
        show(line)
    show("Next: rem dream" if report.days else "Next: rem status   rem show")
    return report.exit_code


def _kind(places: list[str]) -> tuple[str, str]:
    """The kind and the place that were named; the kind is recognised where it was not."""
    from rem_dagster.errors import InputError
    from rem_dagster.ingest.recognise import ADDRESS, recognise
    from rem_dagster.sources.kinds import kind_named, kinds

    *named, place = places
    if len(named) > 1:
        raise InputError("Name one path at a time: rem import [KIND] PATH. Nothing was changed.")
    is_there = ADDRESS in place or Path(place).expanduser().exists()
    if named:
        kind = kind_named(named[0]).name
        if not is_there:
            recognise(Path(place))  # says what is not there
        return kind, place
    if not is_there and any(place.lower() == kind.name for kind in kinds()):
        raise InputError(
            f"What is to be imported? Name a path: rem import {place} PATH. Nothing was changed."
        )
    return recognise(Path(place)).kind.name, place


def _options(emails: list[str], settings: list[str]) -> dict[str, object]:
    """The kind's options as they were given; a name given twice is a list."""
    from rem_dagster.errors import InputError

    told: dict[str, object] = {"emails": emails} if emails else {}
    for each in settings:
        name, sign, value = each.partition("=")
        if not sign or not name.strip():
            raise InputError(f"--set takes NAME=VALUE, got {each!r}. Nothing was changed.")
        name = name.strip().replace("-", "_")
        held = told.get(name)
        told[name] = value if held is None else [*(held if isinstance(held, list) else [held]), value]
    return told


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
