"""What kind of source lies at a path?"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from rem_dagster.errors import InputError
from rem_dagster.settings import Home, SourceSettings
from rem_dagster.sources.git import GitSource, repository_identity
from rem_dagster.sources.jsonl import JsonlSource
from rem_dagster.sources.markdown import MarkdownSource
from rem_dagster.sources.source import Source
from rem_dagster.sources.vault import SUFFIXES

Kind = Literal["jsonl", "git", "markdown"]
KINDS: tuple[Kind, ...] = get_args(Kind)
JSONL_SUFFIXES = (".jsonl", ".ndjson")
VAULT_SIGNS = (".obsidian", "logseq")
LOOKED_FOR = (
    "a .jsonl or .ndjson file, a folder with .git, a folder with Markdown notes, or a single .md note"
)


def recognise(path: Path) -> Kind:
    """The kind of source that a file or folder is.

    Raises:
        InputError: there is nothing, or nothing that is known.
    """
    path = path.expanduser()
    if not path.exists():
        raise InputError(f"There is no {str(path)!r} to import. Nothing was changed.")
    kind = _kind_of_file(path) if path.is_file() else _kind_of_folder(path)
    if kind is None:
        raise InputError(
            f"Could not tell what {str(path)!r} is. Looked for {LOOKED_FOR}. Nothing was changed. "
            f"Name the kind: rem import {'|'.join(KINDS)} PATH"
        )
    return kind


def make_source(kind: Kind, path: Path, *, account: str | None = None, emails: Sequence[str] = ()) -> Source:
    """The source of a kind at a path.

    Args:
        account: tells two sources of a kind apart, where the same native id means another thing. By
            default nothing for jsonl, so that two exports of one system may overlap; the address of
            `origin`, else its folder, for git; the folder for notes.
        emails: git: commits of these authors only.

    Raises:
        InputError: the kind is unknown, or e-mails were given for another kind than git.
        SourceError: git: it is no repository.
    """
    if kind not in KINDS:
        raise InputError(f"There is no kind of source {kind!r}. Give one of {', '.join(KINDS)}.")
    if emails and kind != "git":
        raise InputError(f"E-mails choose commits: they say nothing about a {kind} source. Leave them out.")
    place = path.expanduser().resolve()
    if kind == "git":
        return GitSource(place, account or repository_identity(place), tuple(emails))
    if kind == "jsonl":
        return JsonlSource(place, account or "")
    return MarkdownSource(place, account or str(place.parent if place.is_file() else place))


def source_of(entry: SourceSettings, home: Home) -> Source:
    """The source that an entry of `[[sources]]` means; relative paths are taken from the home.

    Raises:
        InputError, SourceError: as `make_source`.
    """
    return make_source(entry.kind, place_of(entry, home), account=entry.account, emails=entry.emails)


def place_of(entry: SourceSettings, home: Home) -> Path:
    """Where an entry of `[[sources]]` is read from."""
    return (home.path / Path(entry.path).expanduser()).resolve()


def _kind_of_file(path: Path) -> Kind | None:
    suffix = path.suffix.lower()
    return "jsonl" if suffix in JSONL_SUFFIXES else "markdown" if suffix in SUFFIXES else None


def _kind_of_folder(path: Path) -> Kind | None:
    if any((path / sign).is_dir() for sign in VAULT_SIGNS):
        return "markdown"  # a vault that is kept in git is a vault
    is_bare = (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()
    if (path / ".git").exists() or is_bare:
        return "git"
    for _, folders, names in os.walk(path):
        folders[:] = [each for each in folders if not each.startswith(".")]
        if any(name.lower().endswith(SUFFIXES) for name in names):
            return "markdown"
    return None
