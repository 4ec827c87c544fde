"""How are the transcripts of Codex found, known and named?"""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rem_dagster.model.activity import Activity
from rem_dagster.sources.codex_fork import id_in_name
from rem_dagster.sources.codex_session import RolloutReading
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.source import Problem
from rem_dagster.sources.transcript_files import (
    Line,
    TranscriptSource,
    first_bytes,
    read_lines,
    walk_files,
)
from rem_dagster.sources.transcript_text import text_of

FOLDERS = ("sessions", "archived_sessions")
START, SUFFIX = "rollout-", ".jsonl"
INDEX = "session_index.jsonl"
LEVELS_UP = 6
"""Folders above a transcript in which its index is looked for: `sessions/2026/11/30/` has it five above."""
LOOKED_AT_ENTRIES = 100
FIRST_LINE = re.compile(
    rb'"type"\s*:\s*"session_meta"|\A\s*\{"id"\s*:\s*"[^"]*"\s*,\s*"timestamp"\s*:[^,]*,\s*"instructions"'
)
"""As the program begins a file, today and in its first versions."""


class CodexSource(TranscriptSource):
    """The sessions below `~/.codex`, one of its folders of sessions, or one rollout file."""

    kind = "codex"

    def __init__(self, path: Path, account: str) -> None:
        super().__init__(path, account)
        self._titles: dict[Path, dict[str, str]] = {}

    def find(self) -> Iterator[Path | Problem]:
        """The rollout files; in the program's own folder those of its folders of sessions."""
        self._titles = {}
        if self.path.is_file():
            yield self.path
            return
        inside = [self.path / name for name in FOLDERS if (self.path / name).is_dir()]
        for root in inside or [self.path]:
            for each in walk_files(root):
                if isinstance(each, Problem) or _is_rollout(each.name):
                    yield each

    def read_file(self, path: Path) -> Iterator[Activity | Problem]:
        """The session of one file, and its messages."""
        return RolloutReading(path, title=self._title_of(path)).items()

    def looked_for(self) -> str:
        """Where the program keeps them."""
        return f"looked for {START}*{SUFFIX} below {' and '.join(f'{name}/' for name in FOLDERS)}"

    def extra_stamp(self, path: Path) -> str:
        """The title, which stands in another file."""
        return self._title_of(path) or ""

    def _title_of(self, path: Path) -> str | None:
        above = list(islice(path.resolve().parents, LEVELS_UP))
        if not any(each.name in FOLDERS for each in above):
            return None
        home = next(each.parent for each in above if each.name in FOLDERS)
        if home not in self._titles:
            self._titles[home] = _titles_in(home / INDEX)
        return self._titles[home].get(id_in_name(path))


def _titles_in(index: Path) -> dict[str, str]:
    """The title of each session; of several the last one."""
    try:
        lines = [each.value for each in read_lines(index) if isinstance(each, Line)]
    except OSError:
        return {}
    named = ((text_of(each.get("id")), text_of(each.get("thread_name")).strip()) for each in lines)
    return {session: title for session, title in named if session and title}


def _is_rollout(name: str) -> bool:
    return name.startswith(START) and name.endswith(SUFFIX)


def _recognise(path: Path) -> str | None:
    try:
        if path.is_file():
            is_one = path.suffix == SUFFIX and bool(FIRST_LINE.search(first_bytes(path)))
            return "its lines are those of a Codex session" if is_one else None
        for name in FOLDERS:
            if (path / name).is_dir() and _has_rollout(path / name):
                return f"it has sessions below {name}/"
        return "it holds sessions of Codex" if _has_rollout(path) else None
    except OSError:
        return None


def _has_rollout(folder: Path, depth: int = 3) -> bool:
    with os.scandir(folder) as entries:
        held = sorted(islice(entries, LOOKED_AT_ENTRIES), key=lambda each: each.name, reverse=True)
    if any(each.is_file() and _is_rollout(each.name) for each in held):
        return True
    dated = [each for each in held if each.name.isdigit() and each.is_dir(follow_symlinks=False)]
    return depth > 0 and any(_has_rollout(Path(each), depth - 1) for each in dated[:3])


def _make(place: Place, options: SourceOptions) -> CodexSource:
    # no account by default: the program's ids are the same wherever a session lies
    return CodexSource(place.path, place.account or "")


KIND = SourceKind(
    name="codex",
    about="transcripts of Codex: ~/.codex, its sessions, or one rollout file",
    recognise=_recognise,
    make=_make,
)
