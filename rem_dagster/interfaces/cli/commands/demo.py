"""What does `rem demo` show?"""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, given_in

if TYPE_CHECKING:
    from rem_dagster.interfaces.cli.looking import Look


def run(
    context: typer.Context,
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the home, to look around in it.")] = False,
    home: HomeOption = None,
) -> int:
    """See a fortnight of somebody's life dreamt and shown.

    It is imported, dreamt and shown in seconds, offline.
    Without --home or --keep the home is thrown away at the end. No key is needed, nothing is sent.

    \b
    Examples:
      rem demo
      rem demo --home ~/rem-demo
    """
    import tempfile
    import time

    from rem_dagster.interfaces.cli.failure import DONE, keeping
    from rem_dagster.interfaces.cli.showcase import fill, show_all
    from rem_dagster.llm.minilm import find_minilm

    began = time.monotonic()
    named = given_in(context, home=home).home
    with (
        ExitStack() as stack,
        keeping("The demo is thrown away." if not (named or keep) else "Start it again."),
    ):
        if named is not None:
            place = named.expanduser().absolute()
        elif keep:
            place = Path(tempfile.mkdtemp(prefix="rem-demo-"))
        else:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rem-demo-")))
        look: Look = fill(place, embedder=find_minilm())
        show_all(look, kept=place if named or keep else None, began=began)
    return DONE
