"""Documents: an edit goes to its own day, a shrunk document leaves nothing behind."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import rows
from tests.ingest.items import day, new_home, outcome, page, put


def parts(*names: str) -> str:
    """A text of one chunk for each name."""
    return "".join(f"# {name}\n" + f"{name} says something here. \n" * 90 for name in names)


def held(store: Store) -> dict[str, list[str]]:
    """Per day the names of the chunks that are stored, by their place."""
    days: dict[str, list[tuple[int, str]]] = {}
    for row in rows(store, "resources"):
        name = str(row["content"])[2:].split("\n", 1)[0]
        days.setdefault(str(row["partition_key"]), []).append((int(str(row["chunk_ordinal"])), name))
    return {key: [name for _, name in sorted(chunks)] for key, chunks in sorted(days.items())}


def test_a_long_document_is_stored_in_chunks_of_its_first_day(home: Home, store: Store) -> None:
    report = put(home, store, page(parts("A", "B", "C"), edited=day(2)))
    assert outcome(report) == (1, 0, 0, 0, 0)
    assert held(store) == {"2024-05-01": ["A", "B", "C"]}


def test_an_edit_adds_the_changed_chunks_to_its_day_and_leaves_earlier_days(home: Home, store: Store) -> None:
    put(home, store, page(parts("A", "B", "C"), edited=day(1)))
    before = rows(store, "resources")
    edited = page(parts("A", "X", "C"), edited=day(4))
    report = put(home, store, edited)
    assert (outcome(report), report.days) == ((0, 1, 0, 0, 0), ("2024-05-04",))
    assert held(store) == {"2024-05-01": ["A", "B", "C"], "2024-05-04": ["X"]}
    assert [row for row in rows(store, "resources") if row in before] == before
    (fresh,) = [row for row in rows(store, "resources") if row not in before]
    assert fresh["created_at"] == day(4)
    again = put(home, store, edited)
    assert (outcome(again), again.days) == ((0, 0, 1, 0, 0), ())


def test_a_second_edit_of_a_day_replaces_the_first(home: Home, store: Store) -> None:
    for text, hour in ((parts("A"), 9), (parts("A", "X", "Y"), 10), (parts("A", "Z"), 11)):
        number = 1 if text == parts("A") else 4
        put(home, store, page(text, edited=day(number, hour=hour)))
    assert held(store) == {"2024-05-01": ["A"], "2024-05-04": ["Z"]}


def test_a_touched_file_and_one_that_only_lost_text_change_nothing(home: Home, store: Store) -> None:
    put(home, store, page(parts("A", "B"), edited=day(1)))
    for text, edited in ((parts("A", "B"), day(3)), (parts("A"), day(5))):
        report = put(home, store, page(text, edited=edited))
        assert (outcome(report), report.days) == ((0, 0, 1, 0, 0), ())
    assert held(store) == {"2024-05-01": ["A", "B"]}


def test_another_title_or_tag_is_noted_where_the_document_last_changed(home: Home, store: Store) -> None:
    put(home, store, page(parts("A", "B"), edited=day(1)))
    put(home, store, page(parts("A", "X"), edited=day(2)))
    report = put(home, store, page(parts("A", "X"), edited=day(9), tags=("new",)))
    assert report.days == ("2024-05-02",)
    tags = {(row["partition_key"], *row["tags"]) for row in rows(store, "resources")}  # type: ignore[misc]  # a list
    assert tags == {("2024-05-01",), ("2024-05-02", "new")}


def test_a_corrected_date_moves_a_document_that_was_never_edited(home: Home, store: Store) -> None:
    put(home, store, page(parts("A", "B"), edited=day(7)))
    report = put(home, store, page(parts("A", "B"), at=day(3), edited=day(8)))
    assert report.days == ("2024-05-01", "2024-05-03")
    assert held(store) == {"2024-05-03": ["A", "B"]}


def test_a_guessed_date_that_moves_with_each_edit_does_not_move_the_document(
    home: Home, store: Store
) -> None:
    put(home, store, page(parts("A"), at=day(1), edited=day(1), time_confidence="guessed"))
    put(home, store, page(parts("A"), at=day(5), edited=day(5), time_confidence="guessed"))
    put(home, store, page(parts("A", "B"), at=day(6), edited=day(6), time_confidence="guessed"))
    assert held(store) == {"2024-05-01": ["A"], "2024-05-06": ["B"]}


def test_without_an_edit_time_a_document_replaces_all_that_was_stored_of_it(home: Home, store: Store) -> None:
    put(home, store, page(parts("A", "B", "C")), page(parts("Q"), native_id="other"))
    report = put(home, store, page(parts("A"), at=day(2)))
    assert report.days == ("2024-05-01", "2024-05-02")
    assert held(store) == {"2024-05-01": ["Q"], "2024-05-02": ["A"]}


NAMES = st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=4, unique=True)


@settings(max_examples=6)
@given(st.lists(st.tuples(NAMES, st.integers(1, 4)), min_size=1, max_size=4))
@pytest.mark.runs
def test_after_any_history_of_edits_the_store_knows_all_text_and_a_repetition_is_nothing(
    home: Home, store: Store, history: list[tuple[list[str], int]]
) -> None:
    store.delete("resources", "true")
    for names, number in sorted(history, key=lambda each: each[1]):
        edited = page(parts(*names), edited=day(number))
        put(home, store, edited)
        assert {name for chunks in held(store).values() for name in chunks} >= set(names)
        before = rows(store, "resources")
        assert outcome(put(home, store, edited)) == (0, 0, 1, 0, 0)
        assert rows(store, "resources") == before


def test_edits_keep_to_the_local_days_of_the_home(tmp_path: Path) -> None:
    home, store = new_home(tmp_path / "tokyo", zone="Asia/Tokyo")
    put(home, store, page(parts("A"), at=day(1, hour=16), edited=day(1, hour=16)))
    put(home, store, page(parts("A", "B"), at=day(1, hour=16), edited=datetime(2024, 5, 3, 1)))
    assert held(store) == {"2024-05-02": ["A"], "2024-05-03": ["B"]}


def test_a_name_of_megabytes_is_cut_and_its_text_stays(home: Home, store: Store) -> None:
    name = "y" * 300_000
    assert put(home, store, page(f"{name}.", name=name)).new == 1
    held = rows(store, "resources")
    assert {row["name"] for row in held} == {"y" * 999 + "…"}
    assert "".join(row["content"] for row in sorted(held, key=lambda row: row["chunk_ordinal"])) == f"{name}."


def test_what_is_too_large_to_be_kept_with_each_part_fails_alone(home: Home, store: Store) -> None:
    large = page("word " * 100_000, native_id="large", metadata={"location": "x" * 1_000_000})
    report = put(home, store, large, page("small", native_id="small"))
    assert (report.new, report.failed) == (1, 1)
    assert [each.field for each in report.problems] == ["metadata"]
    assert put(home, store, large.model_copy(update={"content": "short"})).new == 1
