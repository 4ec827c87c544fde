"""What does `rem init` find on this machine, and what does it do with it?"""

from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, TimezoneOption, given_in

if TYPE_CHECKING:
    from rem_dagster.ingest.discovery.found import FoundSource
    from rem_dagster.interfaces.cli.init_work import Found
    from rem_dagster.interfaces.cli.options import Given


def run(
    context: typer.Context,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take all that is found; ask nothing.")] = False,
    no_dream: Annotated[bool, typer.Option("--no-dream", help="Import only; dream nothing.")] = False,
    home: HomeOption = None,
    timezone: TimezoneOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find what could be remembered on this machine.

    Lists vaults, transcripts of assistants, repositories and exports; one key
    takes them: config.toml names them from then on, they are imported, and the
    last 7 days are dreamt offline. Nothing leaves this machine.
    Again, it asks only about what is new.

    \b
    Examples:
      rem init
      rem init --yes --no-dream
      rem init --json              the list alone; with --yes what was done too
    """
    from dataclasses import replace

    from rem_dagster.interfaces.cli.discovered import offer_lines, offers_as_json
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.init_work import look_for
    from rem_dagster.interfaces.cli.output import page_width, show, show_json

    given = given_in(context, home=home)
    given = replace(given, timezone=timezone or given.timezone)
    found = look_for(given)
    if as_json and not yes:
        show_json(offers_as_json(found.machine, found.offers))
        return DONE
    if not as_json:
        for line in offer_lines(found.machine, found.offers, page_width()):
            show(line)
    taken = found.free if yes else _asked(found)
    if taken:
        return _bring_in(given, found, taken, may_dream=not no_dream, as_json=as_json)
    if as_json:
        show_json({**offers_as_json(found.machine, found.offers), "imports": [], "dreamt": []})
    else:
        _say_what_may_come(found, was_asked=taken is not None and not yes)
    return DONE


def _asked(found: "Found") -> "list[FoundSource] | None":
    """What the person chose; None where nobody can be asked, or there is nothing to choose."""
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.discovered import chosen
    from rem_dagster.interfaces.cli.output import asked_line, is_asked_by_a_person, note

    if not found.free or not is_asked_by_a_person():
        return None
    question = "Bring these in and keep them fresh? Enter = all, n = none, or numbers such as 1 3: "
    while True:
        answer = asked_line(question)
        if answer is None:
            return []
        try:
            return chosen(answer, found.offers)
        except InputError as error:
            note(str(error))


def _bring_in(
    given: "Given", found: "Found", taken: "list[FoundSource]", *, may_dream: bool, as_json: bool
) -> int:
    from rem_dagster.interfaces.cli.discovered import offers_as_json
    from rem_dagster.interfaces.cli.dream_report import report_as_json
    from rem_dagster.interfaces.cli.init_work import bring_in, show_brought
    from rem_dagster.interfaces.cli.opening import open_or_make
    from rem_dagster.interfaces.cli.output import note, show_json
    from rem_dagster.interfaces.cli.pulling import exit_code_of_pulls, pull_as_json

    opened = open_or_make(given)
    if found.is_new_home:
        note(f"Made a home at {opened.home.path}; its days are those of {opened.home.file.timezone}.")
    brought = bring_in(opened, taken, me=found.machine.me, may_dream=may_dream)
    if as_json:
        done = {
            "imports": [pull_as_json(each) for each in brought.pulls],
            "dreamt": report_as_json(brought.dreamt)["days"],
            "shown": brought.shown,
        }
        show_json({**offers_as_json(found.machine, found.offers), **done})
    else:
        show_brought(opened, brought)
    return exit_code_of_pulls(brought.pulls)


def _say_what_may_come(found: "Found", *, was_asked: bool) -> None:
    """What may be done where nothing was taken."""
    from rem_dagster.interfaces.cli.opening import command_in
    from rem_dagster.interfaces.cli.output import show, show_next

    def command(*words: str) -> str:
        return command_in(found.home, *words)

    if not found.offers:
        show_next(command("import", "PATH"), command("demo"))
    elif not found.free:
        show("All of it is brought in already.")
        show_next(command("sync"))
    else:
        show("Nothing was written." if was_asked else "Nothing was written. --yes takes all of it.")
        show_next(command("import", "PATH"), *([] if was_asked else [command("init", "--yes")]))
