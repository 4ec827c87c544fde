"""How are the commits of a git repository read?"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rem_dagster.errors import InputError
from rem_dagster.model.activity import Activity, ResourceItem
from rem_dagster.sources.git_command import run_git, stream_git
from rem_dagster.sources.git_log import DETAILS, Commit, parse_log
from rem_dagster.sources.git_state import OWN_BOOKS, State, are_in_history, heads_of, state_in
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.source import Problem
from rem_dagster.sources.text import replace_surrogates
from rem_dagster.sources.times import parse_time
from rem_dagster.sources.vault import vault_sign

SHOWN_FILES = 200
"""File names that a commit's metadata lists; the count is of all."""
SHOWN_AUTHORS = 5
OF_ANOTHER = "is by another author"
HOW_TO_GET_ALL = "`--set authors=all` takes in everybody's"
AUTHORS = ("log", "--all", "--no-merges", "--format=%aE%n%ae%n%aN")
REMOTE = re.compile(
    r"(?:https?://(?:[^@/]*@)?|ssh://(?:[^@/]*@)?|[^@/:]+@)([^/:]+)(?::\d+)?[/:](.+?)(?:\.git)?/?"
)


@dataclass(frozen=True)
class GitSource:
    """Every commit that is no merge, on any branch or tag, once however often it was picked or rebased."""

    path: Path
    account: str
    emails: tuple[str, ...] = ()
    """Only commits of these authors, before or after `.mailmap`; all when empty."""
    told_by: Literal["options", "settings", "git"] = "options"
    """Who named these authors; where other than options did and they match no commit, all are read."""
    kind: str = "git"
    _ended: list[State] = field(default_factory=list, compare=False, repr=False)
    """Where reads ended, the last one last."""

    @property
    def place(self) -> str:
        """The folder that is read."""
        return str(self.path)

    @property
    def mark(self) -> str | None:
        """The heads that were reached, and what decided what is read; None before a read."""
        return str(self._ended[-1]) if self._ended else None

    def fingerprint(self) -> str:
        """What `mark` is when all was read."""
        return str(State(self._decides(), heads_of(self.path)))

    def read(self) -> Iterator[Activity | Problem]:
        """Commits, the oldest commit date first."""
        return self.read_since(None)

    def read_since(self, mark: str | None) -> Iterator[Activity | Problem]:
        """Commits that an earlier read did not reach; all where what it reached is no history any more."""
        now = State(self._decides(), heads_of(self.path))
        before = self._go_on_from(state_in(mark), now)
        if run_git(self.path, "rev-parse", "--is-shallow-repository").strip() == b"true":
            yield self._notice("the clone is shallow: older commits are not in it")
        web_url = remote_url(self.path)
        wanted = self._authors()
        if self.told_by == "settings" and not wanted:
            yield self._notice("no commit is by you: those of all authors are read", got=str(self.emails))
        reading = _Reading(self, self._name(web_url), web_url, wanted)
        with stream_git(self.path, "log", *DETAILS, *_range(before)) as blocks:
            for commit in parse_log(blocks):
                yield from reading.items_of(commit)
        if not before:
            yield from self._silence(reading)
        self._ended.append(now)

    def _go_on_from(self, before: State | None, now: State) -> frozenset[str]:
        """The heads after which commits are new; none where all is to be read.

        Of a commit and its picked copy the earlier one is kept: where a new one may be the copy of an old
        one, all is read, so that it comes out the same.
        """
        if before is None or before.decides != now.decides or not are_in_history(self.path, before.heads):
            return frozenset()
        new = self._said(*_range(before.heads))
        return before.heads if new.isdisjoint(self._said(*before.heads) if new else ()) else frozenset()

    def _said(self, *revisions: str) -> set[bytes]:
        """By whom and when commits were written: copies of a commit have it in common."""
        told = run_git(self.path, "log", "--no-merges", "--format=%ae %aI", *revisions)
        return set(told.splitlines())

    def _decides(self) -> str:
        """The hash of what decides which commits are read, and how, beside the history itself."""
        top = run_git(self.path, "rev-parse", "--show-toplevel", check=False)
        mailmap = path_of(top) / ".mailmap" if top else self.path / ".mailmap"
        shallow = path_of(run_git(self.path, "rev-parse", "--git-path", "shallow"))
        held = (each.read_bytes() if each.is_file() else b"" for each in (mailmap, self.path / shallow))
        replaced = run_git(self.path, "for-each-ref", "--format=%(objectname) %(refname)", "refs/replace")
        url = remote_url(self.path)
        wanted = (*sorted(self.emails), self.told_by, self.account, url or "", self._name(url))
        return hashlib.sha256(b"\0".join((b"2", *held, replaced, "\n".join(wanted).encode()))).hexdigest()

    def _name(self, web_url: str | None) -> str:
        return (web_url or repository_root(self.path).as_posix()).rsplit("/", 1)[-1].removesuffix(".git")

    def _authors(self) -> frozenset[str]:
        """Whose commits are kept, in lower case; everybody's when empty."""
        wanted = frozenset(each.casefold() for each in self.emails)
        if not wanted or self.told_by == "options":
            return wanted
        told = run_git(self.path, *AUTHORS, check=False).decode("utf-8", "replace").casefold()
        return wanted if wanted & set(told.split("\n")) else frozenset()

    def _silence(self, reading: "_Reading") -> Iterator[Problem]:
        """Why nothing was found, if nothing was."""
        if not reading.commits:
            yield self._notice("the repository has no commits")
        elif not reading.wanted:
            authors = ", ".join(sorted(reading.authors)[:SHOWN_AUTHORS])
            yield self._notice(
                "no commit is by any of the given e-mails", got=f"{self.emails}; there are {authors}"
            )

    def _notice(self, reason: str, got: str | None = None) -> Problem:
        return Problem(str(self.path), None, reason, "notice", got)


@dataclass
class _Reading:
    """What one pass over the log has seen."""

    source: GitSource
    repository: str
    web_url: str | None
    wanted_authors: frozenset[str]
    commits: int = 0
    wanted: int = 0
    authors: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    def items_of(self, commit: Commit) -> Iterator[Activity | Problem]:
        self.commits += 1
        where = f"{self.source.path} commit {commit.sha[:12]}"
        if not self._is_wanted(commit):
            yield Problem(where, None, self._reason(), "skipped", commit.email)
            return
        self.wanted += 1
        if commit.key in self.keys:
            yield Problem(where, None, "is a picked or rebased copy of another commit", "skipped")
            return
        self.keys.add(commit.key)
        if commit.was_broken:
            yield Problem(where, None, "is not UTF-8; broken characters were replaced by U+FFFD", "notice")
        try:
            yield _item_of(commit, self.repository, self.web_url)
        except InputError as error:
            yield Problem(where, "author date", str(error), got=commit.author_date)

    def _reason(self) -> str:
        return OF_ANOTHER if self.source.told_by == "options" else f"{OF_ANOTHER}: {HOW_TO_GET_ALL}"

    def _is_wanted(self, commit: Commit) -> bool:
        names = {commit.email.casefold(), commit.raw_email.casefold(), commit.author.casefold()}
        if len(self.authors) <= SHOWN_AUTHORS:
            self.authors.add(commit.email)
        return not self.wanted_authors or not names.isdisjoint(self.wanted_authors)


def _range(before: Iterable[str]) -> list[str]:
    """All commits but those that some hold, for `git log`."""
    return [*OWN_BOOKS, "--all", "--not", *sorted(before)]


def _item_of(commit: Commit, repository: str, web_url: str | None) -> ResourceItem:
    said = parse_time(commit.author_date)
    return ResourceItem(
        native_id=commit.key,
        name=commit.subject or commit.sha[:12],
        content=commit.message or commit.subject or commit.sha[:12],
        category="commit",
        uri=f"{web_url}/commit/{commit.sha}" if web_url else None,
        created_at=said.at,
        utc_offset_minutes=said.utc_offset_minutes,
        metadata={
            "repo": repository,
            "author": commit.author,
            "email": commit.email,
            "sha": commit.sha,
            **({"renames": [list(each) for each in commit.renames[:SHOWN_FILES]]} if commit.renames else {}),
            "files": list(commit.files[:SHOWN_FILES]),
            "files_changed": len(commit.files),
            "insertions": commit.insertions,
            "deletions": commit.deletions,
        },
    )


def repository_root(path: Path) -> Path:
    """The folder that all work trees of a repository share: what its commits are known by.

    Raises:
        SourceError: it is no repository, or git is missing.
    """
    common = run_git(path, "rev-parse", "--path-format=absolute", "--git-common-dir")
    folder = path_of(common).resolve()
    return folder.parent if folder.name == ".git" else folder


def repository_identity(path: Path) -> str:
    """What a repository's commits are known by: the same in every clone of one `origin`.

    Raises:
        SourceError: it is no repository, or git is missing.
    """
    root = repository_root(path)
    return remote_url(path) or str(root)


def path_of(printed: bytes) -> Path:
    """The path that a git command printed."""
    return Path(os.fsdecode(printed.removesuffix(b"\n")))


def remote_url(path: Path) -> str | None:
    """The web address of `origin`, without any password; None when it has none that a browser opens."""
    told = run_git(path, "config", "--get", "remote.origin.url", check=False)
    return web_url_of(replace_surrogates(told.decode("utf-8", "replace").strip()))


def web_url_of(remote: str) -> str | None:
    """`git@github.com:me/x.git` and its like as `https://github.com/me/x`; None for a local path."""
    found = REMOTE.fullmatch(remote)
    return f"https://{found[1]}/{found[2]}" if found else None


class GitOptions(SourceOptions):
    """Which commits are read."""

    authors: Literal["own", "all"] = "own"
    """`own`: those of `me` in the settings, else of the repository's own `user.email`; where that is nobody's
    address, all."""
    emails: tuple[str, ...] = ()
    """Of these authors only, whoever `me` is."""


def _recognise(path: Path) -> str | None:
    if not path.is_dir() or vault_sign(path):
        return None  # a vault that is kept in git is a vault
    if (path / ".git").exists():
        return "it has .git"
    is_bare = (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()
    return "it is a repository without a work tree" if is_bare else None


def _make(place: Place, options: GitOptions) -> GitSource:
    account = place.account or repository_identity(place.path)
    if options.emails or options.authors == "all":
        return GitSource(place.path, account, options.emails)
    if place.me:
        return GitSource(place.path, account, place.me, told_by="settings")
    return GitSource(place.path, account, _own_email(place.path), told_by="git")


def _own_email(path: Path) -> tuple[str, ...]:
    """Who commits here, as git is set up."""
    told = run_git(path, "config", "--get", "user.email", check=False).decode("utf-8", "replace").strip()
    return (told,) if told else ()


KIND = SourceKind(
    name="git",
    about="the commits of a repository, on all branches",
    recognise=_recognise,
    make=_make,
    options=GitOptions,
)
