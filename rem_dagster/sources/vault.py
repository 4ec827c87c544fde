"""Which files of a folder are notes, and which days do their names give?"""

import json
import os
import re
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rem_dagster.sources.source import Problem
from rem_dagster.sources.times import YEARS

SUFFIXES = (".md", ".markdown")
SIGNS = (".obsidian", "logseq")
"""Folders by which a vault is known."""
SKIPPED_FOLDERS = ("templates", "node_modules")
LOGSEQ_COPIES = ("bak", "version-files")
"""Below `logseq/`: older versions of notes, kept by the program itself."""
DATED_NAME = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d{2})\2(\d{2})(?!\d)")
JOURNAL_FORMAT = re.compile(r'^[^;\n]*:journal/file-name-format\s+"([^"\n]+)"', re.MULTILINE)
MOMENT_TOKENS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{2})", "DD": r"(?P<day>\d{2})"}


def find_notes(root: Path) -> Iterator[Path | Problem]:
    """The notes below a folder, by path; what is left out or cannot be read is a problem."""
    problems: list[Problem] = []

    def unreadable(error: OSError) -> None:
        problems.append(Problem(str(error.filename), None, "the folder cannot be read", got=error.strerror))

    skipped, is_vault = _template_folder(root), vault_sign(root) is not None
    for folder, folders, names in os.walk(root, onerror=unreadable):
        here = Path(folder)
        folders[:] = sorted(each for each in folders if not _is_skipped(here / each, root, skipped))
        for name in sorted(names):
            if name.startswith("."):
                continue
            if name.lower().endswith(SUFFIXES):
                yield _checked(here / name, root)
            elif is_vault:
                suffix = Path(name).suffix.lower() or "no suffix"
                yield Problem(str(here / name), None, f"is no note ({suffix})", "skipped")
    yield from problems


def vault_sign(root: Path) -> str | None:
    """The folder in it that shows that a folder is a vault; None when it is none."""
    return next((sign for sign in SIGNS if (root / sign).is_dir()), None)


def day_of_name(relative: Path, daily_format: str | None = None) -> date | None:
    """The day that a note's path gives: a daily note of the vault's own format, or a date in its name."""
    if daily_format and (found := _pattern_of(daily_format).search(relative.with_suffix("").as_posix())):
        parts = found.groupdict()
        return _date(parts.get("year"), parts.get("month"), parts.get("day"))
    if found := DATED_NAME.match(relative.stem):
        return _date(found[1], found[3], found[4])
    return None


def daily_format_of(root: Path) -> str | None:
    """The daily notes' format in Obsidian's words, such as `DD-MM-YYYY`; None when it has none of its own."""
    told = _read_object(root / ".obsidian" / "daily-notes.json").get("format") or _journal_format(root)
    return told if isinstance(told, str) and all(token in told for token in MOMENT_TOKENS) else None


def _checked(path: Path, root: Path) -> Path | Problem:
    try:
        if path.is_symlink() and path.resolve(strict=True).is_relative_to(root.resolve()):
            return Problem(str(path), None, "is a link to another note of the folder", "skipped")
        mode = path.stat().st_mode
    except (OSError, RuntimeError) as error:
        return Problem(
            str(path), None, "cannot be read", got=getattr(error, "strerror", None) or "a loop of links"
        )
    if not stat.S_ISREG(mode):
        return Problem(str(path), None, "is no file", "skipped")
    return path


def _is_skipped(folder: Path, root: Path, templates: Path | None) -> bool:
    name = folder.name.lower()
    is_copy = name in LOGSEQ_COPIES and folder.parent == root / "logseq"
    return name.startswith(".") or name in SKIPPED_FOLDERS or folder == templates or is_copy


def _template_folder(root: Path) -> Path | None:
    told = _read_object(root / ".obsidian" / "templates.json").get("folder")
    return root / told if isinstance(told, str) and told.strip("/. ") else None


def _journal_format(root: Path) -> str | None:
    """The format of Logseq's journals, which writes years and days in small letters."""
    try:
        found = JOURNAL_FORMAT.search((root / "logseq" / "config.edn").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    return found[1].replace("y", "Y").replace("d", "D") if found else None


def _read_object(path: Path) -> dict[str, object]:
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}  # another program's settings: without them the defaults hold
    return read if isinstance(read, dict) else {}


def _pattern_of(daily_format: str) -> re.Pattern[str]:
    pattern = re.escape(daily_format)
    for token, expression in MOMENT_TOKENS.items():
        pattern = pattern.replace(token, expression, 1)
    return re.compile(rf"(?:^|/){pattern}$")


def _date(year: str | None, month: str | None, day: str | None) -> date | None:
    try:
        found = date(int(year or 0), int(month or 0), int(day or 0))
    except ValueError:
        return None
    return found if found.year in YEARS else None
