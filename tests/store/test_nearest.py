"""The rows nearest to a vector: filters before the cut, with an index and without; and its upkeep."""

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pytest

from rem_dagster.errors import QueryError, StoreError
from rem_dagster.model.window import Window
from rem_dagster.store.database import Store
from rem_dagster.store.nearest import Near, ensure_index, is_indexed, nearest
from rem_dagster.store.vector_upkeep import keep_vectors
from rem_dagster.store.vectors import count_vectors, missing, table_of, texts_of, write_vectors
from tests.embedders import HashedWords
from tests.stored import NOON, message, moment, put

MODEL = HashedWords()
TOPICS = ["red bicycle", "late report", "old bridge", "cold soup"]
ROWS = 600


def embed(store: Store, table: str = "messages") -> None:
    rows = missing(store, table, MODEL.name)
    texts = texts_of(store, table, rows["id"].to_pylist())
    write_vectors(
        store, table, MODEL.name, rows, MODEL.embed([texts[each] for each in rows["id"].to_pylist()])
    )


def vector_of(text: str) -> npt.NDArray[np.float32]:
    vector: npt.NDArray[np.float32] = MODEL.embed([text])[0]
    return vector


@pytest.fixture
def many(store: Store) -> Store:
    """Every topic said by ann each day for months; by bob each fourth time."""
    rows = [
        message(f"{TOPICS[n % 4]} {n}", user="bob" if n % 16 < 4 else "ann", at=NOON + timedelta(hours=6 * n))
        for n in range(ROWS)
    ]
    put(store, "messages", *rows)
    embed(store)
    return store


@pytest.mark.parametrize("with_index", [False, True])
def test_user_and_time_hold_before_the_cut(many: Store, with_index: bool) -> None:
    if with_index:
        assert ensure_index(many, MODEL.name, from_rows=ROWS)
    asked = vector_of("red bicycle")
    window = Window(NOON + timedelta(days=60), NOON + timedelta(days=70))
    found = nearest(
        many, MODEL.name, asked, table="messages", user_id="bob", window=window, limit=5, flat_up_to_rows=0
    )
    rows = {row["id"]: row for row in many.read("messages").to_pylist()}
    assert [near.user_id for near in found] == ["bob"] * 5
    assert all(window.start <= rows[near.id]["created_at"] < window.end for near in found)
    said = [rows[near.id]["content"] for near in found]
    assert ["bicycle" in each for each in said] == [True, True, True, False, False]
    assert [near.cosine for near in found] == sorted((near.cosine for near in found), reverse=True)
    flat = nearest(many, MODEL.name, asked, table="messages", user_id="bob", window=window, limit=5)
    assert [near.id for near in flat[:3]] == [near.id for near in found[:3]]
    everyone = nearest(many, MODEL.name, asked, table="messages", limit=100, flat_up_to_rows=0)
    assert {near.user_id for near in everyone} == {"ann", "bob"}
    assert nearest(many, MODEL.name, asked, table="moments", limit=3) == []


def test_an_index_is_made_once_and_only_where_there_are_many(many: Store) -> None:
    assert not ensure_index(many, MODEL.name)
    assert not ensure_index(many, MODEL.name, from_rows=ROWS + 1)
    assert not is_indexed(many, MODEL.name)
    assert ensure_index(many, MODEL.name, from_rows=ROWS)
    assert is_indexed(many, MODEL.name)
    assert not ensure_index(many, MODEL.name, from_rows=ROWS)
    assert not ensure_index(many, "nobody's", from_rows=0)


def test_rows_written_after_the_index_are_found_and_changed_ones_anew(many: Store) -> None:
    ensure_index(many, MODEL.name, from_rows=ROWS)
    put(many, "messages", message("purple elephant", native_id="new"))
    [changed] = put(many, "messages", message("green dragon", at=NOON, native_id="changed"))
    embed(many)
    put(many, "messages", message("yellow submarine", at=NOON, native_id="changed"))
    embed(many)

    def the_nearest(text: str) -> Near:
        [near] = nearest(many, MODEL.name, vector_of(text), table="messages", limit=1, flat_up_to_rows=0)
        return near

    elephant = the_nearest("purple elephant")
    assert elephant.cosine == pytest.approx(1.0, abs=1e-5)
    assert the_nearest("yellow submarine").id == changed
    assert the_nearest("green dragon").cosine < 0.9


def test_a_moment_that_reaches_into_the_time_is_in_it(store: Store) -> None:
    begins = {name: NOON + timedelta(minutes=at) for name, at in [("over", -90), ("into", -10), ("in", 5)]}
    ids = {
        name: put(store, "moments", moment(f"red bicycle {name}", at=at))[0] for name, at in begins.items()
    }
    embed(store, "moments")
    found = nearest(
        *(store, MODEL.name, vector_of("red bicycle")),
        table="moments",
        user_id="ann",
        window=Window(NOON, NOON + timedelta(hours=1)),
        limit=10,
    )
    assert {near.id for near in found} == {ids["into"], ids["in"]}


def test_vectors_of_another_size_are_refused_on_both_ways(many: Store) -> None:
    before = count_vectors(many, MODEL.name)
    with pytest.raises(QueryError, match="have 64 numbers and the question's has 3"):
        nearest(many, MODEL.name, np.ones(3, np.float32), table="messages", limit=1)
    put(many, "messages", message("one more", native_id="more"))
    rows = missing(many, "messages", MODEL.name)
    with pytest.raises(StoreError, match="rem embed --rebuild"):
        write_vectors(many, "messages", MODEL.name, rows, np.ones((1, 3), np.float32))
    assert count_vectors(many, MODEL.name) == before


def test_upkeep_drops_what_is_gone_compacts_and_indexes(many: Store) -> None:
    for n in range(5):
        put(many, "messages", message(f"small write {n}", native_id=f"small{n}"))
        embed(many)
    many.delete("messages", "native_id = 'small3'")
    done = keep_vectors(many, index_from_rows=ROWS)
    assert (done.tables, done.removed, done.indexed) == (
        ("vectors_hashed_words",),
        1,
        ("vectors_hashed_words",),
    )
    assert count_vectors(many, MODEL.name) == many.count("messages")
    assert len(many.dataset(table_of(MODEL.name)).get_fragments()) == 1
    assert keep_vectors(many, index_from_rows=ROWS).indexed == ()
