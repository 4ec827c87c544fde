"""How does a command say how it is used?"""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_LEFT_OUT = re.compile(r"-[^\W\d_].+", re.DOTALL)
_WITH_NUMBER = re.compile(r"-[^\W\d_]\d+")


class Usage(TyperCommand):
    """A command whose usage line names its arguments as a person would; the text above explains them."""

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # the public name
        """`[OPTIONS]` and the arguments, the optional ones in brackets."""
        arguments = [each for each in self.get_params(ctx) if each.param_type_name == "argument"]
        return ["[OPTIONS]", *(str(getattr(each, "metavar", None) or each.name) for each in arguments)]


class Commands(TyperGroup):
    """Commands; of a word that names none it is said what it may stand for."""

    def resolve_command(  # type: ignore[override]  # the public name
        self, ctx: typer.Context, args: list[str]
    ) -> tuple[str | None, Any, list[str]]:
        """The command that the first word names."""
        try:
            return super().resolve_command(ctx, args)
        except typer.TyperException as error:
            if args and hasattr(error, "message") and args[0] not in self.commands:
                error.message = f"There is no command {args[0]!r}.{self._meant(ctx, args)}"
            raise

    def _meant(self, ctx: typer.Context, args: list[str]) -> str:
        from rem_dagster.model.near import meant
        from rem_dagster.recall.when_words import is_of_time

        if said := meant(args[0], [name for name, each in self.commands.items() if not each.hidden]):
            return said
        if ctx.parent is not None:
            return f" There are {', '.join(self.commands)}."
        return f" `rem show {shlex.join(args)}` reads a day." if all(map(is_of_time, args)) else ""


def commands_in(command: Any, *before: str) -> Iterator[tuple[str, Any]]:
    """Every command with its whole name, `rem graph topics`, in the order of the help."""
    name = " ".join((*before, command.name or "rem"))
    inside = getattr(command, "commands", {})
    if before:
        yield name, command
    for each in inside.values():
        if not each.hidden:
            yield from commands_in(each, name)


def words_of_usage(error: typer.TyperException) -> str:
    """What is wrong with a command line, in one sentence or two."""
    option, near = getattr(error, "option_name", None), getattr(error, "possibilities", None)
    if option is None or not isinstance(near, list | type(None)):
        return str(error.format_message())
    said = f"There is no option {option}."
    return f"{said} Did you mean {near[0]}?" if near else said


class SearchUsage(Usage):
    """A search, in which `-word` among the words leaves something out, and is no option.

    Options of one letter keep their meaning (`-n 3`, `-n3`, `-h`), as does whatever stands behind `--`.
    """

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # the public name
        """Give `-word` to the option that says what is left out."""
        given: list[str] = []
        rest = list(args)
        valued = {
            name for each in self.get_params(ctx) if not getattr(each, "is_flag", True) for name in each.opts
        }
        while rest and rest[0] != "--":
            word = rest.pop(0)
            if word in valued and rest:
                given += [word, rest.pop(0)]
            elif _LEFT_OUT.fullmatch(word) and not _WITH_NUMBER.fullmatch(word):
                given += ["--not", word[1:]]
            else:
                given.append(word)
        return super().parse_args(ctx, given + rest)
