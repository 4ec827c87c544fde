"""How do exports reach a file or a folder whole, and what is said of them?"""

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from rem_dagster.interfaces.cli.export_work import Exporting
from rem_dagster.interfaces.cli.failure import DONE, keeping
from rem_dagster.interfaces.cli.filed import check_file, check_folder, replacing, replacing_folder
from rem_dagster.interfaces.cli.output import note, progress, show, show_json
from rem_dagster.interfaces.cli.words import counted, padded
from rem_dagster.model.own_output import ACTIVITY, CALENDAR_MAKER
from rem_dagster.recall.export.calendar import calendar_days, calendar_parts
from rem_dagster.recall.export.tables import (
    ExportedFile,
    is_ours,
    write_activity,
    write_lines,
    write_parquet,
)

LOOKED_AT = 400
"""Bytes at a file's beginning in which a calendar says who made it."""
KEPT = "What was there before is unchanged."


def export_calendar(work: Exporting, file: Path, *, may_replace: bool) -> int:
    """Write a calendar file; one that rem made before may be replaced."""
    file = file.expanduser()
    check_file(file, may_replace=may_replace or _is_our_calendar(file))
    opened = work.opened
    days = calendar_days(opened.store, user_id=work.user_id, first=work.first, last=work.last)
    parts = calendar_parts(opened.store, days, user_id=work.user_id, calendar=opened.calendar)
    moments = 0
    with (
        keeping(KEPT),
        replacing(file) as unfinished,
        progress("Writing moments", None) as bar,
        unfinished.open("wb") as out,
    ):
        for count, part in parts:
            out.write(part)
            moments += count
            bar.advance(bar.task_ids[0], count)
    if work.as_json:
        show_json({"path": str(file), "moments": moments, "bytes": file.stat().st_size})
        return DONE
    show(f"{counted(moments, 'moment')} in {file}")
    if not moments:
        note(f"No day of it is dreamt. Next: {opened.command('dream')}")
    else:
        note("Next: import the file in your calendar; a later export of it changes the same events.")
    return DONE


def export_activity(work: Exporting, file: Path, *, may_replace: bool) -> int:
    """Write what happened as one file of lines."""
    file = file.expanduser()
    check_file(file, may_replace=may_replace)
    with keeping(KEPT), replacing(file) as unfinished, progress("Writing lines", None) as bar:
        made = write_activity(
            work.opened.store,
            unfinished,
            user_id=work.user_id,
            told=lambda _, rows: bar.advance(bar.task_ids[0], rows),
        )
    if work.as_json:
        show_json({"path": str(file), **asdict(made), "name": file.name})
        return DONE
    show(f"{counted(made.rows, 'line')} in {file}")
    note(f"Next: {_into_a_new_home(work, file)}   brings them into a new home")
    return DONE


def export_folder(work: Exporting, folder: Path, *, of: Literal["lines", "tables"]) -> int:
    """Write everything of a user into a folder."""
    folder = folder.expanduser()
    check_folder(folder, is_ours=is_ours)
    write = write_lines if of == "lines" else write_parquet
    with keeping(KEPT), replacing_folder(folder) as unfinished, progress("Writing rows", None) as bar:
        made = write(
            work.opened.home,
            work.opened.store,
            unfinished,
            user_id=work.user_id,
            told=lambda _, rows: bar.advance(bar.task_ids[0], rows),
        )
    if work.as_json:
        show_json({"path": str(folder), "files": [asdict(each) for each in made]})
        return DONE
    _say(made, folder)
    if of == "lines":
        note(f"Next: {_into_a_new_home(work, folder / ACTIVITY)}   brings it into a new home")
    else:
        note(f"""Next: duckdb -c "SELECT * FROM '{folder}/moments.parquet'\"""")
    return DONE


def _into_a_new_home(work: Exporting, file: Path) -> str:
    """The command after which another home holds the same, in the same days."""
    zone = work.opened.zone.key
    return shlex.join(["rem", "--home", "NEW", "--timezone", zone, "import", "jsonl", str(file)])


def _say(made: Sequence[ExportedFile], folder: Path) -> None:
    width = max(len(each.name) for each in made)
    for each in made:
        show(f"{padded(each.name, width)}  {each.rows:>9,}  {_size(each.bytes):>9}")
    show(f"{counted(sum(each.rows for each in made), 'row')} in {folder}")


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:,.1f} kB"


def _is_our_calendar(file: Path) -> bool:
    try:
        with file.open("rb") as held:
            return f"PRODID:{CALENDAR_MAKER}".encode() in held.read(LOOKED_AT)
    except OSError:
        return False
