"""What does `rem` do with its arguments, and how does it end?"""

import sys
import traceback
from collections.abc import Sequence
from copy import copy
from typing import Annotated

import typer
from typer.completion import completion_init  # type: ignore[attr-defined]

from rem_dagster.errors import RemError
from rem_dagster.interfaces.cli.commands import (
    ask,
    audit,
    completion,
    config,
    demo,
    diff,
    doctor,
    dream,
    embed,
    export,
    fix,
    forget,
    graph,
    greet,
    import_,
    init,
    insights,
    journal,
    mcp,
    pause,
    query,
    search,
    show,
    standup,
    status,
    sync,
    types,
    up,
    web,
    week,
    worker,
)
from rem_dagster.interfaces.cli.failure import FAILED, INTERRUPTED, Stopped, exit_code_of, words_of
from rem_dagster.interfaces.cli.options import Given, HomeOption, TimezoneOption, UserOption
from rem_dagster.interfaces.cli.output import leave_quietly, page_width
from rem_dagster.interfaces.cli.usage import Commands, SearchUsage, Usage, words_of_usage
from rem_dagster.interfaces.cli.waiting import WAITING
from rem_dagster.interfaces.cli.words import wrap

HELP = """A memory that dreams: notes, chats and commits become days you can read,
each claim with its source.

\b
Start here:
  rem demo                       a fortnight, dreamt and shown, in seconds
  rem init                       find your own activity, and bring it in
  rem import ~/notes             bring one thing in
  rem dream                      make moments and summaries of it
  rem show yesterday             read a day
"""
app = typer.Typer(
    name="rem",
    cls=Commands,
    suggest_commands=False,
    help=HELP,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
for command in (
    demo,
    init,
    import_,
    sync,
    pause,
    dream,
    show,
    standup,
    week,
    fix,
    web,
    diff,
    search,
    ask,
    query,
    insights,
    embed,
    forget,
    status,
    audit,
    doctor,
    up,
    worker,
    completion,
):
    usage = SearchUsage if command is search else Usage
    app.command(command.__name__.rpartition(".")[2].rstrip("_"), cls=usage)(command.run)
app.add_typer(graph.app, name="graph")
app.add_typer(journal.app, name="journal")
app.add_typer(export.app, name="export")
app.add_typer(types.app, name="types")
app.add_typer(config.app, name="config")
app.add_typer(mcp.app, name="mcp")
_NAMES = {each.name for each in app.registered_commands} | {each.name for each in app.registered_groups}
SERVERS = frozenset(("up", "worker", "mcp"))
"""Commands that go on until somebody ends them; what they start has words of its own."""
_VALUED = ("--home", "--user", "--timezone")
"""Options that may stand before a command, with a word of their own."""


def _say_version(asked: bool) -> None:
    if asked:
        from rem_dagster import __version__

        typer.echo(f"rem {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    *,
    home: HomeOption = None,
    user: UserOption = None,
    timezone: TimezoneOption = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_say_version, is_eager=True)
    ] = False,
) -> int | None:
    """Keep what was given before the command's name; without a command, greet."""
    context.obj = Given(home, user, timezone)
    return greet.run(context) if context.invoked_subcommand is None else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code: 0 done, 1 failed, 2 usage, 3 partly done.

    A Ctrl-C gives 130, a reader that went away 141.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    if debug:  # it may stand anywhere
        words = ["--debug", *(each for each in words if each != "--debug")]
    _print_what_can_be_printed()
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    if not SERVERS.intersection(words):
        WAITING.begin()
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_quietly()
    except Exception as error:  # noqa: BLE001 - the edge of the command line
        if debug:
            traceback.print_exc()
        return _told(error)
    finally:
        WAITING.end()
    return code


def _run(words: list[str]) -> int:
    completion_init()
    code = _cut_to(words)(words, prog_name="rem", standalone_mode=False)
    if code == INTERRUPTED:
        raise Stopped("Stopped. Nothing was changed.")
    return code if isinstance(code, int) else 0


def _cut_to(words: Sequence[str]) -> typer.Typer:
    """The commands that these words may name: to lay out all of them, with their options, takes 60 ms.

    All where the first word names none, so that what is said of it knows them all.
    """
    rest = iter(words)
    first = next(
        (each for each in rest if not each.startswith("-") or (each in _VALUED and not next(rest, ""))), ""
    )
    if first not in _NAMES:
        return app
    cut = copy(app)
    cut.registered_commands = [each for each in app.registered_commands if each.name in words]
    cut.registered_groups = [each for each in app.registered_groups if each.name in words]
    return cut


def _told(error: Exception) -> int:
    """Say on stderr what went wrong, and return the exit code."""
    if isinstance(error, Stopped):
        return _said(str(error), INTERRUPTED)
    if isinstance(error, RemError):
        return _said(words_of(error), exit_code_of(error))
    if isinstance(error, typer.TyperException):
        return _said(_usage(error), error.exit_code)
    what = f"{type(error).__name__}: {error}"
    return _said(f"Something went wrong inside rem ({what}). --debug shows where.", FAILED)


def _said(message: str, code: int) -> int:
    """Print a message on stderr, between words where a person looks; return the code."""
    WAITING.end()
    if sys.stderr.isatty():
        message = "\n".join(each for line in message.splitlines() for each in wrap(line, page_width()))
    typer.echo(message, err=True)
    return code


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "rem"
    message = words_of_usage(error)
    if message.startswith("Usage:"):  # a group without a command shows its help
        return message
    return f"{message}{'' if message[-1:] in '.?!' else '.'}\n`{command} --help` shows how it is used."


def _print_what_can_be_printed() -> None:
    """A terminal without some character shows a question mark, rather than an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
