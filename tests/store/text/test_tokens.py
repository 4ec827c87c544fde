"""Terms: what a question and its answer have in common."""

import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.store.text.tokens import LONGEST_TERM, counted, tokens, words_in


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Where did she go?", "She went to Porto"),
        ("the kids", "my children"),
        ("Caroline's photo", "Caroline sent a picture"),
        ("cafe in Zurich", "Das Café in Zürich"),
        ("DISKANN", "DiskANN"),
        ("on 2023-05-08", "8 May 2023"),
        ("memory store", "class MemoryStore:"),
        ("merge insert", "merge_insert"),
        ("sqlite utils", "sqlite-utils"),
        ("v0.64.1", "Release 0.64.1."),
        ("０.64", "0.64"),
        ("東京", "東京に行きました"),
        ("ﬁne", "fine"),
        ("Привет", "привет"),
    ],
)
def test_a_question_shares_a_term_with_its_answer(question: str, answer: str) -> None:
    assert set(tokens(question)) & set(tokens(answer))


@pytest.mark.parametrize(
    ("one", "other"),
    [("datasette 0.64", "0.64.1"), ("0.64", "0.64a1"), ("1.0", "10"), ("what is it", "it is what")],
)
def test_what_differs_shares_no_term(one: str, other: str) -> None:
    assert not set(tokens(one)) & set(tokens(other))


def test_contractions_and_function_words_leave_nothing() -> None:
    assert tokens("What didn't they've? I'm in, don't you?") == []


def test_an_identifier_gives_the_whole_and_its_parts() -> None:
    assert tokens("HTTPServer") == ["httpserver", "http", "server"]
    assert tokens("shouting SHOUTING Titled") == ["shout", "shout", "titl"]


def test_a_name_with_an_apostrophe_gives_both_halves() -> None:
    assert tokens("O'Brien’s boat") == ["o", "brien", "boat"]


def test_a_day_that_never_was_stays_digits() -> None:
    assert tokens("2023-02-30") == ["2023", "02", "30"]


@given(st.text())
def test_any_text_has_terms_of_bounded_length(text: str) -> None:
    assert all(0 < len(term) <= LONGEST_TERM for term in tokens(text))


@given(st.text(), st.text())
def test_the_terms_of_two_lines_are_those_of_each(one: str, other: str) -> None:
    assert tokens(f"{one}\n\n{other}") == tokens(one) + tokens(other)


def test_threads_do_not_share_a_stemmer() -> None:
    words = [f"running{number} studies{number} houses{number}" for number in range(300)]
    found: list[list[list[str]]] = []
    threads = [threading.Thread(target=lambda: found.append([tokens(w) for w in words])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(each == found[0] for each in found)


@given(
    st.lists(st.sampled_from(["CamelCase", "2023-05-08", "don't", "昨天去", "the", "Bread", "bread"])).map(
        " ".join
    )
)
def test_counting_terms_is_counting_those_of_each_word(text: str) -> None:
    assert counted(text) == Counter(tokens(text))


@given(st.text(st.sampled_from("aZv1.0-'’_ é\u0301昨กा")))
def test_a_text_with_nothing_rare_is_cut_as_one_with_rare_characters_is(text: str) -> None:
    assert words_in(f"{text} 昨") == [*words_in(text), "昨"]
