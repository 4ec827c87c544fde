"""When did each file of a folder first enter its repository?"""

from pathlib import Path

from rem_dagster.errors import InputError, SourceError
from rem_dagster.sources.git_command import stream_git
from rem_dagster.sources.git_log import split_words
from rem_dagster.sources.times import SaidTime, parse_time

MARK = b"\x01"
ARGUMENTS = (
    "log",
    "--all",
    "--reverse",
    "-z",
    "--name-only",
    "--no-renames",
    "--diff-filter=A",
    "--relative",
    f"--format={MARK.decode()}%aI",
    "--",
    ".",
)


def first_commit_times(folder: Path) -> dict[str, SaidTime]:
    """Path below the folder -> author date of the first commit that has it; empty outside a repository."""
    times: dict[str, SaidTime] = {}
    at: SaidTime | None = None
    try:
        with stream_git(folder, *ARGUMENTS) as blocks:
            for word in split_words(blocks):
                told = word.lstrip(b"\n")
                if told.startswith(MARK):
                    at = _time_of(told.removeprefix(MARK))
                elif told and at:
                    times.setdefault(told.decode("utf-8", "replace"), at)
    except SourceError:
        return {}  # no repository, or no git: other ways to know a file's time are left
    return times


def _time_of(told: bytes) -> SaidTime | None:
    try:
        return parse_time(told.decode("ascii", "replace"))
    except InputError:
        return None
