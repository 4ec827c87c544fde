"""Shards: months, folded years, and rows laid out in thread order."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.store.text.draft import Draft
from rem_dagster.store.text.entries import ASKS, FIRST_PERSON, NAMED, entries_of, flags_of
from rem_dagster.store.text.shards import MOST_SHARDS, Shard, fold_months, laid_out
from tests.stored import NOON, message

MONTHS = st.sets(st.tuples(st.integers(1990, 2030), st.integers(1, 12)).map(lambda m: f"{m[0]}-{m[1]:02}"))


@given(MONTHS)
def test_a_user_has_few_shards_and_recent_months_stay_apart(months: set[str]) -> None:
    shards = fold_months(months)
    assert shards.keys() == months
    assert len(set(shards.values())) <= MOST_SHARDS
    assert all(shard in (month, month[:4]) for month, shard in shards.items())
    folded = [month for month, shard in shards.items() if shard != month]
    kept = [month for month, shard in shards.items() if shard == month]
    assert not folded or not kept or max(folded) < min(kept)


def test_rows_are_numbered_thread_by_thread() -> None:
    rows = [
        message("second thread", session="s2", at=NOON + timedelta(minutes=1)),
        message("first, later", session="s1", at=NOON + timedelta(minutes=9)),
        message("first", session="s1", at=NOON),
    ]
    postings, docs = laid_out(
        Shard("2025-10", "ann", "messages"), "d", Draft(entries_of("messages", rows, {}))
    )
    assert docs["threads"].to_pylist() == [[0, 0, 1]]
    assert docs["row_ids"].to_pylist() == [[rows[2]["id"], rows[1]["id"], rows[0]["id"]]]
    places = {row["term"]: row["docs"] for row in postings.to_pylist()}
    assert places["first"] == [0, 1]
    assert places["octob"] == [0, 1, 2]


def test_a_term_repeated_beyond_a_byte_counts_255_times() -> None:
    rows = [message("lance " * 700, at=datetime(2025, 1, 1, tzinfo=UTC))]
    postings, _ = laid_out(Shard("2025-01", "ann", "messages"), "d", Draft(entries_of("messages", rows, {})))
    assert {row["term"]: row["tfs"] for row in postings.to_pylist()}["lanc"] == [255]


def test_cues_are_read_from_the_words_themselves() -> None:
    assert flags_of("Shall we go? [image: a boat]") == ASKS | FIRST_PERSON
    assert flags_of("they met Ann and Bob in Porto, Lisbon, Braga") == 3 << NAMED
    assert flags_of("it rained") == 0


@pytest.mark.parametrize("word", ["I", "i", "My", "WE", "our", "me", "us", "mine"])
def test_the_first_person_is_a_word_and_no_part_of_one(word: str) -> None:
    for text in (word, f"({word})", f"of {word}, too", f"\n{word}'s", f"“{word}”"):
        assert flags_of(text) & 3 == FIRST_PERSON, text
    for text in (f"x{word}", f"{word}x", f"_{word}", f"{word}1", f"é{word}", f"{word}é"):
        assert flags_of(text) & FIRST_PERSON == 0, text


@given(st.text(st.sampled_from("iIıİmyMYnewWoOurRsUſ _.,’\n1éA")))
def test_the_first_person_is_found_in_any_text(text: str) -> None:
    said = re.search(r"\b(?:i|my|we|our|me|us|mine)\b", text, re.IGNORECASE) is not None
    assert bool(flags_of(text) & FIRST_PERSON) == said


@given(st.text(st.sampled_from("iIaAbzZ, .\n1é")))
def test_names_are_counted_inside_sentences_alone(text: str) -> None:
    named = re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", text)
    assert flags_of(text) >> 2 & 3 == min(3, len(named))
