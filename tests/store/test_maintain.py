"""What tables leave behind on the disk, and how it goes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rem_dagster.settings import Home
from rem_dagster.store import maintain
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.maintain import shrink, table_size, tables_held, tidy
from rem_dagster.store.tables import MENTIONS, REPLACED, TABLES, vectors_spec
from tests.stored import mention, message, put

SECOND = timedelta(seconds=1)


def commit(store: Store, times: int) -> None:
    """Write the same few rows over and over."""
    for _ in range(times):
        put(store, "mentions", mention("Priya"), mention("Tomás"))


def age_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything that was written so far count as older than any time that is kept."""
    monkeypatch.setattr(maintain, "SHORT_KEEP", timedelta(microseconds=1))


def test_all_tables_that_are_there_are_held_in_order(store: Store) -> None:
    assert tables_held(store) == [*TABLES]
    store.create_table(vectors_spec("mini", 3))
    store.create_table(REPLACED)
    (Path(store.uri) / "somebody-elses.lance").mkdir()
    assert tables_held(store) == [*TABLES, "replaced", "vectors_mini"]


def test_live_bytes_are_those_of_the_newest_version_alone(store: Store) -> None:
    commit(store, 1)
    first = table_size(store, "mentions")
    commit(store, 5)
    size = table_size(store, "mentions")
    assert size.rows == 2
    assert size.row_bytes < size.live_bytes < size.bytes_on_disk
    assert size.live_bytes < 1.5 * first.live_bytes
    assert size.bytes_on_disk > 2 * first.bytes_on_disk
    store.clean_up("mentions", keep=timedelta(microseconds=1))
    assert table_size(store, "mentions").ratio < 3


def test_a_table_that_outgrows_what_is_in_use_loses_its_old_versions(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(store, 8)
    assert table_size(store, "mentions").ratio > maintain.TIDY_FROM
    age_versions(monkeypatch)
    assert tidy(store, ["mentions"]) == []
    assert table_size(store, "mentions").ratio <= maintain.TIDY_FROM
    assert store.count("mentions") == 2


def test_versions_of_a_table_of_a_healthy_size_are_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(store, 2)
    pinned = store.dataset("mentions")
    commit(store, 1)
    age_versions(monkeypatch)
    monkeypatch.setattr(maintain, "TIDY_FROM", 1000.0)
    shrink(store, "mentions")
    assert pinned.to_table().num_rows == 2


def test_of_a_large_table_nothing_younger_than_minutes_goes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintain, "SMALL_BYTES", 1)
    monkeypatch.setattr(maintain, "SHORTEST_KEEP", timedelta(microseconds=1))
    monkeypatch.setattr(maintain, "SHORT_KEEP", timedelta(days=1))  # the empty tables were made a while ago
    commit(store, 8)
    before = table_size(store, "mentions")
    shrink(store, "mentions")
    assert table_size(store, "mentions") == before


def test_a_read_whose_version_was_cleaned_up_meanwhile_begins_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(store, 1)
    opened: list[str] = []
    other, dataset = Store(store.uri), store.dataset

    def overtaken(table: str, **options: bool) -> object:
        """The newest version, which is the newest no longer the first time."""
        found = dataset(table, **options)
        opened.append(table)
        if len(opened) == 1:
            commit(other, 1)
            other.optimize("mentions", keep=timedelta(microseconds=1))
        return found

    monkeypatch.setattr(store, "dataset", overtaken)
    assert store.read("mentions", ["id", "name"]).num_rows == 2
    assert opened == ["mentions", "mentions"]


def test_two_that_compact_at_once_take_turns_and_tidying_does_not_wait(store: Store, home: Home) -> None:
    from rem_dagster.locks import hold

    for number in range(maintain.MOST_FRAGMENTS + 1):
        put(store, "mentions", mention(f"n{number}"))
    with hold(Path(store.uri), ["optimize"], wait_seconds=1):
        began = datetime.now(UTC)
        assert tidy(store, ["mentions"]) == []
        assert datetime.now(UTC) - began < timedelta(seconds=5)
    assert tidy(store, ["mentions"]) == ["mentions"]


def test_the_list_of_tables_is_told_without_opening_them(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    assert store.names() == []
    store.create_table(MENTIONS)
    store.upsert("mentions", rows_of(MENTIONS, []))
    assert store.names() == ["mentions"]


@pytest.mark.parametrize("size", [2, 700])
def test_fragments_written_anew_or_copied_hold_the_same_rows_and_none_that_was_deleted(
    store: Store, size: int
) -> None:
    for number in range(3):
        put(store, "messages", *(message(f"{number} {n}", native_id=f"{number}/{n}") for n in range(size)))
    store.delete("messages", "content LIKE '1 1%'")
    before = store.read("messages").sort_by("id")
    store.optimize("messages")
    assert store.read("messages").sort_by("id").equals(before)
    assert len(store.dataset("messages").get_fragments()) == 1
    wanted = before["id"].to_pylist()[::50]
    assert sorted(store.read_in("messages", "id", wanted, ["id"])["id"].to_pylist()) == wanted
