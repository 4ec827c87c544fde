"""Which options do several commands share?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from rem_dagster.interfaces.cli.completing import times, users

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="The home to use; else REM_HOME, else the usual place."),
]
UserOption = Annotated[
    str | None, typer.Option("--user", metavar="ID", help="Only this user's activity.", autocompletion=users)
]
TimezoneOption = Annotated[
    str | None,
    typer.Option("--timezone", metavar="ZONE", help="IANA zone whose days are counted, for a new home."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
CaseOption = Annotated[
    str | None, typer.Option("--case", metavar="CASE", help="Only what cites sessions of this case.")
]
StartOption = Annotated[
    str | None,
    typer.Option(
        "--start", metavar="DAY", help="First day: 2025-10-20, monday, last week.", autocompletion=times
    ),
]
EndOption = Annotated[
    str | None, typer.Option("--end", metavar="DAY", help="Last day, included.", autocompletion=times)
]


@dataclass(frozen=True)
class Given:
    """What was given before the command's name."""

    home: Path | None = None
    user: str | None = None
    timezone: str | None = None


def given_in(context: typer.Context, *, home: Path | None = None, user: str | None = None) -> Given:
    """What was given before the command's name, or behind it, which wins."""
    before = context.find_root().obj
    first = before if isinstance(before, Given) else Given()
    return Given(home or first.home, user or first.user, first.timezone)
