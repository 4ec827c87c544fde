"""How does `rem query` answer a SELECT?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in

if TYPE_CHECKING:
    import pyarrow

FORMATS = ("table", "json", "csv", "parquet")
ROWS_SHOWN = 100


def run(
    context: typer.Context,
    *,
    sql: Annotated[str, typer.Argument(metavar="SQL", hidden=True)],
    layout: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="table, json, csv or parquet.")
    ] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a header.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write all rows to .csv, .json or .parquet."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file of --output.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help="Rows that a table shows; 0 shows all.")
    ] = ROWS_SHOWN,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="Stop the query after so long.")
    ] = 30,
    home: HomeOption = None,
    user: UserOption = None,
) -> int:
    """Ask one read-only SELECT.

    Tables: moments, mentions, entities, edges, summaries, resources, sessions, messages, dreams,
    corrections; "DESCRIBE moments" lists columns. CURRENT_DATE is the local day. Without --user
    every user's rows are seen.

    \b
    Examples:
      rem query "SELECT * FROM moments WHERE DATE(start_time) = CURRENT_DATE"
      rem query "SELECT * FROM moments WHERE 'diskann' = ANY(tags)" --json
      rem query "SELECT name, mention_count FROM entities" --output names.csv
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.recall.confined import in_child

    chosen = _layout(layout, as_json=as_json, as_csv=as_csv, output=output)
    if output is not None:
        from rem_dagster.interfaces.cli.filed import check_file

        check_file(output, may_replace=force)
    given = given_in(context, home=home, user=user)
    code = in_child(timeout)
    if code is not None:
        return code
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, require_known
    from rem_dagster.interfaces.cli.output import note
    from rem_dagster.recall.sql import query

    opened = open_existing(given)
    if not opened.has_tables:
        note(empty_home(opened.home))
        if chosen == "json" and output is None:
            _print_rows(None, "json", most=0)
        return DONE
    if given.user is not None:
        require_known(opened.store, given.user)
    found = query(opened.home, opened.store, sql, user_id=given.user, timeout_seconds=timeout)
    _write_rows(found, output, chosen) if output is not None else _print_rows(found, chosen, most=limit)
    return DONE


def _layout(layout: str | None, *, as_json: bool, as_csv: bool, output: Path | None) -> str:
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.rows_written import format_of

    wanted = {each for each in (layout, "json" if as_json else None, "csv" if as_csv else None) if each}
    if len(wanted) > 1:
        raise InputError(f"Rows can be printed in one way only, not as {' and '.join(sorted(wanted))}.")
    chosen = wanted.pop() if wanted else "table" if output is None else format_of(output)
    if chosen not in FORMATS:
        raise InputError(f"There is no format {chosen!r}. Give one of {', '.join(FORMATS)}.")
    if chosen == "parquet" and output is None:
        raise InputError("Parquet goes to a file. Name it: --output rows.parquet.")
    if chosen == "table" and output is not None:
        raise InputError("A table is for reading here. For a file choose --format csv, json or parquet.")
    return chosen


def _write_rows(found: "pyarrow.Table", place: Path, layout: str) -> None:
    from rem_dagster.interfaces.cli.output import note
    from rem_dagster.interfaces.cli.rows_written import write_file
    from rem_dagster.interfaces.cli.words import counted

    write_file(place, found, layout)
    note(f"{counted(found.num_rows, 'row')} written to {place}")


def _print_rows(found: "pyarrow.Table | None", layout: str, *, most: int) -> None:
    from rem_dagster.interfaces.cli.output import (
        is_plain,
        note,
        page_width,
        show,
        show_json,
        show_parts,
        show_table,
    )
    from rem_dagster.interfaces.cli.rows import plain_rows, records_of, table_fits, table_of
    from rem_dagster.interfaces.cli.rows_written import texts_of

    if found is None:
        show_json([])
        return
    if layout != "table":
        show_parts(texts_of(found, layout, ascii_only=is_plain()))
        return
    columns, rows = plain_rows(found.slice(0, most or None))
    if not rows:
        note("No rows.")
    elif table_fits(columns, page_width()):
        show_table(table_of(columns, rows))
        note(_how_many(len(rows), found.num_rows))
    else:
        for line in records_of(columns, rows, page_width()):
            show(line)
        note(f"{_how_many(len(rows), found.num_rows)}; empty values are left out")


def _how_many(shown: int, held: int) -> str:
    from rem_dagster.interfaces.cli.words import counted

    if shown == held:
        return counted(held, "row")
    return f"the first {shown:,} of {held:,} rows; all of them: --limit 0, --csv or --output rows.csv"
