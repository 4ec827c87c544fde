"""The small rules of language on which the offline engine rests."""

import pytest

from rem_dagster.dreaming.draft.offline.changes import clean_subject, in_past
from rem_dagster.dreaming.draft.offline.language import language_of, words_of
from rem_dagster.dreaming.draft.offline.phrases import tag_of
from rem_dagster.dreaming.draft.offline.sentences import sentences_of
from rem_dagster.dreaming.draft.offline.telling import (
    clauses_of,
    in_diary_style,
    in_third_person,
    longest_told,
    without_opener,
)
from rem_dagster.dreaming.draft.offline.trim import shortened, starts_an_input


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I went to the market with my sister and it was raining", "en"),
        ("Ich war heute mit meiner Schwester auf dem Markt und es hat geregnet", "de"),
        ("Hier, je suis allée au marché avec ma sœur et il pleuvait", "fr"),
        ("Ayer fui al mercado con mi hermana y estaba lloviendo", "es"),
        ("Ontem eu fui ao mercado com a minha irmã e estava a chover", "pt"),
        ("東京の朝", "other"),
    ],
)
def test_a_language_is_known_by_its_function_words(text: str, language: str) -> None:
    assert language_of(words_of(text)) == language


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("Add a builder", "Added a builder"),
        ("fix leak and add test", "Fixed leak and added test"),
        ("Stop the fan", "Stopped the fan"),
        ("Rewrite the loader", "Rewrote the loader"),
        ("Release notes for 2.1", "Release notes for 2.1"),
        ("readline support", "readline support"),
        ("Removed the flag", "Removed the flag"),
    ],
)
def test_a_subject_is_told_in_the_past_where_its_verb_is_known(subject: str, told: str) -> None:
    assert in_past(subject) == told


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        ("feat(glaze)!: add cone ten (#12)", "add cone ten"),
        ("Faster firing, closes #3, refs #4", "Faster firing"),
        ('Make "cone ten" the default.', 'Make "cone ten" the default'),
    ],
)
def test_references_and_prefixes_leave_a_subject(line: str, subject: str) -> None:
    assert clean_subject(line) == subject


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "I just took my kids to the museum and I loved it!",
            "Mel just took their kids to the museum and loved it",
        ),
        ("I'm planning a trip to Oslo", "Mel is planning a trip to Oslo"),
        ("I told you that we met", None),
        ("The museum was closed", None),
    ],
)
def test_only_safe_sentences_are_told_in_the_third_person(text: str, told: str | None) -> None:
    assert in_third_person(text, "Mel") == told


def test_no_cut_falls_where_the_meaning_would_turn() -> None:
    assert longest_told("I wanted to go, but it rained on us", "Mel", limit=30) is None


def test_greetings_fall_away() -> None:
    assert without_opener("Hey Mel! Guess what, I ran ten miles.", {"Mel"}) == "I ran ten miles."


def test_diaries_leave_out_their_subject() -> None:
    assert in_diary_style("I finally fixed the leak") == "Finally fixed the leak"
    assert in_diary_style("I like plums") is None


def test_sentences_end_neither_in_numbers_nor_in_abbreviations_nor_in_quotations() -> None:
    text = 'We moved to 0.64.1 on Jan. 5. Dr. Li said: "Stop. Now." Fine.'
    assert sentences_of(text) == ["We moved to 0.64.1 on Jan. 5.", 'Dr. Li said: "Stop. Now."', "Fine."]


def test_a_long_line_is_cut_at_a_joint() -> None:
    assert shortened("fixed the loader so that it never waits for the disk", 30) == "fixed the loader"


def test_a_title_that_repeats_the_beginning_is_known_as_such() -> None:
    assert starts_an_input("The kiln broke", ["The kiln broke, and I cried."])
    assert not starts_an_input("Kiln trouble", ["The kiln broke."])


def test_tags_are_lower_case_and_hyphenated() -> None:
    assert (tag_of("Vector Search"), tag_of("Ana's quartet"), tag_of("snake_case")) == (
        "vector-search",
        "ana-quartet",
        "snake-case",
    )


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        (
            "lost an update between a read and a write, and lost edges",
            48,
            "lost an update between a read and a write",
        ),
        ("brought the p95 down from 695 to 61 for the archive", 45, "brought the p95 down from 695 to 61"),
        ("fixed both the loader and the builder for Rita", 42, "fixed both the loader and the builder"),
    ],
)
def test_two_halves_of_one_thing_are_not_parted(text: str, limit: int, short: str) -> None:
    assert shortened(text, limit) == short
    assert f"{short[: short.rfind(' and ')]}" not in clauses_of(text)
