"""Exports as zips and as folders."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rem_dagster.errors import SourceError
from rem_dagster.sources.archive import Archive

Make = Callable[[dict[str, bytes]], Path]


@pytest.fixture(params=["zip", "folder"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    def made(files: dict[str, bytes]) -> Path:
        if request.param == "zip":
            with zipfile.ZipFile(tmp_path / "e.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in files.items():
                    archive.writestr(name, content)
            return tmp_path / "e.zip"
        for name, content in files.items():
            place = tmp_path / "e" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return tmp_path / "e"

    return made


def test_a_zip_and_its_folder_hold_the_same(make: Make) -> None:
    with Archive(make({"b/c.json": b'[1, {"x": 2.5}]', "a.json": b"{}"})) as archive:
        assert archive.names == ("a.json", "b/c.json")
        assert archive.read_json("a.json") == {}
        assert [each.value for each in archive.stream_array("b/c.json")] == [1, {"x": 2.5}]


def test_elements_before_a_break_come_and_the_break_is_told(make: Make) -> None:
    with Archive(make({"a.json": json.dumps([{"n": 1}, {"n": 2}]).encode()[:-4]})) as archive:
        elements = archive.stream_array("a.json")
        assert next(elements).value == {"n": 1}
        with pytest.raises(SourceError, match=r"'a\.json'.*not whole JSON"):
            list(elements)


def test_what_is_missing_or_no_json_is_told(make: Make) -> None:
    with Archive(make({"a.json": b"{"})) as archive:
        with pytest.raises(SourceError, match="is not JSON"):
            archive.read_json("a.json")
        with pytest.raises(SourceError, match=r"Could not read 'b\.json'"):
            archive.read_json("b.json")


def test_what_is_no_zip_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\3\4 half")
    for name in ("a.zip", "none.zip"):
        with pytest.raises(SourceError, match="Name the export as it was downloaded"):
            Archive(tmp_path / name)


def test_links_in_a_circle_are_not_followed_and_what_macos_adds_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "a" / "x.json").write_text("[1]")
    (tmp_path / "a" / "._x.json").write_text("junk")
    with Archive(tmp_path) as archive:
        assert archive.names == ("a/x.json", "gone.json")
        with pytest.raises(SourceError, match=r"gone\.json"):
            archive.read_json("gone.json")
    with Archive(tmp_path / "a", is_deep=False) as archive:
        assert archive.names == ("x.json",)


def test_a_directory_that_is_called_like_a_file_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "conversations.json").mkdir()
    with Archive(tmp_path) as archive:
        assert archive.names == ()


def test_a_zip_whose_names_are_no_text_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("ä.json", b"[]")
    raw = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(raw.replace("ä".encode(), b"\xc3\xc7", 1))
    with Archive(tmp_path / "a.zip") as archive, pytest.raises(SourceError, match="Could not read"):
        archive.read_json(archive.names[0])
