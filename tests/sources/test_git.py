"""Commits of real repositories."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import SourceError
from rem_dagster.model.activity import ResourceItem
from rem_dagster.sources.git import KIND, GitSource, repository_root, web_url_of
from rem_dagster.sources.git_log import parse_log
from rem_dagster.sources.kind import Place
from rem_dagster.sources.kinds import make_source_of
from rem_dagster.sources.source import Problem
from tests.sources.repositories import commit, git, new_repository


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return new_repository(tmp_path / "graphd")


def read(folder: Path, *emails: str) -> tuple[list[ResourceItem], list[Problem]]:
    told = list(GitSource(folder, "test", emails).read())
    items = [each for each in told if isinstance(each, ResourceItem)]
    return items, [each for each in told if isinstance(each, Problem)]


def test_a_commit_is_its_message_with_files_and_counts_beside_it(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "git@github.com:ines/graphd.git")
    sha = commit(repository, "Prune long edges\n\nAlpha 1.2 keeps recall.", file="src/gräph one.rs")
    (item,), problems = read(repository)
    assert not problems
    assert (item.name, item.content) == ("Prune long edges", "Prune long edges\n\nAlpha 1.2 keeps recall.")
    assert item.category == "commit"
    assert item.created_at.isoformat() == "2024-05-01T09:30:00+02:00"
    assert item.utc_offset_minutes == 120
    assert item.uri == f"https://github.com/ines/graphd/commit/{sha}"
    assert item.metadata == {
        "repo": "graphd",
        "author": "Ines",
        "email": "ines@example.org",
        "sha": sha,
        "files": ["src/gräph one.rs"],
        "files_changed": 1,
        "insertions": 3,
        "deletions": 0,
    }


def test_commits_of_all_branches_are_read_without_merges_stashes_and_notes(repository: Path) -> None:
    commit(repository, "base")
    git(repository, "switch", "--quiet", "--create", "side")
    commit(repository, "on the side", file="b.txt", at="2024-05-02T09:00:00Z")
    git(repository, "switch", "--quiet", "main")
    commit(repository, "on main", at="2024-05-03T09:00:00Z")
    git(repository, "merge", "--quiet", "--no-edit", "side", at="2024-05-04T09:00:00Z")
    git(repository, "notes", "add", "--message", "a note", "HEAD~1")
    (repository / "a.txt").write_text("unfinished")
    git(repository, "stash")
    items, _ = read(repository)
    assert [item.name for item in items] == ["base", "on the side", "on main"]


def test_a_picked_commit_comes_once_and_a_rebased_one_keeps_its_id(repository: Path) -> None:
    commit(repository, "base")
    git(repository, "switch", "--quiet", "--create", "side")
    original = commit(repository, "the change", file="b.txt", at="2024-05-02T09:00:00Z")
    before, _ = read(repository)
    git(repository, "switch", "--quiet", "main")
    commit(repository, "other work", file="c.txt", at="2024-05-03T09:00:00Z")
    git(repository, "cherry-pick", original, at="2024-05-04T09:00:00Z")
    items, problems = read(repository)
    assert [item.name for item in items] == ["base", "the change", "other work"]
    assert items[1].metadata["sha"] == original
    assert [(problem.kind, problem.reason) for problem in problems] == [
        ("skipped", "is a picked or rebased copy of another commit")
    ]
    git(repository, "branch", "--delete", "--force", "side")
    later, _ = read(repository)
    (moved,) = [item for item in later if item.name == "the change"]
    assert moved.native_id == before[1].native_id
    assert moved.metadata["sha"] != original


def test_only_commits_of_the_given_addresses_are_kept_also_through_the_mailmap(repository: Path) -> None:
    commit(repository, "mine", email="ines@example.org")
    commit(repository, "mine, old address", email="old@example.org", at="2024-05-02T09:00:00Z")
    commit(repository, "theirs", email="tomas@example.org", at="2024-05-03T09:00:00Z")
    (repository / ".mailmap").write_text("Inês Duarte <ines@example.org> <old@example.org>\n")
    items, problems = read(repository, "INES@example.org")
    assert [item.name for item in items] == ["mine", "mine, old address"]
    assert items[1].metadata["author"] == "Inês Duarte"
    assert [(problem.kind, problem.reason) for problem in problems] == [("skipped", "is by another author")]


def test_addresses_that_match_nobody_are_told_with_those_that_there_are(repository: Path) -> None:
    commit(repository, "theirs", email="tomas@example.org")
    items, problems = read(repository, "ines@example.org")
    assert not items
    assert "tomas@example.org" in str(problems[-1])
    assert problems[-1].kind == "notice"


def test_a_repository_without_commits_says_so(repository: Path) -> None:
    items, problems = read(repository)
    assert not items
    assert [(problem.kind, problem.reason) for problem in problems] == [
        ("notice", "the repository has no commits")
    ]


def test_an_empty_message_binary_files_and_odd_names_do_no_harm(repository: Path) -> None:
    (repository / "image.png").write_bytes(bytes(range(256)) * 9)
    (repository / "line\nbreak\ttab").write_text("x\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--allow-empty-message", "--message", "")
    (item,), problems = read(repository)
    assert not problems
    assert item.name == item.content == str(item.metadata["sha"])[:12]
    assert item.metadata["files"] == ["image.png", "line\nbreak\ttab"]
    assert item.metadata["insertions"] == 1


def test_a_message_that_is_not_utf_8_is_kept_with_a_notice(repository: Path, tmp_path: Path) -> None:
    tree = git(repository, "write-tree")
    raw = tmp_path / "commit"
    person = "Ann <ann@example.org> 1714555800 +0200"
    raw.write_bytes(f"tree {tree}\nauthor {person}\ncommitter {person}\n\n".encode() + b"caf\xe9 \x80\xff")
    git(repository, "update-ref", "HEAD", git(repository, "hash-object", "-t", "commit", "-w", str(raw)))
    (item,), problems = read(repository)
    assert item.content == "caf\ufffd \ufffd\ufffd"
    assert [problem.kind for problem in problems] == ["notice"]


def test_the_log_is_read_alike_wherever_its_blocks_are_cut() -> None:
    raw = (
        b"\x01rem\x01" + b"a" * 40 + b"\0Ann\0a@b\0a@b\x002024-05-01T09:00:00Z\0one\n\nbody\n\0\0\n"
        b"1\t0\tz.txt\x00-\t-\ta.png\0\x01rem\x01"
        + b"b" * 40
        + b"\0Ann\0a@b\0a@b\x002024-05-01T09:00:00Z\0two\0\0"
    )
    whole = list(parse_log([raw]))
    assert [(each.subject, each.files) for each in whole] == [("one", ("a.png", "z.txt")), ("two", ())]
    assert list(parse_log(raw[at : at + 1] for at in range(len(raw)))) == whole


def test_what_is_no_repository_is_refused_with_the_next_step(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for path, told in (
        (tmp_path, "not a git repository"),
        (file, "not a folder"),
        (tmp_path / "no", "no such folder"),
    ):
        with pytest.raises(SourceError, match=told):
            list(GitSource(path, "test").read())


def test_a_machine_without_git_is_told_to_install_it(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(SourceError, match="Install git"):
        GitSource(repository, "test").fingerprint()


def test_a_hook_of_another_repository_does_not_redirect_the_import(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, "mine")
    other = new_repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    items, _ = read(repository)
    assert [item.name for item in items] == ["mine"]


def test_the_fingerprint_changes_with_commits_addresses_and_mailmap(repository: Path) -> None:
    commit(repository, "one")
    prints = [GitSource(repository, "t").fingerprint(), GitSource(repository, "t", ("a@b",)).fingerprint()]
    (repository / ".mailmap").write_text("A <a@b> <c@d>\n")
    prints.append(GitSource(repository, "t").fingerprint())
    git(repository, "branch", "side")
    assert GitSource(repository, "t").fingerprint() == prints[-1], "a branch alone is nothing to read"
    commit(repository, "two")
    prints.append(GitSource(repository, "t").fingerprint())
    assert len(set(prints)) == len(prints)
    assert GitSource(repository, "t").fingerprint() == prints[-1]


def test_work_trees_and_folders_of_a_repository_share_its_root(repository: Path, tmp_path: Path) -> None:
    commit(repository, "one", file="src/a.txt")
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "tree"))
    assert repository_root(tmp_path / "tree") == repository_root(repository / "src") == repository.resolve()


@pytest.mark.parametrize(
    ("remote", "web"),
    [
        ("git@github.com:ines/graphd.git", "https://github.com/ines/graphd"),
        ("https://ines:token@github.com/ines/graphd.git", "https://github.com/ines/graphd"),
        ("https://github.com/ines/graphd/", "https://github.com/ines/graphd"),
        ("ssh://git@git.example.org:2222/ines/graphd", "https://git.example.org/ines/graphd"),
        ("/srv/git/graphd.git", None),
        ("file:///srv/git/graphd.git", None),
        ("../graphd", None),
        ("", None),
    ],
)
def test_a_remote_becomes_a_web_address_without_any_password(remote: str, web: str | None) -> None:
    assert web_url_of(remote) == web


def test_a_move_is_told_as_old_and_new_path_also_when_the_file_was_edited(repository: Path) -> None:
    commit(repository, "one", file="a/plan.txt", text="one\n" * 9)
    commit(repository, "two", file="b.txt", text="two\n")
    (repository / "c").mkdir()
    git(repository, "mv", "a/plan.txt", "c/other.txt")
    git(repository, "mv", "b.txt", "c/b.txt")
    (repository / "c/b.txt").write_text("something else\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "move")
    moved = [each for each in read(repository)[0] if each.name == "move"]
    assert moved[0].metadata["renames"] == [["a/plan.txt", "c/other.txt"], ["b.txt", "c/b.txt"]]


def test_a_repository_gives_ones_own_commits_unless_all_are_asked_for(repository: Path) -> None:
    commit(repository, "mine", text="a\n")
    commit(repository, "theirs", text="b\n", email="bob@example.org")
    git(repository, "config", "user.email", "Ines@example.org")

    def read_as(*me: str, **options: object) -> tuple[set[str], list[str]]:
        found = list(make_source_of(KIND, Place(str(repository), me=me), options).read())
        return {each.name for each in found if isinstance(each, ResourceItem)}, [
            each.reason for each in found if isinstance(each, Problem)
        ]

    names, reasons = read_as()
    assert names == {"mine"}
    assert reasons == ["is by another author: `--set authors=all` takes in everybody's"]
    assert read_as("bob@example.org")[0] == {"theirs"}
    assert read_as("Bob")[0] == {"theirs"}
    assert read_as(authors="all") == ({"mine", "theirs"}, [])
    assert read_as("Ines", emails=["bob@example.org"])[0] == {"theirs"}
    names, reasons = read_as("nobody@example.org")
    assert names == {"mine", "theirs"}
    assert reasons == ["no commit is by you: those of all authors are read"]


def test_a_move_with_several_of_one_name_is_not_guessed() -> None:
    words = b"\0".join(
        [
            b"\x01rem\x01" + b"a" * 40, b"N", b"e@x", b"e@x", b"2024-05-01T09:30:00+02:00", b"m", b"",
            b":100644 000000 " + b"1" * 40 + b" " + b"0" * 40 + b" D", b"a/x.txt",
            b":000000 100644 " + b"0" * 40 + b" " + b"2" * 40 + b" A", b"b/x.txt",
            b":000000 100644 " + b"0" * 40 + b" " + b"3" * 40 + b" A", b"c/x.txt",
            b"",
        ]
    )  # fmt: skip
    (told,) = parse_log([words])
    assert told.renames == ()


HEADER = b"\x01rem\x01" + b"a" * 40 + b"\0N\0e@x\0e@x\02024-05-01T09:30:00+02:00\0m\0"
CHANGED = b"\n:100644 000000 " + b"1" * 40 + b" " + b"0" * 40 + b" D\0a.txt\0" + b"1\t2\ta.txt\0"


@given(
    cut=st.integers(0, len(HEADER + CHANGED)),
    put=st.lists(
        st.sampled_from([b"\0", b":", b"\n", b"\x01rem\x01", b"-\t", b"\xff", b"9" * 20]), max_size=6
    ),
)
def test_a_broken_log_gives_commits_or_nothing_and_ends(cut: int, put: list[bytes]) -> None:
    whole = HEADER + CHANGED
    for told in parse_log([whole[:cut], b"".join(put), whole[cut:], whole]):
        assert isinstance(told.insertions + told.deletions, int)
        assert len(told.key) == 40
