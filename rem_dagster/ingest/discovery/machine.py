"""What of this machine could be imported, and how much is it?"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rem_dagster.ingest.discovery.chats import find_claude_code, find_codex
from rem_dagster.ingest.discovery.exports import find_exports
from rem_dagster.ingest.discovery.found import FoundSource, TimeIsUp
from rem_dagster.ingest.discovery.notes import find_note_folders
from rem_dagster.ingest.discovery.repositories import find_repositories, who_commits
from rem_dagster.settings import UserPlaces
from rem_dagster.sources.kinds import kinds

SECONDS = {"chats": 1.0, "notes": 1.5, "exports": 1.0, "repositories": 2.0}
"""For each part: on a slow disk one does not starve those after it."""
MOST_REPOSITORIES = 15


@dataclass(frozen=True)
class Machine:
    """What was found."""

    sources: tuple[FoundSource, ...]
    """What is lost first comes first: chats that are deleted, then notes, exports and repositories."""
    me: tuple[str, ...]
    """Names and addresses that mean the person, as git knows them."""
    repositories_left_out: int
    """How many more there are than are listed."""
    is_partial: bool
    """Whether the time was up before all was looked at."""


def look_around(
    places: UserPlaces,
    *,
    now: datetime,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Machine:
    """Look in the usual places, by kinds that are installed, for some seconds at most."""
    began = clock()
    known = {kind.name for kind in kinds()}

    def up_to(part: float) -> TimeIsUp:
        return lambda: clock() - began > seconds * part

    me = who_commits(places.home)
    chats = [find_claude_code(places.claude, now, up_to(0.25)), find_codex(places.codex, up_to(0.3))]
    notes = find_note_folders(places, up_to(0.55))
    exports = find_exports(places.downloads, up_to(0.7))
    repositories = find_repositories(places, tuple(each for each in me if "@" in each), up_to(1))
    listed = repositories[:MOST_REPOSITORIES]
    found = [*(each for each in chats if each is not None), *notes, *exports, *listed]
    return Machine(
        sources=tuple(each for each in found if each.kind in known),
        me=me,
        repositories_left_out=len(repositories) - len(listed),
        is_partial=clock() - began > seconds,
    )
