"""Related words: what else may answer a word, and for how much."""

import pytest

from rem_dagster.recall.ranking import Question, with_related
from rem_dagster.recall.related import FORM_WEIGHT, KIND_WEIGHT, LINE_WEIGHT, is_asking, related
from rem_dagster.recall.related_words import ASKING, FORMS, KINDS
from rem_dagster.store.text.tokens import tokens
from tests.recall.test_ranking import Row, docs_of


def term(word: str) -> str:
    return tokens(word)[0]


@pytest.mark.parametrize(
    ("asked", "answered", "weight"),
    [
        ("instruments", "violin", KIND_WEIGHT),
        ("pets", "hamster", KIND_WEIGHT),
        ("healthy", "health", FORM_WEIGHT),
        ("wedding", "married", FORM_WEIGHT),
        ("0.64.2", "0.64", LINE_WEIGHT),
        ("1.0a4", "1.0", LINE_WEIGHT),
    ],
)
def test_a_word_may_be_answered_by_another(asked: str, answered: str, weight: float) -> None:
    assert related(term(asked))[term(answered)] == weight


@pytest.mark.parametrize("asked", ["violin", "0.64", "10", "xyzzy"])
def test_who_asks_for_the_thing_itself_gets_no_others_of_its_kind(asked: str) -> None:
    assert not related(term(asked))


def test_no_word_is_related_to_itself() -> None:
    words = [word.strip(":|") for word in f"{FORMS} {KINDS}".split() if word != "|"]
    assert not [word for word in words for found in tokens(word)[:1] if found in related(found)]


def test_the_words_of_a_question_are_told_from_what_it_asks_about() -> None:
    assert is_asking(term("mentioned"))
    assert is_asking(term("kinds"))
    assert not is_asking(term("violin"))


def test_no_listed_word_is_lost_to_stop_words() -> None:
    words = [word.strip(":|") for word in f"{FORMS} {KINDS} {ASKING}".split() if word != "|"]
    assert [word for word in words if not tokens(word)] == []


def test_related_words_add_to_the_occurrences_of_the_one_asked_for() -> None:
    rows = [Row(("pet",)), Row(("dog", "dog")), Row(("pet", "cat")), Row(("tree",))]
    _, postings = docs_of(rows)
    found = with_related(postings, Question("pets", ("pet",)), len(rows))
    assert found["pet"].docs.tolist() == [0, 1, 2]
    assert found["pet"].tfs.tolist() == pytest.approx([1, 2 * KIND_WEIGHT, 1 + KIND_WEIGHT])


def test_a_related_word_that_is_asked_for_itself_counts_once() -> None:
    rows = [Row(("pet",)), Row(("dog",))]
    _, postings = docs_of(rows)
    found = with_related(postings, Question("pet dog", ("pet", "dog")), len(rows))
    assert found["pet"].docs.tolist() == [0]
    assert found["dog"].docs.tolist() == [1]
