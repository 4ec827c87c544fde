"""How is a source imported, or an import rehearsed, with what on the screen?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from rem_dagster.ingest.explaining import Explanation, explain_source
from rem_dagster.ingest.importing import Progress, import_source
from rem_dagster.ingest.report import ImportReport
from rem_dagster.interfaces.cli.failure import Stopped
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.output import console
from rem_dagster.interfaces.cli.words import counted, listed
from rem_dagster.settings import Home
from rem_dagster.sources.source import MeasuredSource, Source
from rem_dagster.store.database import Store

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

COUNTED = {"sessions": "session", "messages": "message", "resources": "part"}


def import_with_bar(opened: Opened, source: Source, *, what: str = "Reading") -> ImportReport:
    """Import a source; Ctrl-C says what is stored."""
    before = _stored(opened.store)
    try:
        with reading(source, what) as tell:
            return import_source(
                opened.home,
                opened.store,
                source,
                user_id=opened.home.settings.user,
                now=opened.now,
                progress=tell,
            )
    except KeyboardInterrupt as interrupt:
        raise Stopped(_stopped(before, _stored(opened.store))) from interrupt


def explain_with_bar(home: Home, source: Source, *, now: datetime) -> Explanation:
    """Rehearse the import of a source."""
    try:
        with reading(source, "Reading") as tell:
            return explain_source(home, source, user_id=home.settings.user, now=now, progress=tell)
    except KeyboardInterrupt as interrupt:
        raise Stopped("Stopped. Nothing was written.") from interrupt


@contextmanager
def reading(source: Source, what: str) -> Iterator[Progress]:
    """A bar on stderr: items read, and how far that is where the source knows; none where nobody looks."""
    with _bar() as bar:
        task = bar.add_task(what, total=None)

        def tell(items: int) -> None:
            share = source.share if isinstance(source, MeasuredSource) else None
            if share is None:
                bar.update(task, description=f"{what}  {items:,} items")
            else:
                bar.update(
                    task, description=f"{what}  {items:,} items  {share:.0%}", total=1, completed=share
                )

        yield tell


def _bar() -> "Bar":
    import sys

    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("  {task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        console=console(sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _stored(store: Store) -> dict[str, int]:
    return {table: store.count(table) for table in COUNTED}


def _stopped(before: dict[str, int], after: dict[str, int]) -> str:
    fresh = {table: after[table] - before[table] for table in COUNTED}
    parts = [counted(number, COUNTED[table]) for table, number in fresh.items() if number]
    what = f"{listed(parts)} more than before are stored" if parts else "No whole batch was stored yet"
    return f"Stopped. {what}. The same command again goes on from there and brings in the rest."
