"""Reading a repository again from where an earlier read ended: never other than reading all of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.model.activity import ResourceItem
from rem_dagster.sources.git import GitSource
from rem_dagster.sources.git_state import State, heads_of, state_in
from rem_dagster.sources.source import Problem, Told
from tests.sources.repositories import commit, git, new_repository

Stored = dict[str, ResourceItem]
INES, ANA = "ines@example.org", "ana@example.org"


class Twice:
    """One repository, pulled again and again by two: one goes on from its mark, one reads all."""

    def __init__(self, folder: Path, *emails: str) -> None:
        self.folder, self.emails = folder, emails
        self.mark: str | None = None
        self.going_on: Stored = {}
        self.reading_all: Stored = {}

    def source(self) -> GitSource:
        return GitSource(self.folder, "test", self.emails)

    def pull(self) -> int:
        """How many commits the first was given."""
        source = self.source()
        watermark = source.fingerprint()
        told: list[Told] = []
        if watermark != self.mark:
            told = list(source.read_since(self.mark))
            self.mark = source.mark
            assert self.mark == watermark
        items = _items(told)
        self.going_on |= items
        self.reading_all |= _items(list(self.source().read()))
        return len(items)


def _items(told: list[Told]) -> Stored:
    return {each.native_id: each for each in told if isinstance(each, ResourceItem)}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = new_repository(tmp_path / "graphd")
    commit(folder, "base", at="2024-05-01T08:00:00Z")
    return folder


def test_only_what_is_new_is_given(repository: Path) -> None:
    twice = Twice(repository)
    assert twice.pull() == 1
    for number in range(3):
        commit(repository, f"more {number}", at=f"2024-05-02T0{number}:00:00Z")
    git(repository, "tag", "--annotate", "--message", "first", "v1")
    assert twice.pull() == 3
    git(repository, "tag", "v0", "HEAD~1")
    git(repository, "branch", "--move", "main", "trunk")
    assert twice.pull() == 0
    assert twice.going_on == twice.reading_all


def test_nothing_new_is_not_said_to_be_an_empty_repository(repository: Path) -> None:
    source = GitSource(repository, "test", (INES,))
    assert len(_items(list(source.read()))) == 1
    commit(repository, "by another", email=ANA)
    again = list(source.read_since(source.mark))
    assert [each.kind for each in again if isinstance(each, Problem)] == ["skipped"]


def test_with_another_mailmap_or_address_all_is_read(repository: Path) -> None:
    source = GitSource(repository, "test", (INES,))
    list(source.read())
    (repository / ".mailmap").write_text(f"Ana <{ANA}> <{INES}>\n")
    assert [each.metadata["email"] for each in _items(list(source.read_since(source.mark))).values()] == [ANA]
    told = list(GitSource(repository, "test", (ANA,)).read_since(source.mark))
    assert len(_items(told)) == 1


def test_older_commits_that_a_shallow_clone_gets_later_are_read(repository: Path, tmp_path: Path) -> None:
    for number in range(4):
        commit(repository, f"more {number}", at=f"2024-05-02T0{number}:00:00Z")
    git(tmp_path, "clone", "--quiet", "--depth", "2", f"file://{repository}", str(tmp_path / "clone"))
    twice = Twice(tmp_path / "clone")
    assert twice.pull() == 2
    git(tmp_path / "clone", "fetch", "--quiet", "--unshallow")
    assert twice.pull() >= 3
    assert twice.going_on == twice.reading_all


def test_heads_that_others_hold_are_left_out_where_there_are_many(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        sha = commit(repository, f"more {number}", at=f"2024-05-02T0{number}:00:00Z")
        git(repository, "tag", f"v{number}")
    assert len(heads_of(repository)) == 5
    monkeypatch.setattr("rem_dagster.sources.git_state.MANY_HEADS", 2)
    assert heads_of(repository) == {sha}


def test_a_mark_of_another_version_says_nothing() -> None:
    state = State("d", frozenset({"b", "a"}))
    assert state_in(str(state)) == state
    for mark in (None, "", "0" * 64, "d"):
        assert state_in(mark) is None


def test_a_copy_of_a_commit_that_was_read_does_not_replace_it(repository: Path) -> None:
    twice = Twice(repository)
    git(repository, "switch", "--quiet", "--create", "side")
    commit(repository, "fix", file="b.txt", at="2024-05-02T10:00:00Z")
    git(repository, "switch", "--quiet", "main")
    commit(repository, "else", file="c.txt", at="2024-05-03T10:00:00Z")
    twice.pull()
    before = dict(twice.going_on)
    git(repository, "cherry-pick", "side", at="2024-05-04T10:00:00Z")
    twice.pull()
    assert twice.going_on == twice.reading_all == before


def test_a_history_that_was_rewritten_is_read_whole_also_when_the_old_one_is_gone(repository: Path) -> None:
    twice = Twice(repository)
    commit(repository, "more", at="2024-05-02T10:00:00Z")
    assert twice.pull() == 2
    git(repository, "commit", "--amend", "--message", "better", at="2024-05-03T10:00:00Z")
    git(repository, "reflog", "expire", "--expire=now", "--all")
    git(repository, "gc", "--quiet", "--prune=now")
    assert twice.pull() == 2
    assert twice.going_on == twice.reading_all


def _commit(folder: Path, clock: int) -> None:
    at = f"2024-05-{2 + clock % 7:02}T0{clock % 3}:00:00Z"  # so that clocks go back, and times repeat
    email = INES if clock % 4 else ANA
    commit(folder, f"change {clock}", file=f"f{clock % 3}.txt", at=at, email=email)


def _amend(folder: Path, clock: int) -> None:
    git(folder, "commit", "--amend", "--allow-empty", "--message", f"amended {clock}")


def _branch(folder: Path, clock: int) -> None:
    git(folder, "switch", "--quiet", "--create", f"b{clock}", _parent(folder))
    _commit(folder, clock)


def _back_to_main(folder: Path, clock: int) -> None:
    git(folder, "switch", "--quiet", "main")


def _merge(folder: Path, clock: int) -> None:
    other = _other(folder)
    git(folder, "merge", "--quiet", "--no-edit", "--strategy", "ours", "--no-ff", other, at=_at(clock))


def _rebase(folder: Path, clock: int) -> None:
    git(folder, "rebase", "--quiet", "--strategy-option", "theirs", "--force-rebase", _other(folder))


def _pick(folder: Path, clock: int) -> None:
    git(folder, "cherry-pick", "--allow-empty", "--strategy-option", "theirs", _other(folder), at=_at(clock))


def _force(folder: Path, clock: int) -> None:
    git(folder, "reset", "--quiet", "--hard", _parent(folder))


def _rename(folder: Path, clock: int) -> None:
    git(folder, "branch", "--move", f"renamed{clock}")


def _delete(folder: Path, clock: int) -> None:
    name = _other(folder)
    if name != "main":
        git(folder, "branch", "--delete", "--force", name)


def _tag(folder: Path, clock: int) -> None:
    git(folder, "tag", "--annotate", "--message", "x", f"t{clock}", _parent(folder))


def _at(clock: int) -> str:
    return f"2024-06-{1 + clock % 9:02}T10:00:00Z"


def _parent(folder: Path) -> str:
    return git(folder, "rev-list", "--max-count", "2", "HEAD").splitlines()[-1]


def _other(folder: Path) -> str:
    names = git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads").splitlines()
    return next((each for each in names if each != git(folder, "branch", "--show-current")), names[0])


STEPS: tuple[Callable[[Path, int], None], ...] = (
    *(_commit, _commit, _branch, _back_to_main, _merge, _rebase, _pick),
    *(_amend, _force, _rename, _delete, _tag),
)


@settings(max_examples=settings().max_examples // 6)
@given(
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.booleans()), min_size=2, max_size=9),
    is_mine=st.booleans(),
)
@pytest.mark.runs
def test_whatever_happened_to_the_history_it_comes_out_as_if_all_was_read(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[Callable[[Path, int], None], bool]],
    is_mine: bool,
) -> None:
    folder = new_repository(tmp_path_factory.mktemp("history") / "graphd")
    commit(folder, "base", at="2024-05-01T08:00:00Z")
    twice = Twice(folder, *([INES] if is_mine else []))
    twice.pull()
    for clock, (step, is_pulled) in enumerate([*steps, (_commit, True)], start=1):
        try:
            step(folder, clock)
        except Exception:  # noqa: BLE001 - git refuses some steps, such as picking a merge: then nothing happened
            for command in ("rebase", "merge", "cherry-pick"):
                _quietly(folder, command, "--abort")
        if is_pulled:
            twice.pull()
            assert twice.going_on == twice.reading_all


def _quietly(folder: Path, *arguments: str) -> None:
    try:
        git(folder, *arguments)
    except Exception:  # noqa: BLE001 - there was nothing to abort
        return
