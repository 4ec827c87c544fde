"""What is known of a source that was found on this machine?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

TimeIsUp = Callable[[], bool]
"""Whether looking has taken long enough: what was counted until then is said to be that much at least."""


@dataclass(frozen=True)
class FoundSource:
    """A source that could be imported."""

    kind: str
    path: Path
    noun: str
    """What it holds, one of it: `note`."""
    count: int | None = None
    """How many; None where counting means reading all of it."""
    is_partial: bool = False
    """Whether there are more, that were not counted."""
    first: date | None = None
    """Of the oldest of them, as far as can be told without reading all."""
    last: date | None = None
    remark: str | None = None
    """What its owner should know."""
    is_once: bool = False
    """Whether nothing new ever comes there: an export."""
    options: Mapping[str, object] = field(default_factory=dict)
    """Of its kind."""


def day_of_epoch(seconds: float) -> date | None:
    """The day in UTC of a file's time; None for one that cannot be."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (OverflowError, ValueError, OSError):
        return None


def subfolders(folder: Path) -> Iterator[Path]:
    """The folders in a folder by name, without hidden ones and links; none where it cannot be read."""
    try:
        found = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
        yield from (each for each in found if each.is_dir() and not each.is_symlink())
    except OSError:
        return
