"""Which runs are in progress for Dagster though nobody executes them?"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from rem_dagster.interfaces.cli.examined import MEND, Finding
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import counted
from rem_dagster.settings import environment_of

WHAT = "Runs"
ASKED = "SELECT count(*) FROM runs WHERE status IN ('NOT_STARTED', 'STARTING', 'STARTED', 'CANCELING')"


def look_at_runs(opened: Opened) -> Iterator[Finding]:
    """Whether runs that are in progress have a process."""
    if not _may_have_runs(opened):
        return
    from rem_dagster.defs.abandoned import runs_in_progress
    from rem_dagster.interfaces.cli.launch import launched_in, prepare_instance

    directory = prepare_instance(opened.home)
    with environment_of(opened.home):
        found = runs_in_progress(directory, ours=launched_in(opened.home), now=opened.now)
    dead, unknown = found["abandoned"], found["unknown"]
    if dead:
        yield Finding(
            WHAT,
            "broken",
            f"{counted(dead, 'run')} in progress for Dagster, of a process that is gone.",
            opened.command(*MEND),
        )
    if unknown:
        yield Finding(
            WHAT,
            "note",
            f"{counted(unknown, 'run')} in progress, perhaps elsewhere: ask there, or end it in the UI.",
        )
    if alive := found["alive"]:
        yield Finding(WHAT, "ok", f"{counted(alive, 'run')} in progress, by a process that is alive.")


def end_runs(opened: Opened) -> int:
    """Record runs as ended whose process is gone; how many they were."""
    if not _may_have_runs(opened):
        return 0
    from rem_dagster.defs.abandoned import end_abandoned_runs
    from rem_dagster.interfaces.cli.launch import launched_in, prepare_instance

    directory = prepare_instance(opened.home)
    with environment_of(opened.home):
        return end_abandoned_runs(directory, ours=launched_in(opened.home), now=opened.now)


def _may_have_runs(opened: Opened) -> bool:
    """Whether there may be a run in progress; told without Dagster, whose import takes over a second."""
    config = opened.home.dagster_path / "dagster.yaml"
    history = opened.home.dagster_path / "history" / "runs.db"
    if not config.exists():
        return False
    if "storage" in config.read_text(encoding="utf-8"):
        return True  # somewhere else
    if not history.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{history.as_uri()}?mode=ro", uri=True)) as database:
            return bool(database.execute(ASKED).fetchone()[0])
    except sqlite3.Error:
        return True  # Dagster shall say what is wrong with it
