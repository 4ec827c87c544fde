"""Before a whole disk or home folder is walked through, one is asked."""

from pathlib import Path

import pytest

from rem_dagster.ingest import walking
from rem_dagster.ingest.walking import doubt_about


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with a note in a folder of it."""
    folder = tmp_path / "users" / "ana"
    (folder / "notes").mkdir(parents=True)
    (folder / "notes" / "a.md").write_text("a")
    monkeypatch.setenv("HOME", str(folder))
    return folder


def test_the_root_and_the_home_folder_and_what_holds_it_are_doubted(own: Path) -> None:
    assert "root" in str(doubt_about("markdown", Path("/")))
    assert "your home folder" in str(doubt_about("markdown", own))
    assert "lies in it" in str(doubt_about("audio", own.parent))
    assert doubt_about("markdown", own / "notes") is None
    assert doubt_about("markdown", own / "notes" / "a.md") is None


def test_a_link_to_the_home_folder_is_the_home_folder(own: Path) -> None:
    (own / "notes" / "all").symlink_to(own)
    assert doubt_about("markdown", own / "notes" / "all")


def test_a_vault_and_what_looks_at_certain_places_alone_are_not_doubted(own: Path) -> None:
    assert doubt_about("claude-code", own) is None
    assert doubt_about("git", own) is None
    (own / ".obsidian").mkdir()
    assert doubt_about("markdown", own) is None


def test_many_files_or_a_slow_disk_are_doubted(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        (own / "notes" / f"{number}.txt").touch()
    assert doubt_about("markdown", own / "notes") is None
    monkeypatch.setattr(walking, "MANY_FILES", 9)
    assert "more than 9 files" in str(doubt_about("markdown", own / "notes"))
    monkeypatch.setattr(walking, "MANY_FILES", 10)
    monkeypatch.setattr(walking, "LOOKED_SECONDS", -1.0)
    assert "slow" in str(doubt_about("markdown", own / "notes"))
