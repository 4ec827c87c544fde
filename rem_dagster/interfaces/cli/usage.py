"""How does a command say how it is used?"""

import typer
from typer.core import TyperCommand


class Usage(TyperCommand):
    """A command whose usage line names its arguments as a person would; the text above explains them."""

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # the public name
        """`[OPTIONS]` and the arguments, the optional ones in brackets."""
        arguments = [each for each in self.get_params(ctx) if each.param_type_name == "argument"]
        return ["[OPTIONS]", *(str(getattr(each, "metavar", None) or each.name) for each in arguments)]
