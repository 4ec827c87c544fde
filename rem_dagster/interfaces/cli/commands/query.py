"""How does `rem query` answer a SELECT?"""

from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in

if TYPE_CHECKING:
    import pyarrow

FORMATS = ("table", "json", "csv")


def run(
    context: typer.Context,
    *,
    sql: Annotated[str, typer.Argument(metavar="SQL", hidden=True)],
    layout: Annotated[
        str | None, typer.Option("--format", metavar="table|json|csv", help="How rows are printed.")
    ] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a header.")] = False,
    home: HomeOption = None,
    user: UserOption = None,
) -> int:
    """Ask one read-only SELECT.

    Tables: moments, mentions, entities, edges, summaries, resources, sessions, messages, dreams,
    corrections. CURRENT_DATE is the local day. Without --user every user's rows are seen.

    \b
    Examples:
      rem query "SELECT * FROM moments WHERE DATE(start_time) = CURRENT_DATE"
      rem query "SELECT name, mention_count FROM entities" --csv
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, require_known
    from rem_dagster.interfaces.cli.output import note
    from rem_dagster.recall.sql import query

    chosen = _layout(layout, as_json=as_json, as_csv=as_csv)
    given = given_in(context, home=home, user=user)
    opened = open_existing(given)
    if not opened.has_tables:
        note(empty_home(opened.home))
        if chosen == "json":
            _print_rows(None, "json")
        return DONE
    if given.user is not None:
        require_known(opened.store, given.user)
    _print_rows(query(opened.home, opened.store, sql, user_id=given.user), chosen)
    return DONE


def _layout(layout: str | None, *, as_json: bool, as_csv: bool) -> str:
    from rem_dagster.errors import InputError

    wanted = {each for each in (layout, "json" if as_json else None, "csv" if as_csv else None) if each}
    if len(wanted) > 1:
        raise InputError(f"Rows can be printed in one way only, not as {' and '.join(sorted(wanted))}.")
    chosen = wanted.pop() if wanted else "table"
    if chosen not in FORMATS:
        raise InputError(f"There is no format {chosen!r}. Give one of {', '.join(FORMATS)}.")
    return chosen


def _print_rows(found: "pyarrow.Table | None", layout: str) -> None:
    from rem_dagster.interfaces.cli.output import note, page_width, show, show_json, show_raw, show_table
    from rem_dagster.interfaces.cli.rows import csv_of, plain_rows, records_of, table_fits, table_of
    from rem_dagster.interfaces.cli.words import counted

    columns, rows = plain_rows(found) if found is not None else ([], [])
    if layout == "json":
        show_json(rows)
    elif layout == "csv":
        show_raw(csv_of(columns, rows))
    elif not rows:
        note("No rows.")
    elif table_fits(columns, page_width()):
        show_table(table_of(columns, rows))
        note(counted(len(rows), "row"))
    else:
        for line in records_of(columns, rows, page_width()):
            show(line)
        note(f"{counted(len(rows), 'row')}; empty values are left out")
