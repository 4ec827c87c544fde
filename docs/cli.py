"""Write `docs/cli.md`: every command with its examples and options, as its help has them.

python docs/cli.py
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.interfaces.cli.main import app
from rem_dagster.interfaces.cli.usage import commands_in

PAGE = Path(__file__).parent / "cli.md"
HEAD = """# Commands

Made by `make docs` from what `rem COMMAND --help` says. Exit codes: 0 done, 1 failed, 2 asked wrongly,
3 partly done. Data goes to stdout, all else to stderr; `--json` is for programs. There is no colour where
stdout is no terminal, where `NO_COLOR` is set, and where `TERM` is `dumb`. `rem completion bash --install`
lets the shell complete commands, options and values.
"""
GENERAL = ("--home", "--user", "--json", "--help")
"""Options that are told once."""


def page() -> str:
    """The whole page."""
    root = typer.main.get_command(app)
    found = list(commands_in(root))
    listed = "\n".join(
        f"- [`{name}`](#{name.replace(' ', '-')}) {_first(command)}" for name, command in found
    )
    general = _options(root, "rem", without=())
    parts = [HEAD, listed, f"## For every command\n\n{general}"]
    return "\n\n".join([*(part.strip() for part in parts), *(_section(*each) for each in found)]) + "\n"


def _section(name: str, command: Any) -> str:
    blocks = [f"## {name}", *_told(command.help or "")]
    options = _options(command, name, without=GENERAL)
    return "\n\n".join([*blocks, *([options] if options else [])])


def _told(text: str) -> Iterator[str]:
    """The paragraphs of a help; what is laid out stays so, examples are commands."""
    for part in re.split(r"\n\s*\n", text.strip()):
        marked, lines = part.lstrip("\n").startswith("\b"), part.replace("\b", "").strip("\n").split("\n")
        if marked and re.fullmatch(r"Examples?:", lines[0]):
            yield "\n".join(["```bash", *(line.strip() for line in lines[1:]), "```"])
        elif marked or lines[0].startswith(" "):
            yield "\n".join(["```", *lines, "```"])
        else:
            yield " ".join(line.strip() for line in lines)


def _options(command: Any, name: str, *, without: tuple[str, ...]) -> str:
    context = command.make_context(name, [], resilient_parsing=True)
    records = [
        (each.get_help_record(context), each)
        for each in command.get_params(context)
        if each.opts[0] not in without
    ]
    rows = [record for record, each in records if record is not None and each.param_type_name == "option"]
    if not rows:
        return ""
    lines = [
        f"| `{names.replace('|', chr(92) + '|')}` | {said.replace('|', chr(92) + '|')} |"
        for names, said in rows
    ]
    return "\n".join(["| option | |", "|---|---|", *lines])


def _first(command: Any) -> str:
    return (command.help or "").strip().partition("\n")[0]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
