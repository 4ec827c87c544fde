"""Writes and reads of a table whose versions another process drops at that moment."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from rem_dagster.errors import StoreBusyError, StoreError
from rem_dagster.locks import hold
from rem_dagster.recall.sql import query
from rem_dagster.settings import Home
from rem_dagster.store import erase, maintain, overtaken
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.erase import cleanse, read_version, strings_of_versions, versions_of
from rem_dagster.store.filters import equals
from rem_dagster.store.maintain import shrink, tidy
from rem_dagster.store.overtaken import is_overtaken, is_preempted, unless_preempted
from rem_dagster.store.snapshot import from_snapshot
from rem_dagster.store.tables import MOMENTS
from rem_dagster.store.text.months import months_of
from tests.stored import message, moment, put

NONE = timedelta(0)


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overtaken, "SECONDS_BETWEEN", (0.0, 0.0))


def after_opening(
    store: Store,
    table: str,
    others: Callable[[Store], object],
    monkeypatch: pytest.MonkeyPatch,
    *,
    time: int = 1,
) -> list[str]:
    """Let others do something just after a table was opened for the first or another time; each opening."""
    dataset, opened = store.dataset, list[str]()

    def opening(name: str, **options: bool) -> object:
        found = dataset(name, **options)
        if name == table:
            opened.append(name)
            if len(opened) == time:
                others(Store(store.uri))
        return found

    monkeypatch.setattr(store, "dataset", opening)
    return opened


def replace_all(table: str, row: dict[str, object]) -> Callable[[Store], None]:
    """Write a table anew, and drop every file that it had before."""

    def others(store: Store) -> None:
        put(store, table, row)
        store.optimize(table, keep=NONE)

    return others


def hide_a_compaction(store: Store) -> None:
    """Compact moments and write one more, and let the version of the compaction be gone: nobody sees it."""
    before = store.dataset("moments").version
    store.dataset("moments").optimize.compact_files()
    put(store, "moments", moment("another"))
    for version in range(before + 1, store.dataset("moments").version):
        os.unlink(Path(store.uri, "moments.lance", "_versions", f"{2**64 - 1 - version}.manifest"))


READS: dict[str, Callable[[Store], object]] = {
    "rows": lambda store: store.read("moments", ["name"]),
    "a fold": lambda store: store.fold("moments", ["name"], None, list, rows=10),
    "a snapshot": lambda store: from_snapshot(store, "moments", lambda held: held.read(["name"])),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_read_begins_anew_where_its_files_were_dropped(
    read: Callable[[Store], object], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "moments", moment("one"))
    opened = after_opening(store, "moments", replace_all("moments", moment("two")), monkeypatch)
    told = read(store)
    assert len(opened) > 1, "it was not overtaken"
    assert told == read(store)


def test_months_of_what_was_dreamt_begin_anew_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "moments", moment("one"))
    others = replace_all("moments", moment("two"))
    opened = after_opening(store, "moments", others, monkeypatch, time=2)  # they are counted first
    [(count, _)] = months_of(store, ["moments"])["moments"].values()
    assert (count, len(opened)) == (2, 3)


def test_months_of_raw_rows_begin_anew_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "messages", message("one"))
    opened = after_opening(store, "messages", replace_all("messages", message("two")), monkeypatch)
    [(count, _)] = months_of(store, ["messages"])["messages"].values()
    assert (count, len(opened)) == (2, 2)


def test_a_query_begins_anew_where_its_files_were_dropped(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "moments", moment("one"))
    opened = after_opening(store, "moments", replace_all("moments", moment("two")), monkeypatch)
    rows = query(home, store, "SELECT name FROM moments ORDER BY name")
    assert (rows["name"].to_pylist(), len(opened)) == (["one", "two"], 2)


def test_a_version_that_goes_while_versions_are_read_is_left_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "moments", moment("one"))
    gone = versions_of(store, "moments")
    replace_all("moments", moment("two"))(store)
    assert read_version(store, "moments", gone[-1]) is None
    listed = iter([[*gone, *versions_of(store, "moments")]])
    monkeypatch.setattr(
        erase, "versions_of", lambda *asked: next(listed, None) or versions_of(*asked)
    )  # the first time they were all there
    found = [text for strings in strings_of_versions(store, "moments") for text in strings.values]
    assert {"one", "two"} <= set(found)


def test_a_file_that_a_version_lacks_is_an_error_and_no_version_that_went(store: Store) -> None:
    put(store, "moments", moment("one"))
    for file in Path(store.uri, "moments.lance", "data").iterdir():
        file.unlink()
    with pytest.raises(StoreError, match="Not found"):
        list(strings_of_versions(Store(store.uri), "moments"))


def test_a_merge_that_did_not_see_a_compaction_leaves_no_row_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "moments", moment("one", summary="old"))
    put(store, "moments", moment("two"))
    after_opening(store, "moments", hide_a_compaction, monkeypatch)
    put(store, "moments", moment("one", summary="new"))
    rows = store.read("moments", ["name", "summary"]).to_pylist()
    assert sorted(row["name"] for row in rows) == ["another", "one", "two"]
    assert [row["summary"] for row in rows if row["name"] == "one"] == ["new"]


def test_a_slice_that_is_replaced_without_seeing_a_compaction_holds_no_old_row(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "moments", moment("one"))
    put(store, "moments", moment("two"))
    [key] = set(store.read("moments", ["slice_key"])["slice_key"].to_pylist())
    others = {**moment("another"), "slice_key": "another"}
    monkeypatch.setattr("tests.store.test_overtaken.moment", lambda _: others)
    after_opening(store, "moments", hide_a_compaction, monkeypatch)
    store.replace_slices("moments", rows_of(MOMENTS, [{**others, "id": "three", "slice_key": key}]), [key])
    held = store.read("moments", ["id", "slice_key"]).to_pylist()
    assert sorted(row["slice_key"] for row in held) == sorted([key, "another"])
    assert {row["id"] for row in held if row["slice_key"] == key} == {"three"}


def test_a_deletion_that_did_not_see_a_compaction_leaves_no_row(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "moments", moment("one"))
    put(store, "moments", moment("two"))
    after_opening(store, "moments", hide_a_compaction, monkeypatch)
    store.delete("moments", equals("name", "one"))
    assert sorted(store.read("moments", ["name"])["name"].to_pylist()) == ["another", "two"]


def test_old_versions_stay_while_another_process_compacts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintain, "SHORT_KEEP", timedelta(microseconds=1))
    for number in range(8):
        put(store, "moments", moment(f"{number}"))
    before = versions_of(store, "moments")
    with hold(Path(store.uri), ["optimize"], wait_seconds=1):
        shrink(store, "moments")
        assert tidy(store, ["moments"]) == []
        assert versions_of(store, "moments") == before
    shrink(store, "moments")
    assert len(versions_of(store, "moments")) == 1


def test_cleansing_begins_anew_where_an_index_was_preempted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "moments", moment("one"))
    made, index_anew = list[str](), erase._index_anew

    def preempted(store: Store, table: str, name: str, column: str, kind: str) -> None:
        made.append(column)
        if len(made) == 1:
            raise OSError("This CreateIndex transaction was preempted by concurrent transaction Rewrite")
        index_anew(store, table, name, column, kind)

    monkeypatch.setattr(erase, "_index_anew", preempted)
    cleanse(store, "moments")
    assert made[0] == made[1]
    assert set(made) == {*MOMENTS.indexes}


def test_what_is_preempted_at_every_try_is_told_as_busy() -> None:
    def once() -> None:
        raise RuntimeError("Commit conflict for version 9: dataset does not contain a fragment")

    with pytest.raises(StoreBusyError, match="others wrote"):
        unless_preempted(once, "moments", "others wrote")


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        (
            "LanceError(IO): Generic N/A error: Not found: team/home/moments.lance/data/0101.lance, object",
            True,
        ),
        (
            "Dataset at path home/moments.lance/_versions/38.manifest was not found: Error: 404 Not Found: ",
            True,
        ),
        (
            "Dataset at path home/moments.lance was not found: Not found: home/moments.lance/_versions, c",
            False,
        ),
        ("Not found: home/old_moments.lance/data/0101.lance", False),
        ("moments.lance/data/0101.lance: permission denied", False),
    ],
)
def test_only_a_file_of_the_table_that_went_is_a_reason_to_begin_anew(said: str, is_one: bool) -> None:
    assert is_overtaken(pa.ArrowInvalid(said), "moments") is is_one
    assert is_preempted(OSError(said), "moments") is is_one
