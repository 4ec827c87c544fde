"""What does `rem` alone say?"""

import typer

from rem_dagster.interfaces.cli.options import given_in


def run(context: typer.Context) -> int:
    """What is here, and what may come next."""
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.output import show
    from rem_dagster.settings import find_home_path

    given = given_in(context)
    path, _ = find_home_path(given.home)
    show("rem: a memory that dreams. Notes, chats and commits become days you can read.")
    if not (path / "home.json").exists():
        show(f"\nThere is no home yet; `rem init` would make one at {path}.\n")
        show("  rem demo              see a fortnight dreamt and shown, in seconds")
        show("  rem init              find your notes, chats and commits, and bring them in")
        show("  rem import PATH       bring in one thing: notes, an export, a git repository")
        show("  rem --help            all commands")
        return DONE
    from rem_dagster.interfaces.cli.opening import open_existing
    from rem_dagster.interfaces.cli.standing import standing_of, standing_sentence

    standing = standing_of(open_existing(given))
    show(f"\n{standing_sentence(standing)}\n")
    for command, what in standing.next_commands:
        show(f"  {command:<29}{what}")
    show(f"  {'rem --help':<29}all commands")
    return DONE
