"""What do the console blocks of a page of docs show, and what do their commands print?

    ```console
    $ rem show yesterday          a command; lines that go on with it begin with "> "
    Monday 13 October 2025        what it prints; a last line of "…" stands for more
    ```

The page is of one day, so that what it shows stays what is printed: the demo's home is filled for that
day, and every clock that a command reads shows it.
"""

import io
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from rem_dagster.interfaces.cli import opening
from rem_dagster.interfaces.cli.main import main
from rem_dagster.interfaces.cli.showcase import fill

NOW = datetime(2025, 10, 20, 9, tzinfo=ZoneInfo("Europe/Lisbon"))
"""Monday morning after the demo's fortnight."""
MORE = "…"
FIRST_LINES = 26
"""Lines that are filled in where a page has `MORE` alone."""
FENCE = re.compile(r"^```console\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
_MADE = re.compile(r"made (?:\w{3} [ \d]\d \w{3} \d{4} )?\d\d:\d\d")


@dataclass
class Shown:
    """One command of a page, and what the page says it prints."""

    command: str
    lines: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """Its words as a shell splits them."""
        return shlex.split(self.command, comments=True)

    @property
    def is_cut(self) -> bool:
        """Whether more is printed than is shown."""
        return self.lines[-1:] == [MORE]


class _Clock(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return NOW.astimezone(tz) if tz is not None else NOW.replace(tzinfo=None)  # type: ignore[arg-type]


def shown_in(block: str) -> list[Shown]:
    """The commands of one block, in order."""
    found: list[Shown] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Shown(line[2:]))
        elif line.startswith("> ") and not found[-1].lines:
            found[-1].command += f"\n{line[2:]}"
        else:
            found[-1].lines.append(line)
    return found


@contextmanager
def on_that_day(home: Path) -> Iterator[None]:
    """Commands inside work on a home and see the page's day, 80 cells wide, without colours."""
    variables = {"REM_HOME": str(home), "REM_USER": "demo", "COLUMNS": "80", "NO_COLOR": "1"}
    with patch.object(opening, "datetime", _Clock), patch.dict("os.environ", variables):
        yield


def printed_by(words: list[str]) -> tuple[int, list[str], str]:
    """Exit code, the lines on stdout as a page shows them, and what was said on stderr."""
    out, err = io.StringIO(), io.StringIO()
    today = f"DATE '{NOW:%Y-%m-%d}'"
    typed = [word.replace("CURRENT_DATE", today) for word in words[1:]]
    with redirect_stdout(out), redirect_stderr(err):
        code = main(typed)
    return code, comparable(out.getvalue().splitlines()), err.getvalue()


def comparable(lines: list[str]) -> list[str]:
    """Lines without what differs from run to run, without blank ones around, and without space behind."""
    kept = [_MADE.sub("made 03:00", line.rstrip()) for line in lines]
    while kept and not kept[0]:
        kept.pop(0)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def fill_home(place: Path) -> None:
    """The demo's home as it is on the page's day."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        fill(place, now=NOW)


def rewritten(text: str, *, known: frozenset[str]) -> str:
    """A page with what its commands print now; what is cut stays as long as it was, and no lines stay none.

    Args:
        known: the commands of `rem` that there are; others stay as they are.
    """

    def redone(match: re.Match[str]) -> str:
        return "```console\n" + "".join(_told(each, known) for each in shown_in(match[1])) + "```"

    return FENCE.sub(redone, text)


def _told(shown: Shown, known: frozenset[str]) -> str:
    lines = shown.lines
    if lines and shown.words[0] == "rem" and shown.words[1] in known:
        code, printed, said = printed_by(shown.words)
        if code:
            sys.exit(f"{shown.command}: exit {code}: {said}")
        most = len(lines) - 1 or FIRST_LINES if shown.is_cut else len(printed)
        lines = [*printed[:most], *([MORE] if len(printed) > most else [])]
    command = shown.command.replace("\n", "\n> ")
    return "".join(f"{line}\n" for line in (f"$ {command}", *lines))
