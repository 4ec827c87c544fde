"""What does `rem doctor` find?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, given_in


def run(
    context: typer.Context,
    *,
    llm: Annotated[
        str | None, typer.Option("--llm", metavar="MODEL", help="Look at this model, rather than the chosen.")
    ] = None,
    no_call: Annotated[bool, typer.Option("--no-call", help="Do not ask the model anything.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find out what is broken, and what to do about it.

    Looks at the home, its tables and days, and at the chosen model: whether it is there, and how it
    answers one small question, which `rem audit` lists.

    \b
    Examples:
      rem doctor
      rem doctor --llm ollama:qwen3:8b
      rem doctor --no-call --json
    """
    from rem_dagster.interfaces.cli import examined
    from rem_dagster.interfaces.cli.examined_model import model_look
    from rem_dagster.interfaces.cli.failure import DONE, FAILED
    from rem_dagster.interfaces.cli.opening import open_existing
    from rem_dagster.interfaces.cli.output import page_width, show, show_json

    opened = open_existing(given_in(context, home=home), llm=llm)
    looks = {
        "Home": examined.look_at_home,
        "Tables": examined.look_at_tables,
        "Text index": examined.look_at_text,
        "Days": examined.look_at_days,
        "Vectors": examined.look_at_vectors,
        "Model": model_look(may_ask=not no_call),
    }
    found = examined.examine(opened, looks)
    if as_json:
        show_json(examined.findings_as_json(found))
    else:
        for line in examined.finding_lines(found, page_width()):
            show(line)
    return FAILED if any(each.level == "broken" for each in found) else DONE
