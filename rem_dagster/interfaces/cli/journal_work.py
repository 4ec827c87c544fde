"""How is the journal written to a folder, and what is said of it?"""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from rem_dagster.errors import InputError
from rem_dagster.interfaces.cli.asked import days_from
from rem_dagster.interfaces.cli.failure import DONE, keeping
from rem_dagster.interfaces.cli.opening import Opened, reader_of
from rem_dagster.interfaces.cli.output import note, progress, show, show_json
from rem_dagster.interfaces.cli.words import counted
from rem_dagster.interfaces.web.building import Building, Built, build
from rem_dagster.interfaces.web.veil import veil_of
from rem_dagster.memory import Memory


@dataclass(frozen=True)
class Wanted:
    """One `rem journal build` as it was asked for."""

    folder: Path
    first: str | None = None
    last: str | None = None
    is_veiled: bool = False
    force: bool = False
    as_json: bool = False


def build_journal(opened: Opened, wanted: Wanted) -> int:
    """Write the pages, and say how many.

    Raises:
        InputError: there is nothing to write, or the folder is somebody else's; nothing was written.
    """
    if opened.is_empty:
        raise InputError(
            f"The home {opened.home.path} is empty so far. Nothing was written. Next: "
            f"{opened.command('import', 'PATH')}"
        )
    memory = Memory(opened.home, reader_of(opened))
    first, last = days_from(wanted.first, wanted.last, opened)
    building = Building(
        wanted.folder.expanduser().absolute(),
        first,
        last,
        veil=veil_of(memory) if wanted.is_veiled else None,
        force=wanted.force,
    )
    began = time.monotonic()
    kept = "Pages that were written stay; the same command goes on."
    with keeping(kept), progress("Writing days", None) as bar:
        task = bar.task_ids[0]

        def tell(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        built = build(memory, replace(building, on_day=tell))
    _say(built, wanted, time.monotonic() - began)
    return DONE


def _say(built: Built, wanted: Wanted, seconds: float) -> None:
    index = built.folder / "index.html"
    if wanted.as_json:
        show_json({**vars(built), "folder": str(built.folder), "index": str(index)})
        return
    removed = f", {counted(built.removed, 'page')} of days that are gone removed" if built.removed else ""
    show(
        f"{counted(built.pages, 'page')} of {counted(built.days, 'day')}: {built.written:,} files written"
        f"{removed}, in {seconds:.1f} s"
    )
    if not wanted.is_veiled:
        note("They hold your days in clear text, for whoever can read the folder.")
    show(f"Next: open {index}")
