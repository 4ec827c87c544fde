"""What does the id of a session of Codex tell, and which lines were copied from the session before it?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rem_dagster.sources.transcript_text import text_of, time_of

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
REPLAYED_WITHIN = timedelta(seconds=10)
"""After a fork's start: what it copies from its parent is written at once."""


@dataclass
class Fork:
    """Where a session that was forked from another leaves its copies behind."""

    started: datetime | None
    is_copying: bool = False

    def copies(self, kind: str, payload: Mapping[str, object], at: datetime | None) -> bool:
        """Whether a line is a copy; a turn that began after the fork ends them, and so does time."""
        if not self.is_copying or self.started is None:
            return False
        turn = uuid_time(text_of(payload.get("turn_id"))) if kind == "turn_context" else None
        is_fresh = turn is not None and turn >= uuid_floor(self.started)
        if is_fresh or (at is not None and at > self.started + REPLAYED_WITHIN):
            self.is_copying = False
        return self.is_copying


def id_in_name(path: Path) -> str:
    """The session's id in the name of its file, else the name."""
    found = UUID.findall(path.stem)
    return found[-1].lower() if found else path.stem.encode("utf-8", "replace").decode("utf-8")


def uuid_time(value: str) -> datetime | None:
    """When a UUID of version 7 was made; None for any other text."""
    digits = value.replace("-", "")
    if not UUID.fullmatch(value) or digits[12] != "7":
        return None
    return time_of(int(digits[:12], 16))


def uuid_floor(at: datetime) -> datetime:
    """A time in the whole milliseconds that such an id counts."""
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)
