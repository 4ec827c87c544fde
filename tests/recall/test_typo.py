"""Words that occur nowhere are read as the nearest of the user's own, and all others stay as they are."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.recall import search as search_module
from rem_dagster.recall import typo
from rem_dagster.recall.search import Found, Request, find, search
from rem_dagster.recall.typo import Readings, distances, may_be_mistyped
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.lives import LIVES
from tests.stored import NOON, message, put

TEXTS = (
    "The diskann paper is long.",
    "We implement robust prune.",
    "A receiver for the kitchen.",
    "Version 0.64.1 of datasette.",
    "The kitchen is red.",
)


def speak(store: Store) -> None:
    rows = [
        message(text, at=NOON + timedelta(minutes=n), session=f"s{n}", native_id=f"m{n}")
        for n, text in enumerate(TEXTS)
    ]
    put(store, "messages", *rows)
    refresh_text(store)


@pytest.fixture
def talk(home: Home, store: Store) -> Store:
    LIVES.step(home, store, [__name__], lambda: speak(store))
    return store


def asked(store: Store, query: str, user: str | None = "ann") -> Found:
    return find(store, query, Request(table="messages", user_id=user))


def slow_distance(a: str, b: str) -> int:
    """Optimal string alignment, written out cell by cell."""
    cells = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cells[i, j] = min(
                cells[i - 1, j] + 1, cells[i, j - 1] + 1, cells[i - 1, j - 1] + (a[i - 1] != b[j - 1])
            )
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                cells[i, j] = min(cells[i, j], cells[i - 2, j - 2] + 1)
    return cells[len(a), len(b)]


@given(st.text("abc", min_size=1, max_size=9), st.lists(st.text("abc", min_size=1, max_size=9), max_size=6))
def test_distances_are_those_of_the_definition(term: str, words: list[str]) -> None:
    assert distances(term, words).tolist() == [slow_distance(term, word) for word in words]


@pytest.mark.parametrize(
    ("query", "found", "word"),
    [
        ("disckann", "m0", "diskann"),
        ("idskann", "m0", "diskann"),
        ("implemnt", "m1", "implement"),
        ("kithcen red", "m4", "kitchen"),
    ],
)
def test_a_mistyped_word_finds_what_was_meant_and_says_so(
    talk: Store, query: str, found: str, word: str
) -> None:
    answer = asked(talk, query)
    assert answer.hits[0].native_id == found
    assert answer.notes == (f"No {query.split(maxsplit=1)[0]!r}; searched for {word!r}.",)


@pytest.mark.parametrize("query", ["0.65.1", "disk4nn", "diks", "zzzzzzz", "max_bacth"])
def test_numbers_names_with_digits_and_short_words_stay_as_they_are(talk: Store, query: str) -> None:
    answer = asked(talk, query)
    assert (answer.hits, answer.notes) == ([], ())


def test_a_question_of_known_words_is_answered_as_without_tolerance(
    talk: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = ["diskann paper", "red kitchen", "implement 0.64.1", "who are you"]
    tolerant = [asked(talk, query) for query in queries]
    monkeypatch.setattr(search_module, "read_mistyped", lambda _, texts, __: (Readings(), dict(texts)))
    assert [asked(talk, query) for query in queries] == tolerant


def test_a_reading_weighs_less_than_a_word_that_was_asked_for(talk: Store) -> None:
    meant, typed = (
        search(talk, query, table="messages", user_id="ann", explain=True)[0]
        for query in ("kitchen diskann", "kitchen disckann")
    )
    share = {each.term: (each.share, each.is_reading, each.word) for each in typed.matched}
    assert share.get("diskann", (0, True, "disckann"))[1:] == (True, "disckann")
    assert not any(each.is_reading for each in meant.matched)


def test_no_word_of_another_user_is_ever_suggested(talk: Store) -> None:
    put(talk, "messages", message("The zanzibar plan is secret.", user="bob"))
    refresh_text(talk)
    answer = asked(talk, "zanzibr")
    assert (answer.hits, answer.notes) == ([], ())
    assert asked(talk, "zanzibr", user="bob").notes == ("No 'zanzibr'; searched for 'zanzibar'.",)
    assert asked(talk, "zanzibr", user=None).notes == ()


def test_an_author_who_is_named_is_known_though_no_text_holds_the_name(store: Store) -> None:
    put(store, "messages", message("A lake.", author="Martin"), message("It martins well.", session="s2"))
    refresh_text(store)
    assert asked(store, "Martin lake").notes == ()


def test_a_word_is_mistyped_only_where_no_searched_table_has_it(talk: Store) -> None:
    from tests.stored import moment

    put(talk, "moments", moment("About disckann"))
    refresh_text(talk)
    assert find(talk, "disckann", Request(table="all", user_id="ann")).notes == ()
    assert len(find(talk, "disckann", Request(table="messages", user_id="ann")).notes) == 1


def test_what_people_mistype() -> None:
    assert [term for term in ("lake", "diskann", "v2beta", "a_b_cde") if may_be_mistyped(term)] == ["diskann"]


def test_an_index_that_is_replaced_while_a_word_is_corrected_is_read_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "messages", message("the diskann index"))
    refresh_text(store)
    read = typo.readings

    def meanwhile(*given: Any, **named: Any) -> Any:
        earlier = NOON - timedelta(days=60)
        rows = [message(f"diskann {n}", at=earlier, native_id=f"e{n}") for n in range(9)]
        put(store, "messages", *rows)
        refresh_text(store)
        return read(*given, **named)

    monkeypatch.setattr(typo, "readings", meanwhile)
    hits = search(store, "disckann index", table="messages", user_id="ann")
    assert {"diskann 0", "the diskann index"} <= {hit.text for hit in hits}
