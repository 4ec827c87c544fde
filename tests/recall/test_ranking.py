"""Ranking: the windows are exact, whatever the shape of the threads."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.recall.corpus import K1, THREAD_BLOCK, B, Corpus
from rem_dagster.recall.ranking import BLOCK, WEIGHTS, Question, Weights, candidates, greatest, scores
from rem_dagster.store.text.entries import ASKS, NAMED
from rem_dagster.store.text.read import Places, UserDocs


@dataclass(frozen=True)
class Row:
    words: tuple[str, ...]
    begins: bool = False
    asks: bool = False
    author: int = 0


ROWS = st.lists(
    st.builds(
        Row,
        words=st.lists(st.sampled_from("abcx"), min_size=1, max_size=5).map(tuple),
        begins=st.booleans(),
        asks=st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


def docs_of(rows: list[Row]) -> tuple[UserDocs, dict[str, Places]]:
    n = len(rows)
    docs = UserDocs(
        user_id="ann",
        table="messages",
        bases={"2025-10": 0},
        digests={"2025-10": "d"},
        lengths=np.array([len(row.words) for row in rows], np.int32),
        threads=np.cumsum([row.begins for row in rows]).astype(np.int32),
        authors=np.array([row.author for row in rows], np.int32),
        author_names=("Ann", "Bob"),
        flags=np.array([row.asks * ASKS for row in rows], np.uint8),
        started_at=np.arange(n),
        ended_at=np.arange(n),
    )
    postings = {}
    for word in {word for row in rows for word in row.words}:
        held = [(number, row.words.count(word)) for number, row in enumerate(rows) if word in row.words]
        numbers, times = zip(*held, strict=True)
        postings[word] = Places(np.array(numbers, np.int32), np.array(times, np.float32))
    return docs, postings


def bm25(groups: list[list[int]], rows: list[Row], terms: tuple[str, ...]) -> list[float]:
    """BM25 of each group of rows, written out the slow way."""
    counted = [Counter(word for number in group for word in rows[number].words) for group in groups]
    sizes = [sum(each.values()) for each in counted]
    mean = sum(sizes) / len(sizes)
    total = [0.0] * len(groups)
    for term in terms:
        holding = sum(1 for each in counted if each[term])
        idf = math.log(1 + (len(groups) - holding + 0.5) / (holding + 0.5))
        for place, (each, size) in enumerate(zip(counted, sizes, strict=True)):
            times = each[term]
            total[place] += idf * times * (K1 + 1) / (times + K1 * (1 - B + B * size / mean))
    return total


@given(ROWS, st.integers(0, 3))
def test_the_neighbourhood_is_scored_exactly(rows: list[Row], reach: int) -> None:
    docs, postings = docs_of(rows)
    threads = docs.threads
    groups = [
        [m for m in range(n - reach, n + reach + 1) if 0 <= m < len(rows) and threads[m] == threads[n]]
        for n in range(len(rows))
    ]
    terms = ("a", "b")
    found = candidates(
        Corpus(docs, reach=reach), postings, Question("a b", terms), weights=Weights(reach=reach)
    )
    expected = bm25(groups, rows, terms)
    held = {} if found is None else dict(zip(found.numbers.tolist(), found.near.tolist(), strict=True))
    for number, score in enumerate(expected):
        assert held.get(number, 0.0) == pytest.approx(score, rel=1e-4)


@given(st.lists(st.integers(-2, 4), max_size=3 * BLOCK), st.integers(1, 2), st.integers(0, 5 * BLOCK))
def test_the_greatest_values_are_found_of_equal_ones_the_first(few: list[int], most: int, zeros: int) -> None:
    values = np.array([*few, *[0] * zeros], np.float32)
    best = sorted((place for place in range(len(few)) if few[place] > 0), key=lambda place: -few[place])
    assert greatest(values, most).tolist() == sorted(best[:most])


@given(ROWS)
def test_the_thread_is_scored_exactly(rows: list[Row]) -> None:
    docs, postings = docs_of(rows)
    blocks: list[list[int]] = []
    for number in range(len(rows)):
        begins = number == 0 or docs.threads[number] != docs.threads[number - 1]
        if begins or len(blocks[-1]) == THREAD_BLOCK:
            blocks.append([])
        blocks[-1].append(number)
    found = candidates(Corpus(docs, reach=2), postings, Question("a", ("a",)), weights=Weights())
    expected = bm25(blocks, rows, ("a",))
    of_row = {number: score for block, score in zip(blocks, expected, strict=True) for number in block}
    if found is not None:
        for number, score in zip(found.numbers.tolist(), found.thread.tolist(), strict=True):
            assert score == pytest.approx(of_row[number], rel=1e-4)


@given(ROWS)
def test_rows_that_are_not_allowed_are_no_candidates(rows: list[Row]) -> None:
    docs, postings = docs_of(rows)
    allowed = np.arange(len(rows)) % 2 == 0
    found = candidates(
        Corpus(docs, reach=2), postings, Question("a", ("a",)), weights=Weights(), allowed=allowed
    )
    assert found is None or not (found.numbers % 2).any()


def test_a_reply_counts_for_the_question_before_it() -> None:
    rows = [Row(("a", "b"), asks=True), Row(("x",)), Row(("x",)), Row(("x",), begins=True)]
    docs, postings = docs_of(rows)
    found = candidates(Corpus(docs, reach=0), postings, Question("a", ("a",)), weights=Weights(reach=0))
    assert found is not None
    assert found.numbers.tolist() == [0]
    near = candidates(Corpus(docs, reach=2), postings, Question("a", ("a",)), weights=Weights())
    assert near is not None
    replies = dict(zip(near.numbers.tolist(), near.reply.tolist(), strict=True))
    assert replies[1] > 0
    assert replies[2] == 0


def test_who_is_named_in_the_question_is_a_cue() -> None:
    rows = [Row(("x", "a"), begins=True, author=0), Row(("x", "a"), begins=True, author=1)]
    docs, postings = docs_of(rows)
    weights = WEIGHTS["messages"]
    question = Question("What did Bob say about a?", ("bob", "a"))
    found = candidates(Corpus(docs, reach=2), postings, question, weights=weights)
    assert found is not None
    (values,) = scores([found], weights)
    assert values[1] - values[0] == pytest.approx(weights.author)


def test_names_count_when_the_question_asks_for_one() -> None:
    docs, postings = docs_of([Row(("a",), begins=True), Row(("a",), begins=True)])
    flags = np.array([0, 3 << NAMED], np.uint8)
    named = UserDocs(**{**docs.__dict__, "flags": flags})
    weights = WEIGHTS["messages"]
    for text, gain in (("Which city is a?", weights.named), ("Is a nice?", 0.0)):
        found = candidates(Corpus(named, reach=2), postings, Question(text, ("a",)), weights=weights)
        assert found is not None
        (values,) = scores([found], weights)
        assert values[1] - values[0] == pytest.approx(gain)


def test_more_of_the_same_thread_weighs_a_little_less() -> None:
    docs, postings = docs_of([Row(("a",)), Row(("a",)), Row(("a",))])
    weights = Weights(again=0.1, reach=0)
    found = candidates(Corpus(docs, reach=0), postings, Question("a", ("a",)), weights=weights)
    assert found is not None
    (values,) = scores([found], weights)
    assert np.sort(values)[::-1] == pytest.approx(values.max() - np.array([0, 0.1, 0.2]), abs=1e-5)
