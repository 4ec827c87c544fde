"""What of a recording is sent to be transcribed?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Sound:
    """A recording or a part of one; times in seconds."""

    digest: str
    """SHA-256 of the whole recording's bytes, in hex: what its text is kept by."""
    name: str
    """As a file, with the suffix that says what it is."""
    read: Callable[[], bytes]
    """Its bytes, made or read only when they are to be sent."""
    size: int
    """Bytes, about."""
    begun: datetime
    """When the whole recording began; without a zone it is a local time of the home."""
    start: float = 0.0
    """Where the part begins in the recording."""
    seconds: float | None = None
    """How long it is; None when nobody knows."""
