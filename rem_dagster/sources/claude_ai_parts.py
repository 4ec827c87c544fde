"""Of which zips does an export of Claude.ai consist?

It is one zip, or a manifest that names several, which somebody downloads one by one:

    manifest-....json
    {"data_files": [{"category": "conversations", "filename": "conversations-000.zip"}, ...]}
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from rem_dagster.sources.exported import is_export_shaped, looks_like, names_in
from rem_dagster.sources.fields import Fields, as_fields, objects_in, text_in
from rem_dagster.sources.source import Problem

CONVERSATIONS = re.compile(r"conversations(?:[-_]*\d+)?\.json")
SIGNS = (b'"chat_messages"',)
COMPANIONS = {"users.json"}
"""A file beside the conversations that ChatGPT's export has not."""
DATA = {"conversations", "projects", "memories", "design_chats"}
"""Categories of a manifest of which we speak; the others hold settings and logins."""
NEEDED = "conversations"
ZIP = re.compile(
    r"(?:conversations|projects|memories|design_chats)(?:[-_]*\d+)?(?: ?\(\d+\))?\.zip", re.IGNORECASE
)
MOST_MANIFEST = 1_000_000
"""Bytes; a manifest has some kilobytes."""
Parts = tuple[Sequence[Path], Sequence[Problem]]


def parts_of(path: Path) -> Parts:
    """The zips and folders to read, and what is wrong with the manifest."""
    if (manifest := _manifest(path)) is not None:
        return _named(path, manifest)
    if path.is_dir():
        zips = _zips_in(path)
        is_unpacked = not zips or any(map(CONVERSATIONS.fullmatch, names_in(path)))
        return [*zips, *([path] if is_unpacked else [])], ()
    return [path], ()


def recognise(path: Path) -> str | None:
    """Why a path is an export of Claude.ai; None when it is not."""
    if not is_export_shaped(path):
        return None
    if _manifest(path) is not None:
        return "it is a manifest that names conversations"
    if looks_like(path, CONVERSATIONS.fullmatch, SIGNS):
        return "its conversations have chat_messages"
    names = names_in(path)
    if any(map(CONVERSATIONS.fullmatch, names)) and names & COMPANIONS:
        return "it has users.json beside its conversations"
    if path.is_dir() and any(recognise(each) for each in _zips_in(path) if each.is_file()):
        return "its zips hold conversations with chat_messages"
    return None


def _manifest(path: Path) -> Fields | None:
    """The manifest that a file is; None when it is none."""
    try:
        if path.suffix.lower() != ".json" or not path.is_file() or path.stat().st_size > MOST_MANIFEST:
            return None
        told = as_fields(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None
    files = objects_in(told, "data_files")
    return told if any(text_in(each, "category") == NEEDED for each in files) else None


def _named(path: Path, manifest: Fields) -> Parts:
    parts: list[Path] = []
    problems: list[Problem] = []
    for each in objects_in(manifest, "data_files"):
        name, category = text_in(each, "filename"), text_in(each, "category")
        if name is None or category not in DATA:
            continue
        if (part := _downloaded(path.parent, name)) is not None:
            parts.append(part)
            continue
        reason = "is named by the manifest and is not beside it"
        problems.append(Problem(name[:200], None, reason, "failed" if category == NEEDED else "notice"))
    return parts, problems


def _downloaded(folder: Path, name: str) -> Path | None:
    """The zip of a name, or the folder that it was unpacked to; a manifest names nothing elsewhere."""
    own = Path(name).name
    for each in (own, own.removesuffix(".zip")):
        try:
            if each and (folder / each).exists():
                return folder / each
        except (OSError, ValueError):
            return None
    return None


def _zips_in(folder: Path) -> list[Path]:
    return [folder / name for name in sorted(names_in(folder)) if ZIP.fullmatch(name)]
