"""Which sessions is a transcript of Claude Code about, and what are they called?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rem_dagster.model.activity import SessionItem
from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.claude_text import skipped
from rem_dagster.sources.source import Problem
from rem_dagster.sources.transcript_files import Line, read_lines
from rem_dagster.sources.transcript_text import text_of, without_injected

TITLES = {"summary": "summary", "ai-title": "aiTitle", "custom-title": "customTitle"}
"""Kinds of line that name the session, the surest last, and the field that holds the name."""


@dataclass(frozen=True)
class _Session:
    """What the first line of a session says of it."""

    created_at: datetime
    confidence: TimeConfidence
    metadata: Mapping[str, object]
    parent: str | None


class Sessions:
    """The sessions that lines of one file belong to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stem = path.stem.encode("utf-8", "replace").decode("utf-8")
        """The id of the session that the file is named after."""
        self._begun: dict[str, _Session] = {}
        self._titles: dict[tuple[str, str], str] = {}
        self._known: set[str] | None = None

    def begin(
        self,
        session: str,
        at: datetime,
        confidence: TimeConfidence,
        metadata: Mapping[str, object],
        *,
        parent: str | None,
    ) -> None:
        """Note a line of a session; the first one counts.

        Args:
            parent: the session that started it, of a subagent.
        """
        self._begun.setdefault(session, _Session(at, confidence, metadata, parent))

    def name(self, line: Line, kind: str) -> Iterator[Problem]:
        """Take a title in; a `summary` may be about another session, whose last line it names."""
        title = without_injected(text_of(line.value.get(TITLES[kind]))).strip()
        about = text_of(line.value.get("sessionId")) or self.stem
        if kind == "summary" and text_of(line.value.get("leafUuid")) not in self._line_ids():
            yield skipped(line.where, "is the title of another session")
        elif title:
            self._titles[about, kind] = title

    def items(self) -> Iterator[SessionItem]:
        """The session that the file is named after, and subagents in it.

        Lines of others are copies: their sessions are told by files of their own. A file that was renamed
        is about all that is in it.
        """
        own = [key for key, each in self._begun.items() if each.parent or key == self.stem]
        for key in own or self._begun:
            session = self._begun[key]
            named = (self._titles.get((key, kind)) for kind in reversed(TITLES))
            above = {"parent": session.parent, "links": [session.parent]} if session.parent else {}
            yield SessionItem(
                native_id=key,
                title=next((title for title in named if title), None),
                created_at=session.created_at,
                time_confidence=session.confidence,
                metadata={**session.metadata, **above},
            )

    def _line_ids(self) -> set[str]:
        """The ids of all lines of the file: a `summary` stands before the line that it names."""
        if self._known is None:
            told = (each.value.get("uuid") for each in read_lines(self.path) if isinstance(each, Line))
            self._known = {each for each in told if isinstance(each, str)}
        return self._known
