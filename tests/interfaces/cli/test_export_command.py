"""`rem export`: what reaches the disk, what is refused, and what is said."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from rem_dagster.errors import InputError, StoreError
from rem_dagster.interfaces.cli import export_files
from rem_dagster.interfaces.cli.filed import check_folder, replacing, replacing_folder
from rem_dagster.settings import Home
from tests.interfaces.cli.conftest import Rem
from tests.lives import link


@pytest.fixture
def mine(lived_once: Path, tmp_path: Path) -> Path:
    """A home of three dreamt days that a test may change."""
    link(lived_once, tmp_path / "mine")
    return tmp_path / "mine"


def test_notes_are_written_and_written_again_unchanged(rem: Rem, lived: Home, tmp_path: Path) -> None:
    first = rem("--home", lived.path, "export", "markdown", tmp_path / "notes")
    assert (first.code, first.out) == (0, "3 notes new\n")
    assert "takes your edits over" in first.err
    assert rem("--home", lived.path, "export", "markdown", tmp_path / "notes").out == "3 unchanged\n"
    told = rem("--home", lived.path, "export", "markdown", tmp_path / "notes", "--json").json
    assert (told["created"], told["unchanged"], told["left"]) == ([], 3, [])


def test_only_the_days_that_were_asked_for_are_written(rem: Rem, lived: Home, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    rem("--home", lived.path, "export", "markdown", notes, "--start", "2025-10-07", "--end", "2025-10-07")
    assert os.listdir(notes) == ["2025-10-07.md"]


def test_an_edit_is_taken_over_and_said(rem: Rem, mine: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    rem("--home", mine, "export", "markdown", notes)
    note = notes / "2025-10-06.md"
    text = note.read_text(encoding="utf-8")
    title = text.partition("### ")[2].partition("\n")[0]
    note.write_text(text.replace(f"### {title}", "### My own title"), encoding="utf-8")
    assert rem("--home", mine, "export", "markdown", notes, "--no-pull").code == 3
    done = rem("--home", mine, "export", "markdown", notes)
    assert "is renamed or reworded" in done.out
    assert "1 correction · 1 updated · 2 unchanged" in done.out
    assert "My own title" in rem("--home", mine, "show", "2025-10-06").out


def test_what_is_not_understood_is_told_and_partly_done(rem: Rem, mine: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    rem("--home", mine, "export", "markdown", notes)
    note = notes / "2025-10-06.md"
    note.write_text(note.read_text(encoding="utf-8").replace(" · Talk", " · Gossip", 1), encoding="utf-8")
    done = rem("--home", mine, "export", "markdown", notes)
    assert done.code == 3
    assert "Left alone:" in done.err
    assert "2025-10-06.md:" in done.err
    assert rem("--home", mine, "export", "markdown", notes, "--pull", "--no-pull").code == 2


def test_a_calendar_replaces_its_own_and_nobody_else_s(rem: Rem, lived: Home, tmp_path: Path) -> None:
    file = tmp_path / "days.ics"
    assert "moments in" in rem("--home", lived.path, "export", "ical", file).out
    held = file.read_bytes()
    assert rem("--home", lived.path, "export", "ical", file).code == 0
    assert file.read_bytes() == held
    file.write_text("BEGIN:VCALENDAR\nPRODID:theirs\n")
    refused = rem("--home", lived.path, "export", "ical", file)
    assert (refused.code, "--force replaces it" in refused.err) == (2, True)
    assert rem("--home", lived.path, "export", "ical", file, "--force").code == 0


def test_lines_can_be_imported_into_a_new_home(rem: Rem, lived: Home, tmp_path: Path) -> None:
    done = rem("--home", lived.path, "export", "jsonl", tmp_path / "lines")
    assert "rows in" in done.out
    assert f"--timezone UTC import jsonl {tmp_path / 'lines' / 'activity.jsonl'}" in done.err
    read = rem(
        *("--home", tmp_path / "new", "--timezone", "UTC", "import", "jsonl"),
        *(tmp_path / "lines" / "activity.jsonl", "--json"),
    )
    assert read.code == 0
    manifest = json.loads((tmp_path / "lines" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"][0]["rows"] > 10


def test_a_file_of_lines_is_not_replaced_unasked(rem: Rem, lived: Home, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    assert rem("--home", lived.path, "export", "jsonl", file, "--json").json["rows"] > 10
    assert rem("--home", lived.path, "export", "jsonl", file).code == 2
    assert rem("--home", lived.path, "export", "jsonl", file, "--force").code == 0


def test_a_folder_with_something_else_is_refused(rem: Rem, lived: Home, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    refused = rem("--home", lived.path, "export", "parquet", tmp_path / "full")
    assert (refused.code, "holds something else" in refused.err) == (2, True)
    assert os.listdir(tmp_path / "full") == ["mine.txt"]
    assert rem("--home", lived.path, "export", "parquet", tmp_path / "no" / "where").code == 2


def test_what_fails_in_the_middle_leaves_what_was_there(
    rem: Rem, lived: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "days.ics"
    rem("--home", lived.path, "export", "ical", file)
    held = file.read_bytes()

    def broken(*_: object, **__: object) -> Iterator[tuple[int, bytes]]:
        yield 0, b"BEGIN"
        raise StoreError("The table is gone.")

    monkeypatch.setattr(export_files, "calendar_parts", broken)
    assert rem("--home", lived.path, "export", "ical", file).code == 1
    assert file.read_bytes() == held
    assert os.listdir(tmp_path) == ["days.ics"]


def test_a_folder_takes_another_one_s_place_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "out"
    with replacing_folder(place) as new:
        (new / "a").write_text("1")
    with pytest.raises(KeyboardInterrupt):
        _stopped_while_writing(place)
    assert (place / "a").read_text() == "1"
    with replacing_folder(place) as new:
        (new / "b").write_text("3")
    assert os.listdir(place) == ["b"]
    assert os.listdir(tmp_path) == ["out"]
    check_folder(place, is_ours=lambda _: True)


@pytest.mark.parametrize("write", [replacing, replacing_folder])
def test_what_a_killed_export_left_goes_with_the_next_one_to_the_same_place(
    tmp_path: Path, write: Callable[[Path], AbstractContextManager[Path]]
) -> None:
    place, other = tmp_path / "out", tmp_path / ".out.rem-notes"
    other.write_text("somebody's own")
    _killed_while_writing(place, write.__name__)
    assert [each.partition("new-")[0] for each in os.listdir(tmp_path) if "new" in each] == [".out.rem-"]
    with write(place) as new:
        (new / "a" if new.is_dir() else new).write_text("2")
    assert sorted(os.listdir(tmp_path)) == [".out.rem-notes", "out"]


def test_a_folder_whose_export_was_killed_between_two_renames_is_back_before_the_next(tmp_path: Path) -> None:
    place, old = tmp_path / "out", tmp_path / ".out.rem-old-abc123"
    old.mkdir()
    (old / "a").write_text("1")
    with pytest.raises(KeyboardInterrupt):
        _stopped_while_writing(place)
    assert (place / "a").read_text() == "1"
    assert os.listdir(tmp_path) == ["out"]


def test_two_exports_to_one_place_do_not_disturb_each_other(tmp_path: Path) -> None:
    place = tmp_path / "out"
    with replacing_folder(place) as new:
        (new / "a").write_text("1")
        with pytest.raises(InputError, match="Another process writes"), replacing_folder(place):
            pass
    assert (place / "a").read_text() == "1"


def test_an_empty_home_has_nothing_to_export(rem: Rem, home: Home, tmp_path: Path) -> None:
    done = rem("--home", home.path, "export", "ical", tmp_path / "a.ics")
    assert (done.code, "is empty so far" in done.err) == (0, True)
    assert rem("--home", home.path, "export", "markdown", tmp_path, "--json").json == {}


def _killed_while_writing(place: Path, how: str) -> None:
    """A process that is gone in the middle, without a chance to clean up."""
    code = f"""
import os
from pathlib import Path
from rem_dagster.interfaces.cli.filed import {how}
with {how}(Path({str(place)!r})) as new:
    (new / "a" if new.is_dir() else new).write_text("clear text")
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9


def _stopped_while_writing(place: Path) -> None:
    with replacing_folder(place) as new:
        (new / "a").write_text("2")
        raise KeyboardInterrupt


@pytest.mark.parametrize("words", [["jsonl", "-"], ["parquet", "-"], ["ical", "-"]])
def test_a_dash_makes_no_folder_or_file_of_that_name(
    rem: Rem, lived: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    done = rem("--home", lived.path, "export", *words)
    assert done.code == 2
    assert "standard output" in done.err
    assert sorted(tmp_path.iterdir()) == before
