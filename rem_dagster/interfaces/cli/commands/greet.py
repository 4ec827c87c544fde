"""What does `rem` alone say?"""

from collections.abc import Sequence

import typer

from rem_dagster.interfaces.cli.options import given_in

ALL_COMMANDS = ("rem --help", "all commands")
BEGINNINGS = (
    ("rem demo", "see a fortnight dreamt and shown, in seconds"),
    ("rem init", "find your notes, chats and commits, and bring them in"),
    ("rem import PATH", "bring in one thing: notes, an export, a git repository"),
    ALL_COMMANDS,
)


def run(context: typer.Context) -> int:
    """What is here, and what may come next."""
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.output import show
    from rem_dagster.settings import find_home_path

    given = given_in(context)
    path, _ = find_home_path(given.home)
    _say("rem: a memory that dreams. Notes, chats and commits become days you can read.")
    show("")
    if not (path / "home.json").exists():
        _say(f"There is no home yet; `rem init` would make one at {path}.")
        show("")
        _offer(BEGINNINGS)
        return DONE
    from rem_dagster.interfaces.cli.opening import open_existing
    from rem_dagster.interfaces.cli.standing import standing_of, standing_sentence

    standing = standing_of(open_existing(given))
    _say(standing_sentence(standing))
    show("")
    _offer([*standing.next_commands, ALL_COMMANDS])
    return DONE


def _say(sentence: str) -> None:
    """Print a sentence between words."""
    from rem_dagster.interfaces.cli.output import page_width, show
    from rem_dagster.interfaces.cli.words import wrap

    for line in wrap(sentence, page_width()):
        show(line)


def _offer(commands: Sequence[tuple[str, str]]) -> None:
    """A line for each command and what it does; two where the command leaves too little room."""
    from rem_dagster.interfaces.cli.output import page_width, show

    cells = max(len(command) for command, _ in commands) + 3
    is_narrow = cells + max(len(what) for _, what in commands) + 2 > page_width()
    for command, what in commands:
        show(f"  {what}:\n    {command}" if is_narrow else f"  {command:<{cells}}{what}")
