"""What lies at a path."""

from pathlib import Path

import pytest

from rem_dagster.errors import InputError, SourceError
from rem_dagster.ingest.recognise import make_source, recognise, source_of
from rem_dagster.settings import Home, SourceSettings
from tests.sources.repositories import new_repository


def test_files_and_folders_are_recognised_by_what_they_are(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.NDJSON", "c.md", "notes/deep/d.md", "vault/e.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    new_repository(tmp_path / "code")
    new_repository(tmp_path / "vault")
    (tmp_path / "vault/.obsidian").mkdir()
    names = ("a.jsonl", "b.NDJSON", "c.md", "notes", "code", "code/.git", "vault")
    kinds = ["jsonl", "jsonl", "markdown", "markdown", "git", "git", "markdown"]
    assert [recognise(tmp_path / name) for name in names] == kinds


def test_what_is_not_recognised_is_an_error_that_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    (tmp_path / "empty").mkdir()
    for name, told in (
        ("a.csv", r"Looked for a \.jsonl"),
        ("empty", "rem import jsonl"),
        ("none", "There is no"),
    ):
        with pytest.raises(InputError, match=told):
            recognise(tmp_path / name)


def test_the_account_is_the_resolved_path_unless_it_is_given(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "code")
    (repository / "src").mkdir()
    (tmp_path / "n.md").touch()
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "a.jsonl")
    assert make_source("jsonl", tmp_path / "link.jsonl").account == str(tmp_path / "a.jsonl")
    assert make_source("git", repository / "src").account == str(repository)
    assert make_source("markdown", tmp_path / "n.md").account == str(tmp_path)
    assert make_source("markdown", tmp_path, account="mine").account == "mine"


def test_a_source_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no kind of source 'csv'"):
        make_source("csv", tmp_path)  # type: ignore[arg-type]  # as a caller without types might
    with pytest.raises(InputError, match="E-mails"):
        make_source("jsonl", tmp_path / "a.jsonl", emails=["a@b"])
    with pytest.raises(SourceError, match="not a git repository"):
        make_source("git", tmp_path)


def test_paths_in_the_settings_are_taken_from_the_home(home: Home) -> None:
    entry = SourceSettings(kind="jsonl", path="inbox/a.jsonl")
    assert source_of(entry, home).account == str(home.path / "inbox/a.jsonl")
