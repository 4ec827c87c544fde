"""How are the transcripts of Claude Code found and known?"""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rem_dagster.model.activity import Activity
from rem_dagster.sources.claude_session import SessionReading
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.source import Problem
from rem_dagster.sources.transcript_files import TranscriptSource, first_bytes, walk_files

PROJECTS, SUFFIX, AGENT = "projects", ".jsonl", "agent-"
NO_TRANSCRIPTS = frozenset({"journal.jsonl", "history.jsonl"})
"""Other files of the program with the same ending."""
SKIPPED_FOLDERS = ("tool-results", "memory")
SPOKEN = re.compile(rb'"type"\s*:\s*"(?:user|assistant)"')
PROGRAMS_OWN = re.compile(rb'"type"\s*:\s*"file-history-snapshot"|"leafUuid"\s*:')
"""What the first lines of a transcript hold; quoted in another file's text its quotes have backslashes."""
LOOKED_AT_ENTRIES = 200
"""Entries of a folder that are looked at to find out what it is."""


class ClaudeCodeSource(TranscriptSource):
    """The sessions below `~/.claude`, its `projects` folder or one of the projects, or one session.

    Ids are the program's own, so the same session is the same whatever folder it was found by.
    """

    kind = "claude-code"

    def __init__(self, path: Path, account: str) -> None:
        super().__init__(path, account)
        self._seen: set[int] = set()

    def find(self) -> Iterator[Path | Problem]:
        """The session files; a subagent's are below its session's folder."""
        if self.path.is_file():
            yield self.path
            return
        projects = self.path / PROJECTS
        for each in walk_files(projects if projects.is_dir() else self.path, skipped=SKIPPED_FOLDERS):
            if isinstance(each, Problem) or _is_transcript(each.name):
                yield each

    def read_since(self, mark: str | None) -> Iterator[Activity | Problem]:
        """The files that changed; a line that another of them holds as well is read once."""
        self._seen = set()
        return super().read_since(mark)

    def read_file(self, path: Path) -> Iterator[Activity | Problem]:
        """The messages of one file, and then its session."""
        return SessionReading(path, self._seen).items()

    def looked_for(self) -> str:
        """Where the program keeps them."""
        return f"looked for *{SUFFIX} below {PROJECTS}/"


def _is_transcript(name: str) -> bool:
    return name.endswith(SUFFIX) and name not in NO_TRANSCRIPTS


def _recognise(path: Path) -> str | None:
    try:
        if path.is_file():
            is_one = path.suffix == SUFFIX and _is_session(path)
            return "its lines are those of a Claude Code session" if is_one else None
        projects = path / PROJECTS
        if projects.is_dir():
            return f"it has sessions below {PROJECTS}/" if _has_session(projects, depth=1) else None
        depth = 1 if path.name == PROJECTS else 0
        return "it holds sessions of Claude Code" if _has_session(path, depth=depth) else None
    except OSError:
        return None


def _is_session(path: Path) -> bool:
    head = first_bytes(path)
    return bool((SPOKEN.search(head) and b'"sessionId"' in head) or PROGRAMS_OWN.search(head))


def _has_session(folder: Path, *, depth: int) -> bool:
    with os.scandir(folder) as entries:
        held = list(islice(entries, LOOKED_AT_ENTRIES))
    if depth:
        return any(_has_session(Path(each), depth=depth - 1) for each in held if each.is_dir())
    files = [Path(each) for each in held if each.is_file() and _is_transcript(each.name)]
    return any(map(_is_session, files[:5]))


def _make(place: Place, options: SourceOptions) -> ClaudeCodeSource:
    # no account by default: the program's ids are the same wherever a session lies
    return ClaudeCodeSource(place.path, place.account or "")


KIND = SourceKind(
    name="claude-code",
    about="transcripts of Claude Code: ~/.claude, one of its projects, or one session",
    recognise=_recognise,
    make=_make,
)
