"""Vectors of rows: those that are missing, those that are gone, and whose they are."""

from datetime import timedelta

import numpy as np
import pytest

from rem_dagster.store.database import Store
from rem_dagster.store.tables import vectors_spec
from rem_dagster.store.text import refresh_text
from rem_dagster.store.text.read import UserDocs, all_row_ids, read_text
from rem_dagster.store.vectors import (
    EVERYTHING,
    Scope,
    compact_vectors,
    count_embedded,
    count_vectors,
    drop_vectors,
    has_vectors,
    missing,
    read_vectors,
    remove_gone,
    table_of,
    texts_of,
    vectors_by_day,
    write_vectors,
)
from tests.embedders import HashedWords
from tests.stored import NOON, message, moment, put, resource

MODEL = HashedWords()


def embed(store: Store, table: str = "messages", scope: Scope = EVERYTHING) -> int:
    rows = missing(store, table, MODEL.name, scope)
    texts = texts_of(store, table, rows["id"].to_pylist())
    if texts:
        vectors = MODEL.embed([texts[each] for each in rows["id"].to_pylist()])
        write_vectors(store, table, MODEL.name, rows, vectors)
    return int(rows.num_rows)


def docs_of(store: Store, user: str, table: str = "messages") -> UserDocs:
    refresh_text(store)
    [(docs, _)] = read_text(store, table, [], user_id=user)
    return docs


def test_a_models_table_is_made_by_the_first_vector(store: Store) -> None:
    put(store, "messages", message("one"))
    assert not has_vectors(store, MODEL.name)
    assert count_vectors(store, MODEL.name) == 0
    assert embed(store) == 1
    dataset = store.dataset("vectors_hashed_words")
    assert dataset.schema.names == vectors_spec(MODEL.name, 64).schema.names
    assert table_of("Text-Embedding/3") == "vectors_text_embedding_3"


def test_nothing_is_missing_twice_and_changed_content_is(store: Store) -> None:
    put(store, "messages", message("one", native_id="a"), message("two", native_id="b"))
    assert (embed(store), embed(store)) == (2, 0)
    put(store, "messages", message("other", native_id="a"))
    assert missing(store, "messages", MODEL.name)["id"].to_pylist() == [message("x", native_id="a")["id"]]
    assert (embed(store), count_vectors(store, MODEL.name)) == (1, 2)


def test_a_moment_that_says_the_same_again_keeps_its_vector(store: Store) -> None:
    put(store, "moments", moment("Loader", dream="d1"))
    assert embed(store, "moments") == 1
    put(store, "moments", moment("Loader", dream="d2"))
    assert embed(store, "moments") == 0
    put(store, "moments", moment("Loader", dream="d3", summary="It failed."))
    assert embed(store, "moments") == 1


def test_a_fact_that_is_stated_again_keeps_its_vector_whatever_it_rests_on(store: Store) -> None:
    put(store, "moments", moment("Loader", facts=[("It is slow.", ["a"]), ("It is slow.", ["b"])]))
    assert (embed(store, "facts"), count_embedded(store)) == (1, 2)
    put(store, "moments", moment("Loader", dream="d2", facts=[("It is slow.", ["c"]), ("It is new.", ["a"])]))
    assert embed(store, "facts") == 1
    assert remove_gone(store, "facts", MODEL.name) == 0
    put(store, "moments", moment("Loader", dream="d3"))
    assert remove_gone(store, "facts", MODEL.name) == 2


def test_a_scope_is_some_users_days(store: Store) -> None:
    days = [NOON + timedelta(days=n) for n in range(3)]
    put(store, "messages", *(message("x", at=at, user=user) for at in days for user in ("ann", "bob")))
    assert embed(store, scope=Scope(["bob"], "2025-10-21", "2025-10-21")) == 1
    assert vectors_by_day(store, MODEL.name, Scope()) == {"2025-10-21": 1}
    assert embed(store, scope=Scope(first_day="2025-10-21")) == 3
    assert missing(store, "messages", MODEL.name)["partition_key"].to_pylist() == ["2025-10-20"] * 2


def test_what_is_embedded_names_a_document_once(store: Store) -> None:
    ids = put(store, "resources", resource("Plan", "Buy milk"), resource("Plan B", "Plan B is to wait"))
    assert list(texts_of(store, "resources", ids).values()) == ["Plan\nBuy milk", "Plan B is to wait"]


def test_vectors_of_deleted_rows_are_removed_and_no_others(store: Store) -> None:
    put(store, "messages", message("one", native_id="it's a"), message("two", native_id="b"))
    put(store, "moments", moment("Loader"))
    embed(store)
    embed(store, "moments")
    store.delete("messages", "native_id = 'b'")
    assert remove_gone(store, "messages", MODEL.name) == 1
    assert remove_gone(store, "messages", MODEL.name) == 0
    assert count_vectors(store, MODEL.name) == 2


def test_vectors_come_in_the_order_of_the_text_index(store: Store) -> None:
    texts = [f"text {n}" for n in range(30)]
    rows = [
        message(text, at=NOON + timedelta(days=3 * n), session=f"s{n % 4}") for n, text in enumerate(texts)
    ]
    put(store, "messages", *rows)
    embed(store)
    put(store, "messages", message("not embedded yet", at=NOON + timedelta(days=4)))
    docs = docs_of(store, "ann")
    vectors = read_vectors(store, MODEL.name, docs)
    assert vectors is not None
    ids = all_row_ids(store, docs).to_pylist()
    by_id = texts_of(store, "messages", ids)
    expected = MODEL.embed([by_id[each] for each in ids])
    assert vectors.is_held.tolist() == [by_id[each] != "not embedded yet" for each in ids]
    assert np.allclose(vectors.matrix[vectors.is_held], expected[vectors.is_held])
    assert not vectors.matrix[~vectors.is_held].any()


def test_a_user_reads_own_vectors_alone(store: Store) -> None:
    put(store, "messages", message("ann's", user="ann"), message("bob's", user="bob"))
    embed(store, scope=Scope(["bob"]))
    assert read_vectors(store, MODEL.name, docs_of(store, "ann")) is None
    bob = read_vectors(store, MODEL.name, docs_of(store, "bob"))
    assert bob is not None
    assert bob.matrix.shape == (1, 64)


def test_new_vectors_are_seen_in_the_same_process(store: Store) -> None:
    put(store, "messages", message("one", native_id="a"), message("two", native_id="b"))
    docs = docs_of(store, "ann")
    assert read_vectors(store, MODEL.name, docs) is None
    embed(store)
    first = read_vectors(store, MODEL.name, docs)
    assert first is not None
    assert first.is_held.all()
    assert read_vectors(store, MODEL.name, docs) is first


def test_dropped_vectors_are_gone_and_can_be_made_again(store: Store) -> None:
    put(store, "messages", message("one"))
    embed(store)
    drop_vectors(store, MODEL.name)
    drop_vectors(store, MODEL.name)
    assert not has_vectors(store, MODEL.name)
    assert embed(store) == 1


@pytest.mark.parametrize("writes", [3, 22])
def test_many_small_writes_are_brought_together(store: Store, writes: int) -> None:
    for n in range(writes):
        put(store, "messages", message(f"text {n}", at=NOON + timedelta(days=n)))
        embed(store)
    compact_vectors(store, MODEL.name)
    fragments = len(store.dataset(table_of(MODEL.name)).get_fragments())
    assert fragments == (writes if writes == 3 else 1)
    assert count_vectors(store, MODEL.name) == writes
