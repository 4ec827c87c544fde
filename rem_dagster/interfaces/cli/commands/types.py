"""Which types of moments does `rem types` list, add and remove?"""

from collections.abc import Sequence
from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import Given, HomeOption, JsonOption, given_in
from rem_dagster.interfaces.cli.usage import Commands, Usage

app = typer.Typer(
    name="types",
    cls=Commands,
    suggest_commands=False,
    rich_markup_mode=None,
    no_args_is_help=False,
    invoke_without_command=True,
)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Such as family_time.", show_default=False)]
DescriptionOption = Annotated[
    str | None,
    typer.Option("--description", metavar="TEXT", help="What makes a moment one of this type."),
]
LATER = "Days that were made before stay as they are until they are dreamt again."
AGAIN = ("dream", "--other-versions")


@app.callback()
def types(context: typer.Context) -> int | None:
    """See and choose the types of moments.

    \b
    Examples:
      rem types list
      rem types add gardening --description "Work in the garden"
      rem types remove gardening
    """
    return show_all(context) if context.invoked_subcommand is None else None


@app.command("list", cls=Usage)
def show_all(context: typer.Context, *, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """The types there are, and those to opt in to.

    \b
    Example:
      rem types list --json
    """
    from rem_dagster.dreaming.own_types import all_types
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import command_given
    from rem_dagster.interfaces.cli.output import page_width, show, show_json, show_next
    from rem_dagster.interfaces.cli.types_shown import type_lines, types_as_json
    from rem_dagster.settings import open_home

    given = given_in(context, home=home)
    known = all_types(open_home(given.home))
    if as_json:
        show_json({"types": types_as_json(known)})
    else:
        for line in type_lines(known, page_width()):
            show(line)
        show_next(command_given(given, "types", "add", "NAME", "--description", "TEXT"))
    return DONE


@app.command("add", cls=Usage)
def register(
    context: typer.Context,
    name: NameArgument,
    *,
    description: DescriptionOption = None,
    home: HomeOption = None,
) -> int:
    """Let moments have one more type, or describe one anew.

    Both engines choose by the description, the one without a model by its very words.
    collaboration and prediction have theirs and need none.

    \b
    Examples:
      rem types add gardening --description "Work in the garden"
      rem types add prediction
    """
    return add(given_in(context, home=home), [name], description)


@app.command("remove", cls=Usage)
def remove(context: typer.Context, name: NameArgument, *, home: HomeOption = None) -> int:
    """Let moments no longer have a type.

    Days that were made with it become another version and stay as they are.

    \b
    Example:
      rem types remove gardening
    """
    from rem_dagster.dreaming.own_types import remove_type
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import command_given
    from rem_dagster.interfaces.cli.output import show, show_next
    from rem_dagster.settings import open_home

    given = given_in(context, home=home)
    remove_type(open_home(given.home), name)
    show(f"Moments no longer become {name!r}. {LATER}")
    show_next(command_given(given, *AGAIN))
    return DONE


def add(given: Given, names: Sequence[str], description: str | None) -> int:
    """Register one type, as `rem types add` and `rem dream register-type` do.

    Raises:
        InputError: not exactly one name is given, or the type cannot be used.
    """
    from rem_dagster.dreaming.own_types import register_type
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import command_given
    from rem_dagster.interfaces.cli.output import show, show_next
    from rem_dagster.settings import open_home

    if len(names) != 1:
        raise InputError(
            f"One type is registered at a time, got {' '.join(names) or 'none'!r}. Nothing was changed. "
            "For example: rem types add family_time --description TEXT"
        )
    home = open_home(given.home)
    before = home.file.moment_types
    after = register_type(home, names[0], description).file.moment_types
    if after == before:
        show(f"{names[0]!r} is a type of moments already. Nothing was changed.")
    else:
        show(f"Moments can be {names[0]!r} from now on: {after[names[0]]}\n{LATER}")
    show_next(command_given(given, *AGAIN))
    return DONE
