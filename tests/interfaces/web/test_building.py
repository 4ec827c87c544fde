"""What does a journal of files hold, and what does building it leave alone?"""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from rem_dagster.errors import InputError
from rem_dagster.interfaces.web.building import Building, build
from rem_dagster.interfaces.web.written import MANIFEST, Writing
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from tests.interfaces.web.days import DAY, USER, Elements, a_day, at
from tests.stored import mention, put

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def memory(home: Home, store: Store) -> Memory:
    """Two dreamt days."""
    a_day(store)
    a_day(store, day=NEXT, text="Found the lost edges.")
    return Memory(home, USER)


def test_every_day_week_month_and_year_has_a_page(memory: Memory, tmp_path: Path) -> None:
    built = build(memory, Building(tmp_path / "site"))
    pages = {str(each.relative_to(tmp_path / "site")) for each in (tmp_path / "site").rglob("*.html")}
    assert pages == {
        *("index.html", "day/2025-10-20.html", "day/2025-10-21.html"),
        *("week/2025-W43.html", "month/2025-10.html", "year/2025.html"),
    }
    assert (built.days, built.pages, built.removed) == (2, 6, 0)


def test_topics_and_people_have_pages_where_no_day_is_left_out(memory: Memory, tmp_path: Path) -> None:
    said = {"moment_ids": memory.store.read("moments", ["id"])["id"].to_pylist()[:1]}
    topic = mention("loader", at=at(9)) | said
    person = mention("Priya", at=at(9)) | said | {"kind": "person"}
    put(memory.store, "mentions", topic, person)
    build(memory, Building(tmp_path / "site"))
    place = tmp_path / "site" / "topic" / f"{topic['entity_id']}.html"
    assert "loader" in place.read_text(encoding="utf-8")
    day = Elements((tmp_path / "site/day/2025-10-20.html").read_text(encoding="utf-8"))
    assert f"../topic/{topic['entity_id']}.html" in day.values("a", "href")
    for each in ("topics.html", "people.html"):
        found = Elements((tmp_path / "site" / each).read_text(encoding="utf-8"))
        assert found.values("form", "action") == []
    check_links(tmp_path / "site")
    build(memory, Building(tmp_path / "site", first=DAY))
    assert not (tmp_path / "site/topics.html").exists()
    assert not place.exists()


def test_every_link_leads_to_a_file_that_is_there(memory: Memory, tmp_path: Path) -> None:
    build(memory, Building(tmp_path / "site"))
    check_links(tmp_path / "site")


def check_links(folder: Path) -> None:
    """Hold every link against what is there."""
    for place in folder.rglob("*.html"):
        found = Elements(place.read_text(encoding="utf-8"))
        links = [*found.values("a", "href"), *found.values("link", "href"), *found.values("script", "src")]
        for link in links:
            path, _, anchor = link.partition("#")
            target = (place.parent / path).resolve() if path else place
            assert target.is_file(), (place, link)
            if anchor and target.suffix == ".html":
                ids = [attrs.get("id") for _, attrs in Elements(target.read_text(encoding="utf-8")).elements]
                assert anchor in ids


def test_a_page_of_files_has_a_policy_and_no_form(memory: Memory, tmp_path: Path) -> None:
    build(memory, Building(tmp_path / "site"))
    html = (tmp_path / "site/day/2025-10-20.html").read_text(encoding="utf-8")
    found = Elements(html)
    policies = [
        attrs for name, attrs in found.elements if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in (policies[0]["content"] or "")
    assert found.values("form", "action") == []
    assert "htmx" not in html


def test_the_same_again_writes_nothing(memory: Memory, tmp_path: Path) -> None:
    build(memory, Building(tmp_path / "site"))
    before = {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*.html")}
    again = build(memory, Building(tmp_path / "site"))
    assert (again.written, again.removed) == (0, 0)
    assert {each: each.stat().st_mtime_ns for each in tmp_path.rglob("*.html")} == before


def test_pages_of_days_that_are_gone_go_and_other_files_stay(memory: Memory, tmp_path: Path) -> None:
    build(memory, Building(tmp_path / "site"))
    (tmp_path / "site/mine.html").write_text("mine", encoding="utf-8")
    for table in ("messages", "resources", "moments", "dreams", "summaries", "sessions"):
        memory.store.delete(table, equals("partition_key", NEXT.isoformat()))
    built = build(memory, Building(tmp_path / "site"))
    assert built.removed == 1
    assert not (tmp_path / "site/day/2025-10-21.html").exists()
    assert (tmp_path / "site/mine.html").read_text(encoding="utf-8") == "mine"
    assert "Found the lost edges" not in (tmp_path / "site/week/2025-W43.html").read_text(encoding="utf-8")


def test_a_build_that_broke_off_goes_on(memory: Memory, tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(memory, Building(tmp_path / "site", on_day=stop))
    assert (tmp_path / "site/day/2025-10-20.html").exists()
    assert not (tmp_path / "site/index.html").exists()
    assert build(memory, Building(tmp_path / "site")).days == 2
    check_links(tmp_path / "site")
    assert not list((tmp_path / "site").rglob("*.tmp"))


def test_a_folder_of_somebody_else_is_left_alone(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="no journal wrote"):
        build(memory, Building(tmp_path / "site"))
    assert os.listdir(tmp_path / "site") == ["index.html"]
    build(memory, Building(tmp_path / "site", force=True))
    assert (tmp_path / "site/day/2025-10-20.html").exists()
    with pytest.raises(InputError, match="is a file"):
        build(memory, Building(tmp_path / "site/index.html"))


@pytest.mark.parametrize("files", [{"../x": ""}, {"/etc/x": ""}, {"a/b/c": ""}, ["x"], None])
def test_a_list_of_files_that_leads_out_of_the_folder_is_not_believed(
    memory: Memory, tmp_path: Path, files: object
) -> None:
    (tmp_path / "x").write_text("mine", encoding="utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / MANIFEST).write_text(json.dumps({"format": 1, "files": files}), encoding="utf-8")
    with pytest.raises(InputError, match="Nothing was written"):
        build(memory, Building(tmp_path / "site"))
    assert (tmp_path / "x").exists()


def test_days_that_were_not_asked_for_are_told_nowhere(memory: Memory, tmp_path: Path) -> None:
    build(memory, Building(tmp_path / "site", first=NEXT))
    pages = "".join(each.read_text(encoding="utf-8") for each in (tmp_path / "site").rglob("*.html"))
    assert "fsync" not in pages
    assert "Found the lost edges." in pages
    with pytest.raises(InputError, match="no day to write"):
        build(memory, Building(tmp_path / "other", first=NEXT + timedelta(days=1)))
    assert not (tmp_path / "other").exists()


def test_a_build_that_was_stopped_goes_on_with_the_same_command(memory: Memory, tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "site"
    with pytest.raises(KeyboardInterrupt):
        build(memory, Building(folder, on_day=stop))
    assert (folder / "day/2025-10-20.html").is_file()
    assert build(memory, Building(folder)).pages == 6
    check_links(folder)


def test_a_build_that_was_killed_leaves_no_page_of_another_state(memory: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    build(memory, Building(folder))
    page, told = folder / "day/2025-10-20.html", folder / MANIFEST
    was, before = page.read_bytes(), json.loads(told.read_text(encoding="utf-8"))["files"]
    with Writing(folder, before).noted():
        at_once = told.read_bytes()
        page.write_bytes(b"a page of a correction that was taken back since")
    told.write_bytes(at_once)
    build(memory, Building(folder))
    assert page.read_bytes() == was


def test_a_folder_that_takes_no_file_is_told_and_its_pages_stay_whole(memory: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    build(memory, Building(folder))
    (folder / "month/2025-10.html").unlink()
    (folder / "month").rmdir()
    (folder / "month").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(InputError, match=r"2025-10\.html cannot be written: .* the same command goes on"):
        build(memory, Building(folder))
    (folder / "month").unlink()
    build(memory, Building(folder))
    check_links(folder)
    assert not list(folder.rglob(".rem-unfinished"))
