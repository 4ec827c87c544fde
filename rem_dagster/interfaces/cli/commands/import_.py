"""What does `rem import` bring in, and what does it say about it?"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.completing import kinds
from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, TimezoneOption, given_in

if TYPE_CHECKING:
    from rem_dagster.interfaces.cli.opening import Opened
    from rem_dagster.interfaces.cli.options import Given
    from rem_dagster.settings import Home
    from rem_dagster.sources.kinds import Recognition
    from rem_dagster.sources.source import Source


def run(
    context: typer.Context,
    *,
    places: Annotated[list[str], typer.Argument(metavar="[KIND] PATH", hidden=True, autocompletion=kinds)],
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what would come in and what not; write nothing.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Name it in config.toml too, so that `rem sync` pulls what is new.")
    ] = False,
    me: Annotated[
        list[str] | None,
        typer.Option("--me", metavar="NAME", help="A name, e-mail or id that means you; may be repeated."),
    ] = None,
    email: Annotated[
        list[str] | None, typer.Option("--email", metavar="ADDRESS", help="git: only this author's commits.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="An option of the kind; may be repeated."),
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="NAME", help="Tells two sources of one kind apart.")
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", min=0, metavar="USD", help="Stop before this is passed."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Walk through a very large folder unasked.")
    ] = False,
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
      rem import ~/Downloads/export.zip --explain
      rem import git ~/code/graphd --email ana@example.org --keep
      rem import jsonl activity.jsonl --user ana
    """
    from dataclasses import replace

    from rem_dagster.settings import imagine_home

    given = given_in(context, home=home, user=user)
    given = replace(given, timezone=timezone or given.timezone)
    flags = {"user": given.user, "timezone": given.timezone}
    asked = _asked(places, account=account, me=me or [], options=_options(email or [], settings or []))
    asked = replace(asked, max_cost=max_cost)
    imagined = imagine_home(given.home, flags=flags)
    source = asked.source(imagined)  # what is wrong is said before a home is made
    _check_place(asked, is_sure=yes)
    if explain:
        return _explain(asked, imagined, source, as_json=as_json)
    return _import(asked, given, keep=keep, as_json=as_json)


@dataclass(frozen=True)
class _Asked:
    """What is to be imported."""

    kind: str
    place: str
    reason: str
    account: str | None
    me: list[str]
    options: dict[str, object]
    max_cost: float | None = None

    def source(self, home: "Home") -> "Source":
        """The source, for a home and those who the person is."""
        from rem_dagster.ingest.recognise import make_source

        told = home.with_me(self.me)
        return make_source(
            *(self.kind, self.place),
            home=told,
            account=self.account,
            options=self.options,
            max_cost_usd=self.max_cost,
        )

    def would_also_fit(self) -> list["Recognition"]:
        """What else it may be taken for."""
        from rem_dagster.ingest.recognise import recognitions

        return [each for each in recognitions(Path(self.place)) if each.kind.name != self.kind]


def _asked(places: list[str], *, account: str | None, me: list[str], options: dict[str, object]) -> _Asked:
    """What was named; the kind is recognised where it was not."""
    from rem_dagster.errors import InputError
    from rem_dagster.ingest.recognise import ADDRESS, is_there, kind_at, recognise
    from rem_dagster.sources.kinds import kind_named, kinds

    *named, place = places
    if len(named) > 1 or not place.strip():
        raise InputError("Name one path at a time: rem import [KIND] PATH. Nothing was changed.")
    may_be = ADDRESS in place or is_there(Path(place))
    if named:
        kind = kind_named(named[0]).name
        if not may_be:
            recognise(Path(place))  # says what is not there
        return _Asked(kind, place, "as you say", account, me, options)
    if not may_be and any(place.lower() == kind.name for kind in kinds()):
        raise InputError(
            f"What is to be imported? Name a path: rem import {place} PATH. Nothing was changed."
        )
    if ADDRESS in place:
        reason = "it is the address of a database"
        return _Asked(kind_at(place), place, reason, account, me, options)
    found = recognise(Path(place))
    return _Asked(found.kind.name, place, found.reason, account, me, options)


def _check_place(asked: _Asked, *, is_sure: bool) -> None:
    """Ask before a whole disk or home folder is walked through; where nobody can be asked, do not.

    Raises:
        InputError: it is not to be walked through.
    """
    from rem_dagster.errors import InputError
    from rem_dagster.ingest.recognise import ADDRESS
    from rem_dagster.ingest.walking import doubt_about
    from rem_dagster.interfaces.cli.output import confirmed, is_asked_by_a_person, note

    doubt = None if is_sure or ADDRESS in asked.place else doubt_about(asked.kind, Path(asked.place))
    if doubt is None:
        return
    told = f"All that lies below {asked.place!r} would be read as {asked.kind}, and {doubt}."
    if is_asked_by_a_person():
        note(told)
        if confirmed("Go on?"):
            return
    raise InputError(f"{told} Nothing was changed. Name a folder in it, or take all of it with --yes.")


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


def _explain(asked: _Asked, home: "Home", source: "Source", *, as_json: bool) -> int:
    from datetime import UTC, datetime

    from rem_dagster.interfaces.cli.explained import explanation_as_json, explanation_lines
    from rem_dagster.interfaces.cli.importing_work import explain_with_bar
    from rem_dagster.interfaces.cli.opening import command_in
    from rem_dagster.interfaces.cli.output import page_width, show, show_json, show_next
    from rem_dagster.model.window import calendar_of

    told = explain_with_bar(home, source, now=datetime.now(UTC))
    others = asked.would_also_fit()
    if as_json:
        show_json(explanation_as_json(told, kind=asked.kind, reason=asked.reason, others=others))
        return told.report.exit_code
    why = f"read as {asked.kind}: {asked.reason}"
    for line in explanation_lines(told, calendar_of(home), why=why, others=others, width=page_width()):
        show(line)
    show("\nNothing was written.")
    show_next(command_in(home, "import", asked.kind, asked.place))
    return told.report.exit_code


def _import(asked: _Asked, given: "Given", *, keep: bool, as_json: bool) -> int:
    from rem_dagster.interfaces.cli.imported import import_lines, report_as_json
    from rem_dagster.interfaces.cli.importing_work import import_with_bar
    from rem_dagster.interfaces.cli.opening import now_read, open_or_make, others_of_default
    from rem_dagster.interfaces.cli.output import note, page_width, show, show_json, show_next
    from rem_dagster.settings import find_home_path

    is_new = not (find_home_path(given.home)[0] / "home.json").exists()
    opened = open_or_make(given)
    if is_new:
        note(f"Made a home at {opened.home.path}; its days are those of {opened.home.file.timezone}.")
    source = asked.source(opened.home)
    others = others_of_default(opened)
    report = import_with_bar(opened, source)
    if said := now_read(opened, others):
        note(said)
    kept = _kept_lines(asked, opened, source, given, keep=keep, is_worth_it=report.read > report.failed)
    if as_json:
        show_json({**report_as_json(report), "kept": keep})
        return report.exit_code
    for line in [*import_lines(report, page_width()), *kept]:
        show(line)
    after = ["dream"] if report.days else ["status", "show"]
    show_next(*(opened.command(each) for each in after))
    return report.exit_code


def _kept_lines(
    asked: _Asked, opened: "Opened", source: "Source", given: "Given", *, keep: bool, is_worth_it: bool
) -> list[str]:
    """How the place stays fresh, after it was written into the settings where that was asked for."""
    from rem_dagster.ingest import kept

    place = kept.KeptPlace(
        asked.kind, source.place, user=given.user, account=asked.account, options=asked.options
    )
    lines = []
    if keep:
        home = kept.keep(opened.home, [place], me=asked.me)
        lines.append(f"{home.path / 'config.toml'} names it: rem sync brings in what is new.")
    else:
        home = opened.home
        if is_worth_it and not kept.is_kept(home, place.kind, place.where):
            lines.append("To keep it fresh, the same again with --keep; then rem sync pulls what is new.")
    missing = [each for each in asked.me if each not in home.settings.me]
    if missing:
        names = [*home.settings.me, *missing]
        lines.append(f"For later imports, in {home.path / 'config.toml'}: {kept.me_line(names)}")
    return lines
