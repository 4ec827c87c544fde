"""Embedding what is stored, and what a search makes of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from rem_dagster.llm.embedder import Embedder
from rem_dagster.recall import embedding
from rem_dagster.recall.embedding import coverage, days_to_embed, drop_all, embed_missing
from rem_dagster.recall.likeness import without_names
from rem_dagster.recall.search import Hit, search
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.embedders import HashedWords
from tests.stored import NOON, message, moment, put, resource

TALK = [
    ("Ann", "How was your week?"),
    ("Bob", "The car broke down on the bridge."),
    ("Ann", "Oh no."),
    ("Bob", "I bought a red bicycle."),
    ("Ann", "The quarterly report is late again."),
]


@pytest.fixture
def talk(store: Store) -> Store:
    rows = [
        message(text, author=author, at=NOON + timedelta(minutes=n), native_id=f"m{n}")
        for n, (author, text) in enumerate(TALK)
    ]
    put(store, "messages", *rows)
    put(store, "resources", resource("Plan", "Repair the car"))
    put(store, "moments", moment("A broken car", at=NOON + timedelta(days=1)))
    refresh_text(store)
    return store


def found(
    store: Store, query: str, embedder: Callable[[], Embedder | None], *, user_id: str | None = "ann"
) -> list[Hit]:
    return search(store, query, table="messages", user_id=user_id, embedder=embedder)


def nothing() -> Embedder | None:
    return None


def test_every_row_gets_a_vector_once(talk: Store) -> None:
    model, told = HashedWords(), list[tuple[int, int]]()
    counts = embed_missing(talk, model, progress=lambda done, total: told.append((done, total)))
    assert counts.embedded == {"messages": 5, "resources": 1, "moments": 1}
    assert (told[0], told[-1]) == ((0, 7), (7, 7))
    assert coverage(talk, model.name) == (7, 7)
    again = HashedWords()
    assert embed_missing(talk, again).total == 0
    assert again.texts == []


def test_days_that_lack_vectors_are_known(talk: Store) -> None:
    model = HashedWords()
    assert days_to_embed(talk, model.name) == [date(2025, 10, 20), date(2025, 10, 21)]
    assert days_to_embed(talk, model.name, last_day=date(2025, 10, 20)) == [date(2025, 10, 20)]
    embed_missing(talk, model, first_day=date(2025, 10, 21), last_day=date(2025, 10, 21))
    assert days_to_embed(talk, model.name) == [date(2025, 10, 20)]
    assert coverage(talk, model.name) == (1, 7)


def test_stopped_it_goes_on_where_it_was(talk: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "CHUNK_ROWS", 2)
    first, second = HashedWords(dies_after=4), HashedWords()
    with pytest.raises(KeyboardInterrupt):
        embed_missing(talk, first)
    assert len(first.texts) == 4
    assert embed_missing(talk, second).total == 3
    assert not set(first.texts) & set(second.texts)


def test_rebuilding_makes_all_again(talk: Store) -> None:
    embed_missing(talk, HashedWords())
    model = HashedWords()
    drop_all(talk, model)
    assert embed_missing(talk, model).total == 7


def test_deleted_rows_lose_their_vectors(talk: Store) -> None:
    embed_missing(talk, HashedWords())
    talk.delete("messages", "native_id = 'm3'")
    counts = embed_missing(talk, HashedWords())
    assert (counts.total, counts.removed) == (0, 1)


def test_without_vectors_nothing_changes_and_no_model_is_asked(talk: Store) -> None:
    model = HashedWords()
    assert found(talk, "red bicycle", lambda: model) == found(talk, "red bicycle", nothing)
    assert model.texts == []


def test_what_is_meant_is_found_without_a_word_of_it(talk: Store) -> None:
    assert found(talk, "fahrrad", nothing) == []
    embed_missing(talk, HashedWords())
    assert found(talk, "fahrrad", HashedWords)[0].native_id == "m3"
    assert found(talk, "fahrrad", nothing) == []


@pytest.mark.parametrize("query", ["", "what is it about?", "?!", "Bob"])
def test_a_query_of_function_words_or_a_name_asks_no_model(talk: Store, query: str) -> None:
    embed_missing(talk, HashedWords())
    model = HashedWords()
    assert found(talk, query, lambda: model) == found(talk, query, nothing)
    assert model.texts == []


def test_authors_names_are_no_part_of_the_question_asked(talk: Store) -> None:
    embed_missing(talk, HashedWords())
    model = HashedWords()
    found(talk, "What did Bob's sister buy, Ann?", lambda: model)
    assert model.texts == ["What did sister buy, ?"]
    assert without_names("Where is Zoe?", ["Ann", ""]) == "Where is Zoe?"


def test_a_row_without_a_vector_is_found_by_its_words(talk: Store) -> None:
    embed_missing(talk, HashedWords())
    put(talk, "messages", message("A helicopter landed.", session="s2", native_id="h"))
    refresh_text(talk)
    assert found(talk, "helicopter", HashedWords)[0].native_id == "h"


def test_no_vector_crosses_users(talk: Store) -> None:
    embed_missing(talk, HashedWords())
    before = found(talk, "fahrrad report", HashedWords)
    put(talk, "messages", *(message(f"my bicycle {n}", user="bob", session="b") for n in range(40)))
    refresh_text(talk)
    embed_missing(talk, HashedWords())
    assert found(talk, "fahrrad report", HashedWords) == before
    assert {hit.user_id for hit in found(talk, "fahrrad", HashedWords, user_id="bob")} == {"bob"}
    everyone = search(talk, "fahrrad", table="messages", embedder=HashedWords, limit=60)
    assert {hit.user_id for hit in everyone} == {"ann", "bob"}
    assert [hit.score for hit in everyone] == sorted((hit.score for hit in everyone), reverse=True)


def test_one_user_is_embedded_alone(talk: Store) -> None:
    put(talk, "messages", message("mine", user="bob"))
    assert embed_missing(talk, HashedWords(), user_ids=["bob"]).embedded["messages"] == 1
