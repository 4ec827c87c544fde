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


def look_around(places: UserPlaces, *, now: datetime, clock: Callable[[], float] = time.monotonic) -> Machine:
    """Look in the usual places, by kinds that are installed, for some seconds at most."""
    known = {kind.name for kind in kinds()}
    was_up: set[str] = set()

    def for_seconds(part: str) -> TimeIsUp:
        end = clock() + SECONDS[part]

        def is_up() -> bool:
            if clock() > end:
                was_up.add(part)
            return part in was_up

        return is_up

    me = who_commits(places.home)
    time_for_chats = for_seconds("chats")
    chats = [
        find_claude_code(places.claude, now, time_for_chats),
        find_codex(places.codex, time_for_chats),
    ]
    notes = find_note_folders(places, for_seconds("notes"))
    exports = find_exports(places.downloads, for_seconds("exports"))
    emails = tuple(each for each in me if "@" in each)
    repositories = find_repositories(places, emails, for_seconds("repositories"))
    listed = repositories[:MOST_REPOSITORIES]
    found = [*(each for each in chats if each is not None), *notes, *exports, *listed]
    return Machine(
        sources=tuple(each for each in found if each.kind in known),
        me=me,
        repositories_left_out=len(repositories) - len(listed),
        is_partial=bool(was_up),
    )
