"""A block goes into a note, and every other byte of the note stays."""

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.recall.export.note_file import Note, read_note, write_note

BLOCK = "<!-- rem:begin day=2025-10-20 user=ab -->\nfirst\n<!-- rem:end -->\n"
OTHER = BLOCK.replace("first", "second ✓\n\nthird")
AROUND = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")).filter(
    lambda text: "rem:" not in text
)
LINE_ENDS = st.sampled_from(["\n", "\r\n"])


def note(raw: bytes) -> Note:
    return Note(Path("a.md"), raw, (0, 0))


@given(before=AROUND, after=AROUND, line_end=LINE_ENDS, mark=st.booleans())
def test_what_stands_around_a_block_is_never_touched(
    before: str, after: str, line_end: str, mark: bool
) -> None:
    head = (codecs.BOM_UTF8 if mark else b"") + before.encode()
    raw = head + BLOCK.rstrip("\n").replace("\n", line_end).encode() + after.encode()
    (place,) = note(raw).blocks
    made = note(raw).with_block(OTHER, place)
    assert made.startswith(head)
    assert made.endswith(after.encode())
    inside = made[len(head) : len(made) - len(after.encode())]
    assert inside.replace(b"\r\n", b"\n").decode() == OTHER.rstrip("\n")
    (again,) = note(made).blocks
    assert note(made).with_block(OTHER, again) == made


@given(text=AROUND, mark=st.booleans())
def test_a_block_is_put_behind_what_is_there_and_written_twice_is_the_same(text: str, mark: bool) -> None:
    raw = (codecs.BOM_UTF8 if mark else b"") + text.encode()
    made = note(raw).with_block(BLOCK, None)
    assert made.startswith(raw)
    (place,) = note(made).blocks
    assert note(made).with_block(BLOCK, place) == made


def test_lines_end_as_the_note_s_do() -> None:
    made = note(b"mine\r\nand more\r\n").with_block(BLOCK, None)
    assert made.count(b"\n") == made.count(b"\r\n")
    assert b"\r" not in note(b"mine\n").with_block(BLOCK, None)


@pytest.mark.parametrize(
    "raw",
    [
        "mine".encode("utf-16"),
        b"latin \xe9\n",
        b"a\0b",
        b"<!-- rem:begin --> and no end",
        b"<!-- rem:end -->",
        b"<!-- rem:begin --><!-- rem:begin --><!-- rem:end --><!-- rem:end -->",
    ],
)
def test_a_note_that_cannot_be_written_into_says_why(raw: bytes) -> None:
    assert note(raw).trouble is not None


def test_a_note_is_replaced_all_at_once_and_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"mine")
    path.chmod(0o640)
    held = read_note(path)
    assert write_note(held, b"ours")
    assert path.read_bytes() == b"ours"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["a.md"]


def test_a_note_that_somebody_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"mine")
    held = read_note(path)
    path.write_bytes(b"mine, and more")
    assert not write_note(held, b"ours")
    assert path.read_bytes() == b"mine, and more"
    path.unlink()
    missing = read_note(path)
    path.write_bytes(b"new")
    assert not write_note(missing, b"ours")
    assert os.listdir(tmp_path) == ["a.md"]
