"""How does a command say how it is used?"""

import re

import typer
from typer.core import TyperCommand

_LEFT_OUT = re.compile(r"-[^\W\d_].+", re.DOTALL)
_WITH_NUMBER = re.compile(r"-[^\W\d_]\d+")


class Usage(TyperCommand):
    """A command whose usage line names its arguments as a person would; the text above explains them."""

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # the public name
        """`[OPTIONS]` and the arguments, the optional ones in brackets."""
        arguments = [each for each in self.get_params(ctx) if each.param_type_name == "argument"]
        return ["[OPTIONS]", *(str(getattr(each, "metavar", None) or each.name) for each in arguments)]


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
