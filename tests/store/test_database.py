"""The tables: atomic slices, safe filters, and errors that say what to do."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.errors import DiskFullError, HomeMissingError, StoreError
from rem_dagster.store.database import Store, rows_of, translated
from rem_dagster.store.filters import all_of, equals, is_in
from rem_dagster.store.maintain import MOST_FRAGMENTS, tidy
from rem_dagster.store.tables import MENTIONS, TABLES, vectors_spec


def mention(identifier: str, slice_key: str, name: str = "n") -> dict[str, object]:
    return {
        "id": identifier,
        "user_id": "u",
        "partition_key": "2025-01-01",
        "slice_key": slice_key,
        "entity_id": "e",
        "name": name,
        "kind": "tool",
        "dream_id": "d",
    }


def held(store: Store) -> dict[str, str]:
    rows = store.read("mentions", ["id", "slice_key"]).to_pylist()
    return {row["id"]: row["slice_key"] for row in rows}


def test_every_table_is_made_with_a_primary_key_and_its_indexes(store: Store) -> None:
    for name, spec in TABLES.items():
        dataset = store.dataset(name)
        assert dataset.schema.field("id").metadata == {b"lance-schema:unenforced-primary-key": b"true"}
        indexed = {column for index in dataset.describe_indices() for column in index.field_names}
        assert indexed == set(spec.indexes), name


def test_making_the_tables_again_changes_nothing(store: Store) -> None:
    store.replace_slices("mentions", rows_of(MENTIONS, [mention("a", "s")]), ["s"])
    versions = {name: store.dataset(name).version for name in TABLES}
    store.create()
    assert {name: store.dataset(name).version for name in TABLES} == versions


def test_several_may_make_the_tables_at_once(tmp_path: Path) -> None:
    """As two first imports do, started together."""
    place = str(tmp_path / "tables")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: Store(place).create(), range(4)))
    for name, spec in TABLES.items():
        indexed = [
            column for each in Store(place).dataset(name).describe_indices() for column in each.field_names
        ]
        assert sorted(indexed) == sorted(spec.indexes), name


def test_replacing_a_slice_leaves_the_others_alone(store: Store) -> None:
    first = [mention("a", "it's"), mention("b", "it's"), mention("c", "other")]
    store.replace_slices("mentions", rows_of(MENTIONS, first), ["it's", "other"])
    store.replace_slices("mentions", rows_of(MENTIONS, [mention("a", "it's")]), ["it's"])
    assert held(store) == {"a": "it's", "c": "other"}


def test_an_empty_replacement_empties_the_slice(store: Store) -> None:
    store.replace_slices("mentions", rows_of(MENTIONS, [mention("a", "s")]), ["s"])
    store.replace_slices("mentions", rows_of(MENTIONS, []), ["s"])
    assert held(store) == {}


def test_a_row_outside_the_named_slices_is_refused_before_anything_is_written(store: Store) -> None:
    with pytest.raises(StoreError, match="outside the slices"):
        store.replace_slices("mentions", rows_of(MENTIONS, [mention("a", "s")]), ["t"])
    assert held(store) == {}


def test_of_two_rows_with_one_id_the_last_is_kept(store: Store) -> None:
    store.upsert("mentions", rows_of(MENTIONS, [mention("a", "s", "old"), mention("a", "s", "new")]))
    assert store.read("mentions", ["name"])["name"].to_pylist() == ["new"]


@settings(max_examples=15)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12), max_size=4
    )
)
def test_no_value_changes_the_meaning_of_a_filter(values: list[str]) -> None:
    import duckdb

    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE t (c VARCHAR)")
        connection.execute("INSERT INTO t VALUES ('x'' OR ''1''=''1'), ('plain')")
        for value in values:
            connection.execute("INSERT INTO t VALUES (?)", [value])
            found = connection.execute(f"SELECT c FROM t WHERE {equals('c', value)}").fetchall()
            assert {each for (each,) in found} == {value}
        listed = connection.execute(f"SELECT DISTINCT c FROM t WHERE {is_in('c', values)}").fetchall()
        assert {each for (each,) in listed} == set(values)


def test_no_values_match_no_row_and_no_filter_is_none() -> None:
    assert is_in("c", []) == "false"
    assert all_of(None, None) is None


def test_a_table_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(HomeMissingError, match=r"no table 'moments'.*rem status"):
        Store(str(tmp_path)).read("moments")


def test_a_full_disk_is_told_apart_and_says_what_is_safe() -> None:
    with (
        pytest.raises(DiskFullError, match=r"No room left.*write table 'moments'.*intact"),
        translated("write table 'moments'", "place"),
    ):
        raise OSError(28, os.strerror(28))


def test_any_other_error_of_a_library_becomes_a_store_error() -> None:
    with (
        pytest.raises(StoreError, match="Could not read table 'x' in place: boom"),
        translated("read table 'x'", "place"),
    ):
        raise RuntimeError("boom")


def test_a_table_that_one_may_not_write_is_told_without_where_lance_met_it() -> None:
    said = (
        "LanceError(IO): Permission denied (os error 13) at path /h/t.lance, /home/runner/lance/io.rs:10:34"
    )
    with (
        pytest.raises(
            StoreError, match=r"^Could not write table 't' in /h: permission denied\. .*rem doctor\.$"
        ),
        translated("write table 't'", "/h"),
    ):
        raise OSError(said)
    with (
        pytest.raises(StoreError, match=r"^Could not write table 't' in /h: Something else$"),
        translated("write table 't'", "/h"),
    ):
        raise OSError("Something else, /home/runner/lance/io.rs:10:34")


def test_each_embedding_model_has_a_table_of_its_own_dimension() -> None:
    spec = vectors_spec("text-embedding-3/small", 384)
    assert spec.name == "vectors_text_embedding_3_small"
    assert spec.schema.field("vector").type.list_size == 384


def test_a_table_scattered_by_small_commits_is_put_in_order_with_its_rows_as_they_were(store: Store) -> None:
    for number in range(MOST_FRAGMENTS + 1):
        store.upsert("mentions", rows_of(MENTIONS, [mention(f"{number}", "s")]))
    before = held(store)
    assert tidy(store, TABLES) == ["mentions"]
    assert held(store) == before
    assert len(store.dataset("mentions").get_fragments()) == 1
    assert tidy(store, TABLES) == []
