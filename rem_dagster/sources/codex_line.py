"""What does a line of a rollout file of Codex say, and when was it written?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.transcript_text import NO_TIME, text_of


@dataclass(frozen=True)
class Placed:
    """Where a line stands and when it was written."""

    where: str
    at: datetime
    confidence: TimeConfidence
    said: object

    def notices(self) -> Iterator[Problem]:
        """That its time is a guess, if it is."""
        if self.confidence == "guessed":
            yield Problem(self.where, "timestamp", NO_TIME, "notice", shown(self.said))


def opened(line: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    """Kind and content of a line; the first versions wrote the content alone."""
    kind, payload = text_of(line.get("type")), line.get("payload")
    if isinstance(payload, dict):
        return kind, payload
    if "id" in line and "instructions" in line:
        return "session_meta", line
    return ("response_item", line) if kind and "payload" not in line else (kind, {})


def skipped(where: str, reason: str, got: str | None = None) -> Problem:
    """An item that is left out on purpose."""
    return Problem(where, None, reason, "skipped", got or None)
