"""A query's marks: phrases, what is left out, and all that must not be taken for either."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import QueryError
from rem_dagster.recall.asked_words import MOST_TERMS, asked_words, plain_words, shares


def parts(query: str) -> tuple[list[str], list[str]]:
    asked = asked_words(query)
    return [each.text for each in asked.phrases], [each.text for each in asked.without]


@pytest.mark.parametrize(
    ("query", "phrases", "without"),
    [
        ("red bicycle", [], []),
        ('"red bicycle" lake', ["red bicycle"], []),
        ("“red bicycle”, lake", ["red bicycle"], []),
        ("«vélo rouge»", ["vélo rouge"], []),
        ("disk -ann", [], ["ann"]),
        ("-ann disk", [], ["ann"]),
        ('disk -"not now"', [], ["not now"]),
        ('"a lake" -"a boat" -sail', ["a lake"], ["a boat", "sail"]),
        ("on-call rota", [], []),
        ("disk - item", [], []),
        ("disk --flag", [], []),
        ("minus -5 degrees", [], []),
        ('a 27" monitor', [], []),
        ('what does "tar -x" do?', [], []),
        ("who said -ann？", [], []),
        ('""', [], []),
    ],
)
def test_marks_are_read_as_a_person_means_them(query: str, phrases: list[str], without: list[str]) -> None:
    assert parts(query) == (phrases, without)


def test_what_is_left_out_is_not_looked_for() -> None:
    asked = asked_words('disk -ann "hard drive"')
    assert asked.terms == ("disk", "hard", "drive")
    assert asked.read_terms == {"disk", "hard", "drive", "ann"}


def test_phrases_and_exclusions_may_be_given_apart_and_hold_in_questions_too() -> None:
    asked = asked_words("who rode?", phrases=["red bicycle"], without=["lake"])
    assert [each.text for each in asked.phrases] == ["red bicycle"]
    assert [each.text for each in asked.without] == ["lake"]
    assert asked.terms == ("ride", "red", "bike")


@pytest.mark.parametrize("query", ["-ann", '-"not now"', "  -ann -bob "])
def test_nothing_but_exclusions_is_an_error_that_says_what_to_add(query: str) -> None:
    with pytest.raises(QueryError, match=r"Add a word.*Nothing was changed"):
        asked_words(query)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("who are you", "Every text has such words (who, are, you)"),
        ("🎉🎉", "no letter and no digit"),
        ('say "hello', "not closed"),
        ("disk -the", "'the' stands in nearly every text"),
        (" ".join(f"word{n}" for n in range(10_000)), f"the first {MOST_TERMS} are"),
    ],
)
def test_what_a_reader_should_know_is_said(query: str, said: str) -> None:
    assert any(said in note for note in asked_words(query).notes)


def test_an_ordinary_query_needs_no_word_about_it() -> None:
    for query in ("disk", "Where's Ann's boat?", '"red bicycle" -lake', "", "C++ -", "向量检索"):
        assert asked_words(query).notes == ()


@pytest.mark.parametrize(
    ("phrase", "text", "is_held"),
    [
        ("red bicycle", "A RED,\n bicycle!", True),
        ("red bicycle", "red and bicycle", False),
        ("red bicycle", "red bicycles", False),
        ("cafe creme", "Café Crème", True),
        ("miller", "At Miller’s.", True),
        ("don't go", "don’t go", True),
        ("0.64", "datasette 0.64.1", False),
        ("0.64", "datasette 0.64.", True),
        ("检索", "向量检索很快", True),
        ("检 快", "向量检索很快", False),
    ],
)
def test_a_phrase_is_held_whatever_the_case_accents_and_marks(phrase: str, text: str, is_held: bool) -> None:
    assert (plain_words(phrase) in plain_words(text)) == is_held


@given(st.text(max_size=60))
def test_every_text_can_be_asked(query: str) -> None:
    try:
        asked = asked_words(query)
    except QueryError:
        return
    assert len(asked.terms) <= MOST_TERMS


@given(st.lists(st.from_regex(r"[a-zéß]{1,8}|[0-9]{1,3}|猫+", fullmatch=True), min_size=1, max_size=8))
def test_a_text_holds_every_run_of_its_words(words: list[str]) -> None:
    whole = plain_words(" ".join(words))
    for at in range(len(words)):
        for end in range(at + 1, len(words) + 1):
            assert plain_words(" ".join(words[at:end])) in whole


def test_a_word_of_several_parts_counts_as_one_word() -> None:
    assert shares("CSV, SpatiaLite and more") == dict.fromkeys(("spatialit", "spatia", "lite"), 1 / 3)
    assert shares("read_csv of a CSV") == {"read_csv": 1 / 3, "read": 1 / 3}
    assert shares("2023-05-08 0.64.1 東京都 don't a1b2c3d4e5 plain words") == {}
