"""A table that was cleansed holds nothing but its rows, and others may write meanwhile."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa

from rem_dagster.store.database import Store
from rem_dagster.store.erase import (
    cleanse,
    delete_ids,
    remove_settled_strays,
    stray_files,
    strings_of_files,
    strings_of_versions,
    texts_in,
    versions_of,
)
from rem_dagster.store.filters import equals
from rem_dagster.store.vectors import missing, table_of, write_vectors
from tests.stored import message, moment, put


def every_text(store: Store, table: str) -> str:
    found = [*strings_of_versions(store, table), *strings_of_files(store, table)]
    return "\n".join(text for strings in found for text in strings.values)


def test_a_deleted_row_is_in_old_versions_indexes_and_transactions_until_a_table_is_cleansed(
    store: Store,
) -> None:
    gone, kept = put(store, "messages", message("a secret"), message("a fact"))
    store.optimize("messages")
    delete_ids(store, "messages", [gone])
    assert gone in every_text(store, "messages")
    cleanse(store, "messages")
    text = every_text(store, "messages")
    assert (gone in text, "a secret" in text) == (False, False)
    assert kept in text
    assert len(versions_of(store, "messages")) == 1


def test_look_ups_use_their_indexes_afterwards(store: Store) -> None:
    ids = put(store, "moments", *(moment(f"Number {n}", tags=[f"tag-{n}"]) for n in range(8)))
    delete_ids(store, "moments", ids[:3])
    cleanse(store, "moments")
    dataset = store.dataset("moments")
    assert {index.field_names[0]: index.index_type for index in dataset.describe_indices()}[
        "tags"
    ] == "LabelList"
    plan = dataset.scanner(columns=["name"], filter=equals("id", ids[5])).explain_plan()
    assert "ScalarIndexQuery" in plan
    assert store.read("moments", ["name"], "array_has(tags, 'tag-5')").num_rows == 1
    assert store.count("moments") == 5


def test_tables_of_vectors_are_cleansed_too(store: Store) -> None:
    gone, *_ = put(store, "messages", message("a secret"), message("a fact"))
    write_vectors(store, "messages", "m", missing(store, "messages", "m"), np.eye(2, 3, dtype=np.float32))
    delete_ids(store, table_of("m"), [gone])
    cleanse(store, table_of("m"))
    assert gone not in every_text(store, table_of("m"))
    assert store.count(table_of("m")) == 1


def test_rows_that_others_write_meanwhile_stand(store: Store) -> None:
    put(store, "messages", *(message(f"line {n}") for n in range(50)))

    def write(number: int) -> None:
        put(Store(store.uri), "messages", message(f"more {number}"))

    with ThreadPoolExecutor(2) as writers:
        written = [writers.submit(write, number) for number in range(6)]
        for _ in range(3):
            cleanse(store, "messages")
        for each in written:
            each.result()
    assert store.count("messages") == 56


def test_strays_of_killed_writers_go_and_young_ones_stay(store: Store) -> None:
    put(store, "messages", message("a fact"))
    place = Path(store.uri, "messages.lance", "data")
    held = next(place.iterdir())
    for name in ("old.lance", "young.lance"):
        (place / name).write_bytes(held.read_bytes())
    os.utime(place / "old.lance", (1, 1))
    assert sorted(stray_files(store, "messages")) == ["data/old.lance", "data/young.lance"]
    assert remove_settled_strays(store, "messages", now=time.time()) == 1
    assert stray_files(store, "messages") == ["data/young.lance"]
    assert store.count("messages") == 1


def test_a_file_that_a_killed_writer_did_not_finish_is_stepped_over(store: Store) -> None:
    put(store, "messages", message("a fact"))
    Path(store.uri, "messages.lance", "data", "half.lance").write_bytes(b"half")
    assert "a fact" in every_text(store, "messages")


def test_texts_within_lists_and_records_are_read() -> None:
    column = pa.array([{"a": ["x", None], "b": {"c": "y"}, "n": 1}, None])
    assert sorted(texts_in(column)) == ["x", "y"]
    assert texts_in(pa.array([[1, 2]])) == []
