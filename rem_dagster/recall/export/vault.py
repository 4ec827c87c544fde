"""Which file of a folder, or of an Obsidian vault, is the note of a day?"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rem_dagster.errors import InputError
from rem_dagster.sources.vault import daily_format_of, day_of_name

USUAL_FORMAT = "YYYY-MM-DD"
SUFFIX = ".md"
_TOKENS = (("YYYY", "%Y"), ("MM", "%m"), ("DD", "%d"))
_LETTERS = re.compile(r"[A-Za-z\[\]%\\]")


@dataclass(frozen=True)
class Vault:
    """Where the notes of days lie."""

    root: Path
    notes: Path
    """The folder of the daily notes."""
    format: str
    """Of a note's path in there, as `strftime` has it."""

    def path_of(self, day: date) -> Path:
        """The note of a day, whether it is there or not."""
        name = self.format.replace("%Y", f"{day.year:04}")
        return self.notes / (day.strftime(name) + SUFFIX)

    def days(self) -> Iterator[date]:
        """The days that have a note, in no particular order."""
        for folder, folders, names in os.walk(self.notes):
            folders[:] = [each for each in folders if not each.startswith(".")]
            for name in names:
                path = Path(folder, name)
                if name.startswith(".") or path.suffix != SUFFIX:
                    continue
                relative = path.relative_to(self.notes)
                day = day_of_name(relative, self.format_in_words)
                if day is not None and self.path_of(day) == path:
                    yield day

    @property
    def format_in_words(self) -> str:
        """The format as Obsidian writes it."""
        words = self.format
        for word, token in _TOKENS:
            words = words.replace(token, word)
        return words

    def inside(self, path: Path) -> Path | None:
        """A note's file itself, where links are followed; None where it lies outside of the folder."""
        real = path.resolve()
        return real if real.is_relative_to(self.root.resolve()) else None


def vault_at(root: Path) -> Vault:
    """The folder for notes at a path; an Obsidian vault keeps to its own settings of daily notes.

    Raises:
        InputError: there is something else at the path.
    """
    if root.exists() and not root.is_dir():
        raise InputError(
            f"{root} is no folder, and notes are one file a day. Nothing was written. Name a folder."
        )
    settings = _settings_of(root)
    folder = settings.get("folder")
    notes = root / folder.strip("/") if isinstance(folder, str) else root
    if not notes.resolve().is_relative_to(root.resolve()):
        raise InputError(
            f"The daily notes of {root} lie in {notes}, outside of it. Nothing was written. Name that folder."
        )
    return Vault(
        root, notes, _format_of(daily_format_of(root) or USUAL_FORMAT) or _format_of(USUAL_FORMAT) or ""
    )


def _format_of(words: str) -> str | None:
    """Obsidian's format as `strftime` has it; None where it has more than numbers for year, month and day."""
    rest = words
    for word, _ in _TOKENS:
        rest = rest.replace(word, "", 1)
    if _LETTERS.search(rest) or rest.count(".."):
        return None
    for word, token in _TOKENS:
        words = words.replace(word, token, 1)
    return words.strip("/")


def _settings_of(root: Path) -> dict[str, object]:
    try:
        read = json.loads((root / ".obsidian" / "daily-notes.json").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}  # another program's settings: without them the defaults hold
    return read if isinstance(read, dict) else {}
