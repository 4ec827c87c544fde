"""Folders of Markdown notes, with the traps of Obsidian and Logseq."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import SourceError
from rem_dagster.model.activity import ResourceItem
from rem_dagster.model.own_output import LOST_END
from rem_dagster.sources import markdown
from rem_dagster.sources.front_matter import (
    inline_tags,
    normal_tags,
    split_front_matter,
    split_page_properties,
)
from rem_dagster.sources.markdown import KIND, MarkdownSource
from rem_dagster.sources.source import Problem
from tests.sources.repositories import commit, new_repository

MODIFIED = datetime(2024, 6, 1, 8, tzinfo=UTC)


def write(root: Path, name: str, text: str | bytes) -> Path:
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    os.utime(place, (MODIFIED.timestamp(), MODIFIED.timestamp()))
    return place


def read(path: Path) -> tuple[list[ResourceItem], list[Problem]]:
    told = list(MarkdownSource(path, "test").read())
    items = [each for each in told if isinstance(each, ResourceItem)]
    return items, [each for each in told if isinstance(each, Problem)]


def only_note(root: Path, name: str, text: str | bytes) -> tuple[ResourceItem, list[Problem]]:
    write(root, name, text)
    (item,), problems = read(root)
    return item, problems


def test_front_matter_gives_title_time_tags_aliases_and_properties(tmp_path: Path) -> None:
    text = (
        "---\ntitle: Vamana\ncreated: 2024-05-01T09:30:00+02:00\nupdated: 2024-05-03\n"
        "tags: [Graph Search, ANN]\naliases: DiskANN paper\nrating: 5\nnested: {a: 1}\n---\n"
        "I read [[Vamana#Pruning|it]]. #Reading/papers\n"
    )
    item, problems = only_note(tmp_path, "papers/Vamana paper.md", text)
    assert not problems
    assert (item.native_id, item.name) == ("papers/Vamana paper.md", "Vamana")
    assert item.content == "I read [[Vamana#Pruning|it]]. #Reading/papers\n"
    assert item.tags == ("ann", "graph-search", "reading/papers")
    told = {"aliases": ["DiskANN paper"], "properties": {"rating": 5}}
    assert item.metadata == {**told, "path": "papers/Vamana paper.md", "vault": "test"}
    assert item.created_at.isoformat() == "2024-05-01T09:30:00+02:00"
    assert (item.utc_offset_minutes, item.time_confidence) == (120, "exact")
    assert item.updated_at == datetime(2024, 5, 3)


@pytest.mark.parametrize(
    ("name", "settings", "day"),
    [
        ("2024-05-01.md", None, datetime(2024, 5, 1)),
        ("journals/2024_05_01.md", None, datetime(2024, 5, 1)),
        ("20240501 Stand-up.md", None, datetime(2024, 5, 1)),
        ("daily/01-05-2024.md", '{"format": "DD-MM-YYYY"}', datetime(2024, 5, 1)),
        ("2024/05/01.md", '{"format": "YYYY/MM/DD"}', datetime(2024, 5, 1)),
    ],
)
def test_a_daily_notes_name_gives_its_day(
    tmp_path: Path, name: str, settings: str | None, day: datetime
) -> None:
    if settings:
        write(tmp_path, ".obsidian/daily-notes.json", settings)
    item, _ = only_note(tmp_path, name, "- slept well")
    assert (item.created_at, item.time_confidence) == (day, "assumed_time")
    assert item.updated_at == MODIFIED


@pytest.mark.parametrize("name", ["Plan.md", "2024-13-45.md", "12345678901.md", "Release 2024.md"])
def test_a_note_without_a_date_has_its_files_time_as_a_guess(tmp_path: Path, name: str) -> None:
    item, problems = only_note(tmp_path, name, "text")
    assert (item.created_at, item.time_confidence) == (MODIFIED, "guessed")
    assert not problems


@pytest.mark.parametrize(
    "front", ["title: [unclosed", "created: 2024-13-45", "\tx: 1", "? [a]\n: b\n&a *a : *b"]
)
def test_front_matter_that_cannot_be_read_is_a_notice_and_no_text_is_lost(tmp_path: Path, front: str) -> None:
    item, problems = only_note(tmp_path, "a.md", f"---\n{front}\n---\nThe body.\n")
    assert "The body." in item.content
    assert [problem.kind for problem in problems] == ["notice"]


@pytest.mark.parametrize("opening", ["[", "{", "[{"])
def test_brackets_in_brackets_without_end_are_told_soon(opening: str) -> None:
    text = f"---\ntitle: {opening * 5_000}\n---\nWords"
    before = time.process_time()
    front, body = split_front_matter(text)
    assert time.process_time() - before < 0.2
    assert front.error == "has more than 100 brackets in brackets"
    assert body == text


def test_many_brackets_beside_each_other_are_read() -> None:
    front, body = split_front_matter("---\nup: [" + ", ".join(['"[[x]]"'] * 150) + "]\n---\nWords")
    assert front.properties == {"up": ["[[x]]"] * 150}
    assert body == "Words"


def test_a_line_across_the_page_is_no_front_matter(tmp_path: Path) -> None:
    text = "---\nJust prose here\n---\nand more\n"
    item, problems = only_note(tmp_path, "a.md", text)
    assert (item.content, problems) == (text, [])


def test_aliases_that_multiply_without_end_do_not_blow_up(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    item, _ = only_note(tmp_path, "a.md", "---\n" + "\n".join(lines) + "\n---\nbody\n")
    assert item.metadata["properties"] == {"a0": ["x", "x"]}


def test_folders_of_programs_templates_and_old_versions_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, ".obsidian/templates.json", '{"folder": "my forms"}')
    for name in (".trash/a.md", "Templates/b.md", "my forms/c.md", "logseq/bak/d.md", ".hidden.md", "e.txt"):
        write(tmp_path, name, "no")
    item, problems = only_note(tmp_path, "notes/deep/kept.MD", "yes")
    assert item.native_id == "notes/deep/kept.MD"
    assert [(problem.kind, problem.reason) for problem in problems] == [("skipped", "is no note (.txt)")]


def test_what_we_wrote_into_a_note_is_not_read_back(tmp_path: Path) -> None:
    text = "Mine.\n<!-- rem:begin -->\nWhat rem wrote.\n<!-- rem:end -->\nMine too.\n"
    item, _ = only_note(tmp_path, "a.md", text)
    assert item.content == "Mine.\nMine too.\n"


def test_broken_utf_8_is_replaced_and_noticed_and_line_ends_are_evened(tmp_path: Path) -> None:
    item, problems = only_note(tmp_path, "a.md", b"\xef\xbb\xbfcaf\xe9\r\nnext\r\n")
    assert item.content == "caf\ufffd\nnext\n"
    assert [problem.kind for problem in problems] == ["notice"]


def test_binary_and_empty_files_pipes_and_broken_links_are_told_and_the_rest_lands(tmp_path: Path) -> None:
    write(tmp_path, "binary.md", b"\x00\x01\x02")
    write(tmp_path, "empty.md", "  \n")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    (tmp_path / "again.md").symlink_to(tmp_path / "good.md")
    (tmp_path / "around").symlink_to(tmp_path, target_is_directory=True)
    item, problems = only_note(tmp_path, "good.md", "good")
    assert item.content == "good\n"
    told = {Path(problem.where).name: (problem.kind, problem.reason) for problem in problems}
    assert told == {
        "binary.md": ("skipped", "is no text"),
        "empty.md": ("skipped", "holds no text"),
        "pipe.md": ("skipped", "is no file"),
        "gone.md": ("failed", "cannot be read"),
        "loop.md": ("failed", "cannot be read"),
        "again.md": ("skipped", "is a link to another note of the folder"),
    }


def test_a_single_note_is_known_by_its_name(tmp_path: Path) -> None:
    place = write(tmp_path, "one.md", "text")
    write(tmp_path, "other.md", "text")
    (item,), _ = read(place)
    assert item.native_id == "one.md"


def test_a_folder_without_notes_says_so_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    items, problems = read(tmp_path)
    assert not items
    assert [problem.reason for problem in problems] == ["there are no Markdown notes in it"]
    with pytest.raises(SourceError, match="no such folder"):
        read(tmp_path / "none")


def test_a_note_in_a_repository_is_as_old_as_its_first_commit_unless_its_file_is_older(
    tmp_path: Path,
) -> None:
    root = new_repository(tmp_path / "repository")
    for name, at in (
        ("vault/é one.md", "2024-05-01T09:30:00+02:00"),
        ("vault/two.md", "2025-01-01T00:00:00Z"),
    ):
        commit(root, "a note", file=name, at=at)
        os.utime(root / name, (MODIFIED.timestamp(), MODIFIED.timestamp()))
    commit(root, "an edit", file="vault/é one.md", at="2024-05-20T09:30:00Z")
    os.utime(root / "vault/é one.md", (MODIFIED.timestamp(), MODIFIED.timestamp()))
    items, _ = read(root / "vault")
    told = {item.native_id: (item.created_at.isoformat(), item.time_confidence) for item in items}
    assert told == {
        "é one.md": ("2024-05-01T09:30:00+02:00", "guessed"),
        "two.md": (MODIFIED.isoformat(), "guessed"),
    }


def test_a_note_of_20_megabytes_is_read(tmp_path: Path) -> None:
    item, problems = only_note(tmp_path, "big.md", "word " * 4_000_000)
    assert len(item.content) > 19_000_000
    assert not problems


def test_tags_in_code_issue_numbers_and_headings_are_no_tags() -> None:
    text = "# Title\n#real and (#also-real) `#span`\n```\n#fenced\n```\nsee #123, a#b, #2024-plan\n"
    assert normal_tags(inline_tags(text)) == ("2024-plan", "also-real", "real")


def test_logseqs_own_journal_format_gives_the_day(tmp_path: Path) -> None:
    write(
        tmp_path,
        "logseq/config.edn",
        '{;; :journal/file-name-format "x"\n :journal/file-name-format "dd-MM-yyyy"}',
    )
    item, _ = only_note(tmp_path, "journals/01-05-2024.md", "- text")
    assert item.created_at == datetime(2024, 5, 1)


def test_logseqs_properties_are_read_and_its_marks_left_out(tmp_path: Path) -> None:
    top = "title:: The Plan\ntags:: one, [[Two Three]]\nalias:: A, B\nstatus:: open\n\n"
    text = top + "- block\n  id:: 6f0c\n- next\n"
    item, _ = only_note(tmp_path, "pages/plan.md", text)
    assert item.name == "The Plan"
    assert item.tags == ("one", "two-three")
    assert item.metadata["aliases"] == ["A", "B"]
    assert item.metadata["properties"] == {"status": "open"}
    assert "6f0c" not in item.content
    assert item.content.endswith("- block\n- next\n")


def test_files_of_a_vault_that_are_no_notes_are_counted_by_their_ending(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    for name in ("map.canvas", "a.png", "b.PNG", ".DS_Store"):
        write(tmp_path, name, "x")
    _, problems = only_note(tmp_path, "a.md", "text")
    assert sorted(problem.reason for problem in problems) == [
        "is no note (.canvas)",
        "is no note (.png)",
        "is no note (.png)",
    ]


def test_the_id_that_a_note_says_counts_more_than_its_path_and_counts_once(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "---\nid: 20240501\n---\ntext")
    write(tmp_path, "b.md", "---\nid: '20240501'\n---\nother")
    items, problems = read(tmp_path)
    assert [item.native_id for item in items] == ["id:20240501", "b.md"]
    assert [problem.kind for problem in problems] == ["notice"]


SCRAPS = (
    "---\n",
    "a: 1\n",
    "id:: x\n",
    "tags:: [[a]], #b\n",
    "date: 2024-13-45\n",
    "- ",
    "[[",
    "\ud800",
    "\0",
    "!!",
)


@given(st.lists(st.sampled_from(SCRAPS) | st.text(max_size=8), max_size=12))
def test_no_beginning_of_a_note_breaks_its_reading(scraps: list[str]) -> None:
    front, body = split_page_properties(*split_front_matter("".join(scraps)))
    assert isinstance(body, str)
    normal_tags([*front.tags, *inline_tags(body)])
    assert front.id is None or front.id.strip()
    assert isinstance(front.aliases, list)
    assert isinstance(front.properties, dict)


def test_people_of_the_front_matter_are_named_without_their_links(tmp_path: Path) -> None:
    text = "---\npeople: ['[[p/Rosa|Rosa Lind]]', Tom, '']\n---\nLunch.\n"
    item, _ = only_note(tmp_path, "a.md", text)
    assert item.metadata["people"] == ["Rosa Lind", "Tom"]
    write(tmp_path, "a.md", "---\npeople: Tom\n---\nLunch.\n")
    assert read(tmp_path)[0][0].metadata["people"] == ["Tom"]


def test_a_whole_disk_is_not_searched_for_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a/x.txt", "")
    write(tmp_path, "a/b/y.txt", "")
    write(tmp_path, "a/b/c/n.md", "a note")
    assert KIND.recognise(tmp_path) == "it holds a/b/c/n.md"
    monkeypatch.setattr(markdown, "ENTRIES_LOOKED_AT", 2)
    assert KIND.recognise(tmp_path) is None


def test_a_block_of_ours_that_lost_its_end_mark_is_left_out_and_noticed(tmp_path: Path) -> None:
    text = "Mine.\n<!-- rem:begin day=2026-11-16 -->\n## Monday\nWhat rem wrote.\n\n# Later\nMine too.\n"
    item, problems = only_note(tmp_path, "a.md", text)
    assert item.content == "Mine.\n# Later\nMine too.\n"
    assert [(each.kind, each.reason) for each in problems] == [("notice", LOST_END)]


@pytest.mark.parametrize("sign", [b"\xff\xfe", b"\xfe\xff"])
def test_a_note_in_utf_16_is_read_by_the_mark_at_its_beginning(tmp_path: Path, sign: bytes) -> None:
    text = "# Harbour\nI saw the 🚢.\n"
    raw = sign + text.encode("utf-16-le" if sign == b"\xff\xfe" else "utf-16-be")
    item, problems = only_note(tmp_path, "a.md", raw)
    assert item.content == text
    assert not problems
    write(tmp_path, "a.md", sign + b"\xd8")
    assert len(read(tmp_path)[0]) <= 1
