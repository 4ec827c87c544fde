"""Embedding what is stored, and what a search makes of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from rem_dagster.errors import BudgetError, ModelError, QueryError, SettingsError
from rem_dagster.llm.embedder import Embedder
from rem_dagster.llm.interface import Purpose
from rem_dagster.model.window import Window
from rem_dagster.recall import embedding
from rem_dagster.recall.embedding import (
    EmbedCounts,
    coverage,
    days_to_embed,
    drop_all,
    embed_missing,
    forecast_missing,
)
from rem_dagster.recall.likeness import without_names
from rem_dagster.recall.search import Hit, search
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.embedders import HashedWords, SentAway
from tests.lives import LIVES
from tests.stored import NOON, message, moment, put, resource

TALK = [
    ("Ann", "How was your week?"),
    ("Bob", "The car broke down on the bridge."),
    ("Ann", "Oh no."),
    ("Bob", "I bought a red bicycle."),
    ("Ann", "The quarterly report is late again."),
]


def speak(store: Store) -> None:
    rows = [
        message(text, author=author, at=NOON + timedelta(minutes=n), native_id=f"m{n}")
        for n, (author, text) in enumerate(TALK)
    ]
    put(store, "messages", *rows)
    put(store, "resources", resource("Plan", "Repair the car"))
    put(store, "moments", moment("A broken car", at=NOON + timedelta(days=1)))
    refresh_text(store)


@pytest.fixture
def talk(home: Home, store: Store) -> Store:
    LIVES.step(home, store, [__name__], lambda: speak(store))
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
    assert counts.embedded == {"messages": 5, "resources": 1, "moments": 1, "facts": 0}
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


def test_changed_rows_are_embedded_anew_and_found_by_what_they_say_now(talk: Store) -> None:
    embed_missing(talk, HashedWords())
    put(talk, "messages", message("I sold my piano.", author="Bob", at=NOON, native_id="m3"))
    refresh_text(talk)
    assert embed_missing(talk, HashedWords()).total == 1
    assert coverage(talk, "hashed-words") == (7, 7)
    assert "m3" not in [hit.native_id for hit in found(talk, "fahrrad", HashedWords)]


def test_texts_that_are_sent_away_are_one_users_and_say_whose(talk: Store) -> None:
    put(talk, "messages", *(message(f"secret {n}", user="bob", native_id=f"b{n}") for n in range(3)))
    model = SentAway(at_once=2)
    counts = embed_missing(talk, model)
    assert counts.embedded == {"messages": 8, "resources": 1, "moments": 1, "facts": 0}
    for texts, purpose in model.requests:
        assert purpose is not None
        assert len(texts) == len(purpose.source_ids) <= 2
        assert {text.startswith("secret") for text in texts} == {purpose.user_id == "bob"}
    assert {purpose.days for _, purpose in model.requests if purpose} == {("2025-10-20",), ("2025-10-21",)}


@pytest.mark.parametrize("error", [BudgetError("enough"), ModelError("broken")])
def test_what_was_embedded_before_a_stop_stays_and_is_not_asked_for_again(
    talk: Store, error: Exception
) -> None:
    counts = EmbedCounts()
    with pytest.raises(type(error)):
        embed_missing(talk, SentAway(at_once=2, stops_after=2, error=error), counts=counts)
    assert counts.embedded == {"messages": 4, "resources": 0, "moments": 0, "facts": 0}
    assert coverage(talk, "sent-away") == (4, 7)
    rest = SentAway()
    assert embed_missing(talk, rest).total == 3
    assert sum(len(texts) for texts, _ in rest.requests) == 3


def test_a_forecast_counts_what_is_missing_or_all_and_asks_nobody(talk: Store) -> None:
    model = SentAway(at_once=2)
    rows, forecast = forecast_missing(talk, model)
    assert (rows, forecast.calls) == (7, 5)
    embed_missing(talk, model)
    asked = len(model.requests)
    assert forecast_missing(talk, model) == (0, model.forecast([]))
    assert forecast_missing(talk, model, is_rebuilt=True)[1].calls == 5
    assert len(model.requests) == asked
    assert forecast_missing(talk, HashedWords())[1].calls == 0


@pytest.mark.parametrize("error", [ModelError("down"), BudgetError("enough"), SettingsError("no key")])
def test_where_the_model_fails_a_search_goes_by_words_and_says_so(talk: Store, error: Exception) -> None:
    embed_missing(talk, SentAway())
    said: list[str] = []

    def ask() -> list[Hit]:
        failing = SentAway(stops_after=0, error=error)
        return search(
            *(talk, "red bicycle"),
            table="messages",
            user_id="ann",
            embedder=lambda: failing,
            warn=said.append,
        )

    assert ask() == found(talk, "red bicycle", nothing)
    assert said == [f"The search goes by words alone: {error}"]


def test_a_question_is_asked_once_in_the_users_name(talk: Store) -> None:
    embed_missing(talk, SentAway())
    model = SentAway()
    found(talk, "fahrrad", lambda: model)
    assert model.requests == [(["fahrrad"], Purpose("ann", (), ()))]


def test_vectors_of_another_size_leave_words_alone(talk: Store) -> None:
    embed_missing(talk, HashedWords())
    said: list[str] = []

    class Wider(HashedWords):
        dimension = 65

    hits = search(talk, "red bicycle", table="messages", embedder=Wider, warn=said.append)
    assert hits == search(talk, "red bicycle", table="messages", embedder=nothing)
    assert "rem embed --rebuild" in said[0]


def by_meaning(store: Store, query: str, **options: object) -> list[Hit]:
    given = {"table": "messages", "user_id": "ann", "embedder": HashedWords, **options}
    return search(store, query, by_meaning_alone=True, **given)  # type: ignore[arg-type]


def test_by_meaning_alone_words_do_not_count(talk: Store) -> None:
    put(talk, "messages", message("fahrrad", user="bob", native_id="b"))
    refresh_text(talk)
    embed_missing(talk, HashedWords())
    hits = by_meaning(talk, "Fahrrad, Bob?")
    assert hits[0].native_id == "m3"
    assert len(hits) == 5
    assert {hit.user_id for hit in hits} == {"ann"}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(-1 <= hit.score <= 1.001 for hit in hits)
    assert by_meaning(talk, "fahrrad", user_id=None)[0].user_id == "bob"
    before = Window(NOON, NOON + timedelta(minutes=2))
    assert {hit.native_id for hit in by_meaning(talk, "fahrrad", window=before, limit=1)} <= {"m0", "m1"}
    assert by_meaning(talk, " ") == []


def test_by_meaning_alone_needs_vectors_and_says_what_to_do(talk: Store) -> None:
    with pytest.raises(QueryError, match="No embedding model"):
        by_meaning(talk, "fahrrad", embedder=nothing)
    with pytest.raises(QueryError, match="`rem embed` makes them"):
        by_meaning(talk, "fahrrad")
    embed_missing(talk, SentAway())
    with pytest.raises(ModelError, match="down"):
        by_meaning(talk, "fahrrad", embedder=lambda: SentAway(stops_after=0, error=ModelError("down")))


def test_by_meaning_alone_rows_that_are_gone_are_left_out(talk: Store) -> None:
    embed_missing(talk, HashedWords())
    talk.delete("messages", "native_id = 'm3'")
    assert "m3" not in [hit.native_id for hit in by_meaning(talk, "fahrrad")]


def test_a_fact_that_is_stated_of_a_message_leads_to_it(store: Store) -> None:
    put(
        store,
        "messages",
        message("I sold it today.", native_id="a"),
        message("I got it today.", native_id="b"),
    )
    rows = {row["native_id"]: row["id"] for row in store.read("messages", ["id", "native_id"]).to_pylist()}
    facts = [("Bob sold his piano.", [rows["a"]]), ("A bicycle is what Bob got.", [rows["b"], rows["b"]])]
    put(store, "moments", moment("A deal", facts=facts))
    refresh_text(store)
    assert embed_missing(store, HashedWords()).embedded == {
        "messages": 2,
        "moments": 1,
        "facts": 2,
        "resources": 0,
    }
    assert coverage(store, "hashed-words") == (5, 5)
    best, other = search(
        *(store, "fahrrad today"), table="messages", user_id="ann", embedder=HashedWords, explain=True
    )
    assert (best.native_id, other.native_id) == ("b", "a")
    assert best.signals["alike_facts"] > other.signals.get("alike_facts", 0)
    assert [hit.native_id for hit in found(store, "fahrrad", HashedWords)] == ["b"]
    put(store, "moments", moment("A deal"))
    told = search(
        *(store, "fahrrad today"), table="messages", user_id="ann", embedder=HashedWords, explain=True
    )
    assert not any("alike_facts" in hit.signals for hit in told)
    assert embed_missing(store, HashedWords()).removed == 2
