"""Notes are written, edited and taken over: on real homes, with real corrections."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.errors import InputError
from rem_dagster.memory import Memory
from rem_dagster.model.window import calendar_of
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES
from rem_dagster.recall.export.edits import Edit
from rem_dagster.recall.export.notes import Brought, Notes, bring_notes, days_of
from rem_dagster.recall.export.vault import vault_at
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill, rows
from tests.lives import LIVES, dream, link

USER = "ines"
DAY = "2025-10-06"


@pytest.fixture(scope="module")
def dreamt_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two dreamt days; tests work on copies."""
    home = open_home(tmp_path_factory.mktemp("notes") / "home", create=True, flags={"timezone": "UTC"})
    store = LIVES.begin(home)
    fill(home, store, [each for day in range(2) for each in chat_day(day)])
    dream(home, store, OfflineEngine(), DreamPlan())
    return home.path


@pytest.fixture
def copied(dreamt_once: Path, tmp_path: Path) -> Callable[[str], Home]:
    """Makes homes that hold the same."""

    def copy(name: str) -> Home:
        link(dreamt_once, tmp_path / name)
        return open_home(tmp_path / name)

    return copy


@pytest.fixture
def lived(copied: Callable[[str], Home]) -> Home:
    return copied("lived")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "notes"
    place.mkdir()
    return place


def bring(home: Home, folder: Path, *, pulls: bool = True, writes: bool = True) -> Brought:
    """As the command does."""
    memory = Memory(home, USER)

    def fix(edit: Edit) -> None:
        memory.fix(edit.verb, moment_ids=[edit.moment_id], value=edit.value)

    notes = Notes(
        store=memory.store,
        vault=vault_at(folder),
        user_id=USER,
        calendar=calendar_of(home),
        moment_types=list(BUILT_IN_MOMENT_TYPES),
        fix=fix if pulls else None,
        writes=writes,
    )
    return bring_notes(notes, days_of(notes))


def moments(home: Home) -> list[dict[str, object]]:
    """All but `dream_id`, which tells when corrections were made."""
    held = rows(Store(home.tables_uri), "moments")
    return [{name: value for name, value in each.items() if name != "dream_id"} for each in held]


def first_of(home: Home) -> dict[str, object]:
    held = [each for each in moments(home) if each["partition_key"] == DAY]
    return min(held, key=lambda each: (str(each["start_time"]), str(each["end_time"]), str(each["id"])))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_second_export_touches_no_file(lived: Home, folder: Path) -> None:
    first = bring(lived, folder)
    assert [each.name for each in first.created] == ["2025-10-06.md", "2025-10-07.md"]
    stamps = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    again = bring(lived, folder)
    assert (again.created, again.updated, again.unchanged) == ([], [], 2)
    assert stamps == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_a_note_that_is_there_keeps_all_that_is_in_it(lived: Home, folder: Path) -> None:
    mine = "\ufeff# My day\r\n\r\nNothing much.\r\n".encode()
    (folder / f"{DAY}.md").write_bytes(mine)
    bring(lived, folder)
    held = (folder / f"{DAY}.md").read_bytes()
    assert held.startswith(mine)
    assert held.count(b"\n") == held.count(b"\r\n")
    assert b"---\r\ndate" not in held


def test_a_place_for_the_block_is_filled_where_it_is(lived: Home, folder: Path) -> None:
    (folder / f"{DAY}.md").write_text("before\n<!-- rem:begin -->\n<!-- rem:end -->\nafter\n")
    bring(lived, folder)
    text = (folder / f"{DAY}.md").read_text()
    assert text.startswith("before\n<!-- rem:begin day=2025-10-06")
    assert text.endswith("<!-- rem:end -->\nafter\n")
    assert text.count("rem:begin") == 1


@pytest.mark.runs
def test_edits_become_the_corrections_that_fix_would_make(
    copied: Callable[[str], Home], folder: Path
) -> None:
    by_note, by_hand = copied("by-note"), copied("by-hand")
    first = first_of(by_hand)
    bring(by_note, folder)
    path = folder / f"{DAY}.md"
    change(path, f"### {first['name']}", "### What I call it")
    change(path, " · Talk", " · Planning")
    brought = bring(by_note, folder)
    assert [edit.verb for _, edit in brought.corrected] == ["rename", "retype"]
    memory = Memory(by_hand, USER)
    memory.fix("rename", moment_ids=[str(first["id"])], value={"name": "What I call it"})
    memory.fix("retype", moment_ids=[brought.corrected[1][1].moment_id], value={"moment_type": "planning"})
    assert moments(by_note) == moments(by_hand)
    again = bring(by_note, folder)
    assert (again.corrected, again.unchanged) == ([], 2)


def test_a_section_that_was_deleted_hides_its_moment(copied: Callable[[str], Home], folder: Path) -> None:
    by_note, by_hand = copied("by-note"), copied("by-hand")
    first = first_of(by_note)
    bring(by_note, folder)
    text = (folder / f"{DAY}.md").read_text()
    begin = text.index("### ")
    (folder / f"{DAY}.md").write_text(text[:begin] + text[text.index("### ", begin + 1) :])
    brought = bring(by_note, folder)
    assert [(edit.verb, edit.moment_id) for _, edit in brought.corrected] == [("hide", first["id"])]
    Memory(by_hand, USER).fix("hide", moment_ids=[str(first["id"])])
    assert moments(by_note) == moments(by_hand)
    assert str(first["id"]) not in (folder / f"{DAY}.md").read_text()


@pytest.mark.runs
@settings(max_examples=6)
@given(
    title=st.text(st.characters(categories=("L", "Nd", "P", "S", "Zs")), min_size=1, max_size=40).filter(
        lambda text: text.strip() and text.isprintable()
    )
)
def test_any_title_that_is_typed_is_shown_and_read_back(
    title: str, dreamt_once: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("typed")
    link(dreamt_once, place / "home")
    home, folder = open_home(place / "home"), place / "notes"
    bring(home, folder)
    first = first_of(home)
    change(folder / f"{DAY}.md", f"### {first['name']}", f"### {title}")
    brought = bring(home, folder)
    if brought.corrected:
        ((_, edit),) = brought.corrected
        assert first_of(home)["name"] == edit.value["name"]
    again = bring(home, folder)
    assert (again.corrected, again.left) == ([], brought.left)


def test_what_is_not_understood_leaves_the_note_as_it_is(lived: Home, folder: Path) -> None:
    bring(lived, folder)
    path = folder / f"{DAY}.md"
    change(path, " · Talk", " · Chatter")
    held, before = path.read_bytes(), moments(lived)
    brought = bring(lived, folder)
    assert "is no type of moment" in str(brought.left[0])
    assert str(brought.left[0]).startswith(f"{path}:")
    assert (path.read_bytes(), moments(lived)) == (held, before)


def test_a_note_with_several_faults_is_one_note_and_told_in_the_order_of_its_lines(
    lived: Home, folder: Path
) -> None:
    bring(lived, folder)
    path = folder / f"{DAY}.md"
    change(path, "### ", "### Mine\n\nBetween a title and its mark.\n\n### ")
    change(path, "<!-- rem:moments", "### Another of mine\n\n<!-- rem:moments")
    brought = bring(lived, folder)
    lines = [each.line or 0 for each in brought.left]
    assert (brought.left_notes, len(lines) > 1, lines) == (1, True, sorted(lines))


def test_what_fix_refuses_is_told_with_its_line(lived: Home, folder: Path) -> None:
    bring(lived, folder)
    path = folder / f"{DAY}.md"
    change(path, f"### {first_of(lived)['name']}", f"### {'long ' * 60}")
    (left,) = bring(lived, folder).left
    assert left.line is not None
    assert path.read_text().splitlines()[left.line - 1].startswith("### long long")


def test_without_taking_edits_over_a_note_with_edits_is_left_alone(lived: Home, folder: Path) -> None:
    bring(lived, folder)
    change(folder / f"{DAY}.md", f"### {first_of(lived)['name']}", "### Mine")
    brought = bring(lived, folder, pulls=False)
    assert [each.reason for each in brought.left] == ["has edits that are no corrections yet"]
    assert "### Mine" in (folder / f"{DAY}.md").read_text()


def test_only_taking_edits_over_writes_no_note(lived: Home, folder: Path) -> None:
    bring(lived, folder)
    change(folder / f"{DAY}.md", f"### {first_of(lived)['name']}", "### Mine")
    held = (folder / f"{DAY}.md").read_bytes()
    assert len(bring(lived, folder, writes=False).corrected) == 1
    assert (folder / f"{DAY}.md").read_bytes() == held
    assert bring(lived, folder).corrected == []


def test_a_vault_that_was_moved_is_still_known(lived: Home, folder: Path, tmp_path: Path) -> None:
    bring(lived, folder)
    moved = folder.rename(tmp_path / "elsewhere")
    change(moved / f"{DAY}.md", f"### {first_of(lived)['name']}", "### Mine")
    assert [edit.verb for _, edit in bring(lived, moved).corrected] == ["rename"]


def test_a_day_whose_moments_are_gone_says_nothing_of_them(lived: Home, folder: Path) -> None:
    bring(lived, folder)
    store = Store(lived.tables_uri)
    for table in ("moments", "summaries"):
        store.delete(table, "user_id = 'ines'")
    bring(lived, folder)
    text = (folder / f"{DAY}.md").read_text()
    assert "Nothing is recorded of this day." in text
    assert "###" not in text


def test_links_out_of_the_folder_are_not_followed(lived: Home, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("theirs")
    (folder / f"{DAY}.md").symlink_to(outside)
    brought = bring(lived, folder)
    assert [each.reason for each in brought.left] == ["is a link that leads out of the folder"]
    assert outside.read_text() == "theirs"


def test_a_link_within_the_folder_stays_one(lived: Home, folder: Path) -> None:
    (folder / "real.md").write_text("mine\n")
    (folder / f"{DAY}.md").symlink_to("real.md")
    bring(lived, folder)
    assert (folder / f"{DAY}.md").is_symlink()
    assert "rem:begin" in (folder / "real.md").read_text()


def test_two_blocks_of_a_day_and_one_of_another_are_told(lived: Home, folder: Path) -> None:
    bring(lived, folder)
    one, two = (folder / f"{DAY}.md"), (folder / "2025-10-07.md")
    one.write_text(one.read_text() * 2)
    two.write_text(one.read_text().split("<!-- rem:end -->")[0] + "<!-- rem:end -->\n")
    told = sorted(each.reason for each in bring(lived, folder).left)
    assert told == ["has the block of another day, 2025-10-06", "has two blocks of this day"]


def test_an_obsidian_vault_s_own_daily_notes_are_used(lived: Home, folder: Path) -> None:
    (folder / ".obsidian").mkdir()
    settings_of = folder / ".obsidian" / "daily-notes.json"
    settings_of.write_text('{"folder": "Daily", "format": "DD-MM-YYYY"}')
    bring(lived, folder)
    assert sorted(os.listdir(folder / "Daily")) == ["06-10-2025.md", "07-10-2025.md"]
    assert bring(lived, folder).unchanged == 2
    settings_of.write_text('{"folder": "Daily", "format": "dddd DD MMMM YYYY"}')
    assert vault_at(folder).format_in_words == "YYYY-MM-DD"
    settings_of.write_text('{"folder": "../../etc"}')
    with pytest.raises(InputError, match="outside of it"):
        vault_at(folder)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is no folder"):
        vault_at(tmp_path / "file")


def test_importing_the_notes_brings_in_what_a_person_wrote_alone(
    lived: Home, folder: Path, tmp_path: Path
) -> None:
    bring(lived, folder)
    change(folder / "2025-10-07.md", "<!-- rem:end -->\n", "<!-- rem:end -->\n\nMy own thought.\n")
    other = Memory.open(tmp_path / "other", create=True, flags={"timezone": "UTC"})
    report = other.import_path(folder)
    held = other.store.read("resources", ["content"])["content"].to_pylist()
    assert (report.new, held) == (1, ["My own thought.\n"])
