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
    mend: Annotated[bool, typer.Option("--mend", help="Mend what can be mended, after a backup.")] = False,
    no_call: Annotated[bool, typer.Option("--no-call", help="Do not ask the model anything.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find out what is broken, and what to do about it.

    Looks at the home, its tables and days, at Dagster's runs, and at the chosen model: whether it is
    there, and how it answers one small question, which `rem audit` lists.

    With --mend: tables of an older version are brought forward, missing indexes made, rows that belong
    to nothing deleted, leftovers on the disk removed, runs without a process recorded as ended, and
    days that a killed dream left half written dreamt again. A backup is made before rows are touched.

    \b
    Examples:
      rem doctor
      rem doctor --mend
      rem doctor --llm ollama:qwen3:8b
      rem doctor --no-call --json
    """
    from rem_dagster.interfaces.cli import examined, examined_runs, examined_tables
    from rem_dagster.interfaces.cli.corrected import look_at_corrections
    from rem_dagster.interfaces.cli.examined_model import model_look
    from rem_dagster.interfaces.cli.failure import DONE, FAILED
    from rem_dagster.interfaces.cli.opening import open_existing
    from rem_dagster.interfaces.cli.output import page_width, show, show_json, show_next

    given = given_in(context, home=home)
    found: list[examined.Finding] = []
    if mend:
        from rem_dagster.interfaces.cli.mend import bring_home_forward, mend_home
        from rem_dagster.settings import find_home_path

        found += bring_home_forward(find_home_path(given.home)[0])
        found += mend_home(open_existing(given, llm=llm))
    opened = open_existing(given, llm=llm)
    looks: dict[str, examined.Look] = {
        "Home": examined.look_at_home,
        "Tables": examined_tables.look_at_tables,
    }
    if examined_tables.are_current(opened):
        looks |= {
            "Text index": examined.look_at_text,
            "Days": examined.look_at_days,
            "Corrections": look_at_corrections,
            "Forgetting": examined.look_at_forgetting,
            "Vectors": examined.look_at_vectors,
            "Orphans": examined_tables.look_at_orphans,
            "Disk": examined_tables.look_at_disk,
        }
    looks |= {"Runs": examined_runs.look_at_runs, "Model": model_look(may_ask=not no_call)}
    found += examined.examine(opened, looks)
    if as_json:
        show_json(examined.findings_as_json(found))
    else:
        for line in examined.finding_lines(found, page_width()):
            show(line)
        if not any(each.next for each in found if each.level == "broken"):
            show_next(opened.command("status"))
    return FAILED if any(each.level == "broken" for each in found) else DONE
