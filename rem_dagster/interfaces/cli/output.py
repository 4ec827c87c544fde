"""How does a command print: data on stdout, all else on stderr, plain where nobody looks?"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, TYPE_CHECKING, NoReturn
from uuid import UUID

from rem_dagster.interfaces.cli.waiting import WAITING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table
    from rich.text import Text

MOST_CELLS = 80
FEWEST_CELLS = 40
NEXT = "Next: "
READER_LEFT = 141
"""The exit code of a program whose reader went away, as shells count it."""


def page_width() -> int:
    """Cells of a line: those of the terminal, 80 at most."""
    return max(min(shutil.get_terminal_size((MOST_CELLS, 24)).columns, MOST_CELLS), FEWEST_CELLS)


def show(text: "Text | str") -> None:
    """Print data."""
    with _while_read():
        console(sys.stdout).print(text, soft_wrap=True)


def show_table(table: "Table") -> None:
    """Print a table within the page's width."""
    with _while_read():
        console(sys.stdout).print(table)


def show_raw(text: str) -> None:
    """Print data as it is, for programs."""
    with _while_read():
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()


def show_parts(texts: Iterable[str]) -> None:
    """Print data that comes in parts, for programs."""
    with _while_read():
        for text in texts:
            sys.stdout.write(text)
        sys.stdout.flush()


def note(text: "Text | str") -> None:
    """Print something about the work rather than its result."""
    console(sys.stderr).print(text, soft_wrap=True)


def show_next(*commands: str, aside: bool = False) -> None:
    """Print the last line of an answer: which commands may come next.

    Args:
        aside: on stderr, where stdout is read by programs.
    """
    from rem_dagster.interfaces.cli.words import unbroken

    say = note if aside else show
    for number, line in enumerate(unbroken(commands, page_width() - len(NEXT), gap="   ")):
        say(f"{NEXT if number == 0 else ' ' * len(NEXT)}{line}")


def show_json(value: object) -> None:
    """Print a value as JSON; instants are ISO 8601, lengths are seconds."""
    show_raw(json.dumps(value, indent=2, ensure_ascii=is_plain(), default=as_json))


def is_plain() -> bool:
    """Whether stdout takes nothing but ASCII for sure."""
    return "utf" not in (sys.stdout.encoding or "utf-8").lower()


def as_json(value: object) -> object:
    """What JSON has for a value that it does not know."""
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Decimal():
            return float(value)
        case bytes():
            return value.hex()
        case UUID():
            return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def console(file: IO[str]) -> "Console":
    """A console without colours where NO_COLOR is set or nobody looks."""
    from rich.console import Console

    from rem_dagster.settings import wants_no_colour

    WAITING.end()

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            leave_quietly()

    plain = wants_no_colour() or not file.isatty()
    return Quiet(
        file=file,
        width=page_width(),
        color_system=None if plain else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )


@contextmanager
def progress(what: str, total: int | None) -> Iterator["Progress"]:
    """A bar on stderr with one task, 0; nothing is drawn where nobody looks, and nothing stays."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = [TextColumn("  {task.description}"), BarColumn(bar_width=24), MofNCompleteColumn()]
    bar = Progress(
        *columns,
        TimeElapsedColumn(),
        console=console(sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        bar.add_task(what, total=total)
        yield bar


@contextmanager
def _while_read() -> Iterator[None]:
    WAITING.end()
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        leave_quietly()


def leave_quietly() -> NoReturn:
    """End as a program ends whose reader went away: without a word."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        pass  # there is no real stdout to be quiet about
    raise SystemExit(READER_LEFT)


def is_asked_by_a_person() -> bool:
    """Whether somebody sits at a terminal who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirmed(question: str) -> bool:
    """Whether the person says yes; no answer is no."""
    import typer

    WAITING.end()
    return typer.confirm(question, default=False, err=True)


def asked_line(question: str) -> str | None:
    """What the person answers on a line; None when there is nothing more to come."""
    WAITING.end()
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")
        return None
    return line.strip()
