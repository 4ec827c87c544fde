"""What is broken in a home, what is sound, and what is to be done?"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rem_dagster.dreaming.redact import redactor
from rem_dagster.dreaming.stale import DayState, find_days
from rem_dagster.errors import HomeBusyError, RemError, SettingsError
from rem_dagster.ingest.forgetting.scope import is_pending
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import counted, listed, pack, wrap
from rem_dagster.llm.embedder_choice import NO_EMBEDDER, find_embedder
from rem_dagster.recall.embedding import coverage
from rem_dagster.store.text import refresh_text

Level = Literal["ok", "note", "broken", "mended"]
LABEL_CELLS = 20
MEND = ("doctor", "--mend")
"""What mends most of it."""
HALF = "stopped while being written"
OTHERS_MAY = 0o077
"""The rights of everybody but the owner."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `note`: it works, and could be better. `mended`: by this command."""

    what: str
    level: Level
    said: str
    next: str | None = None
    """A command or a setting; None where there is nothing to do."""


Look = Callable[[Opened], Iterator[Finding]]


def examine(opened: Opened, looks: Mapping[str, Look]) -> list[Finding]:
    """What each look finds, in order; an error of ours is a finding and ends no other look."""
    found: list[Finding] = []
    for what, look in looks.items():
        try:
            found += look(opened)
        except RemError as error:
            found.append(Finding(what, "broken", str(error)))
    return found


def look_at_home(opened: Opened) -> Iterator[Finding]:
    """Whether the home can be read and written, by its owner alone."""
    path = opened.home.path
    places = [path, path / "home.json"]
    if shut := [str(place) for place in places if not os.access(place, os.R_OK | os.W_OK)]:
        yield Finding(
            "Home", "broken", f"{listed(shut)} cannot be read and written by you.", f"chown -R $USER {path}"
        )
    elif opened_up := [place for place in places if place.stat().st_mode & OTHERS_MAY]:
        yield Finding(
            "Home",
            "note",
            f"{path} can be read and written, and others on this machine have rights on "
            f"{listed([str(place) for place in opened_up])}.",
            f"chmod -R go= {path}",
        )
    else:
        yield Finding("Home", "ok", f"{path} can be read and written, by you alone.")


def look_at_forgetting(opened: Opened) -> Iterator[Finding]:
    """Whether what somebody wanted forgotten is still there in part."""
    if is_pending(opened.home):
        said = "It was begun and stopped: some of what is to be forgotten is still stored."
        yield Finding("Forgetting", "broken", said, opened.command("forget", "--yes"))


def look_at_text(opened: Opened) -> Iterator[Finding]:
    """Whether the text index is that of the rows; what differs is made again."""
    if not opened.has_tables:
        return
    mended = refresh_text(opened.store)
    if mended:
        parts = counted(mended, "part")
        yield Finding("Text index", "note", f"{parts} of it differed from the rows, and were made again.")
    else:
        yield Finding("Text index", "ok", "It is that of the rows.")


def look_at_days(opened: Opened) -> Iterator[Finding]:
    """Whether days failed or were left half written, and how many are to be dreamt."""
    if not opened.has_tables:
        return
    states = find_days(opened.store)
    half = half_written(opened, states)
    if written := sum(state.freshness == "unfinished" for state in states) - len(half):
        yield Finding("Days", "ok", f"{counted(written, 'day')} being written now by another process.")
    told = {"failed": [state for state in states if state.freshness == "failed"], HALF: half}
    for words, days in told.items():
        if days:
            why = f": {row.error}" if (row := days[0].row) and row.error else "."
            yield Finding(
                "Days",
                "broken",
                f"{counted(len(days), 'day')} {words}, {days[0].partition_key} first{why}",
                opened.command(*MEND) if words == HALF else opened.command("dream"),
            )
    due = len({state.partition_key for state in states if state.needs_dream})
    if not any(told.values()):
        days_held = counted(len({state.partition_key for state in states}), "day")
        to_dream = f"; {counted(due, 'day')} to dream" if due else ", all dreamt"
        next_command = opened.command("dream") if due else None
        yield Finding("Days", "ok", f"{days_held}{to_dream if states else ''}.", next_command)


def half_written(opened: Opened, states: Sequence[DayState]) -> list[DayState]:
    """Those days of which a dream was killed while it wrote them; none while somebody may be writing them."""
    days = [state for state in states if state.freshness == "unfinished"]
    try:
        with opened.home.hold_days({state.partition_key for state in days}, wait_seconds=0):
            return days
    except HomeBusyError:
        return []


def look_at_vectors(opened: Opened) -> Iterator[Finding]:
    """Whether search has an embedding model, and whether every row has its vector."""
    try:
        embedder = find_embedder(opened.home, clean=redactor(opened.home))
    except SettingsError as error:
        yield Finding("Vectors", "broken", str(error))
        return
    if embedder is None:
        yield Finding("Vectors", "note", NO_EMBEDDER)
        return
    held, rows = coverage(opened.store, embedder.name) if opened.has_tables else (0, 0)
    said = f"{embedder.name}: {held:,} of {rows:,} rows have a vector."
    if held < rows:
        yield Finding("Vectors", "note", said, opened.command("embed"))
    else:
        yield Finding("Vectors", "ok", said)


def finding_lines(found: Sequence[Finding], width: int) -> list[str]:
    """One thing a paragraph: how it stands, what is said of it, and what to do."""
    lines: list[str] = []
    for each in found:
        head = f"{each.level:<7} {each.what}"
        body = wrap(each.said, width - LABEL_CELLS)
        if each.next:
            body += [f"-> {line}" for line in pack([each.next], width - LABEL_CELLS - 3)]
        lines += [f"{head if number == 0 else '':<{LABEL_CELLS}}{line}" for number, line in enumerate(body)]
    broken = sum(each.level == "broken" for each in found)
    return [*lines, f"{counted(broken, 'thing')} broken." if broken else "Nothing is broken."]


def findings_as_json(found: Sequence[Finding]) -> dict[str, object]:
    """The findings for programs."""
    return {
        "broken": sum(each.level == "broken" for each in found),
        "findings": [vars(each) for each in found],
    }
