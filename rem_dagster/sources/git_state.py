"""How far was the history of a repository read, and what came since?

a ── b ── c          read to c: its heads are noted
a ── b ── c ── d     c is still in the history: what is not reachable from c is new
a ── b ── x          c is gone, as after a rebase or a forced push: all is read again
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rem_dagster.sources.git_command import run_git

OWN_BOOKS = ("--exclude=refs/stash", "--exclude=refs/notes/*")
"""Stashes and notes are git's own book-keeping, not somebody's commits."""
REFS = "%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname)"
MANY_HEADS = 200
"""With more, those are left out that others hold: finding that out takes a walk through the history."""


@dataclass(frozen=True)
class State:
    """Where a read stood: what decided which commits it gave and how, and the heads that it reached."""

    decides: str
    heads: frozenset[str]

    def __str__(self) -> str:
        return " ".join((self.decides, *sorted(self.heads)))


def state_in(mark: str | None) -> State | None:
    """The state that was written as a mark; None where it says none."""
    decides, *heads = (mark or "").split(" ")
    return State(decides, frozenset(heads)) if decides and heads else None


def heads_of(path: Path) -> frozenset[str]:
    """The commits from which all of the history is reached."""
    found = set[str]()
    for line in run_git(path, "for-each-ref", f"--format={REFS}").decode("utf-8", "replace").splitlines():
        kind, sha, inner_kind, inner, name = _five(line)
        if name == "refs/stash" or name.startswith("refs/notes/"):
            continue
        found.update(each for its, each in ((kind, sha), (inner_kind, inner)) if its == "commit")
    head = run_git(path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", check=False)
    found.update(head.decode("ascii").split())
    if len(found) <= MANY_HEADS:
        return frozenset(found)
    return frozenset(found - {parent for _, *parents in _walk(path) for parent in parents})


def are_in_history(path: Path, heads: Iterable[str]) -> bool:
    """Whether all of these commits are still reached."""
    left = set(heads)
    for sha, *_ in _walk(path):
        left.discard(sha)
    return not left


def _walk(path: Path) -> Iterable[list[str]]:
    """Each commit with its parents."""
    told = run_git(path, "rev-list", *OWN_BOOKS, "--all", "--parents").decode("ascii")
    return (line.split(" ") for line in told.splitlines())


def _five(line: str) -> tuple[str, str, str, str, str]:
    """The words of a line; the two of what a tag points to are empty where it is none."""
    kind, sha, inner_kind, inner, name = line.split(" ", 4)
    return kind, sha, inner_kind, inner, name
