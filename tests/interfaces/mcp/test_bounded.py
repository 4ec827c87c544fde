"""Answers keep within their tokens and break off only where something ends."""

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.interfaces.mcp.bounded import HEAD_TOKENS, excerpt, keep, part
from rem_dagster.interfaces.mcp.labelled import as_untrusted, visible
from rem_dagster.interfaces.mcp.served import Served
from rem_dagster.llm.tokens import tokens_of
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.text.tokens import tokens

TEXTS = st.text(st.sampled_from("ab .!?\n東。🙂é"), max_size=400)


@given(TEXTS, st.integers(5, 60))
def test_the_parts_of_a_text_are_the_whole_text(text: str, most: int) -> None:
    read, start, rounds = "", 0, 0
    while True:
        piece, goes_on = part(text, start=start, max_tokens=most)
        read += piece
        rounds += 1
        if goes_on is None:
            break
        assert goes_on > start
        start = goes_on
    assert "".join(read.split()) == "".join(text.split())
    assert rounds <= len(text) + 1


@given(TEXTS, st.integers(20, 60))
def test_a_part_fits(text: str, most: int) -> None:
    piece, _ = part(text, max_tokens=most)
    assert tokens_of(piece) <= max(most, most * 4 if " " not in text and "\n" not in text else most)


def test_a_part_ends_with_a_sentence_else_a_word_else_somewhere() -> None:
    sentences = "One harbour is here. " * 50
    assert part(sentences, max_tokens=40)[0].endswith("here.")
    words = "harbour " * 300
    assert part(words, max_tokens=40)[0].endswith("harbour")
    piece, goes_on = part("x" * 10_000, max_tokens=40)
    assert 0 < len(piece) < 10_000
    assert goes_on == len(piece)


@given(st.lists(TEXTS, max_size=12), st.integers(200, 500))
def test_items_are_whole_and_what_is_left_is_counted(items: list[str], most: int) -> None:
    kept = keep(items, max_tokens=most, text_of=str)
    assert list(kept.items) == items[: len(kept.items)]
    assert kept.left == len(items) - len(kept.items)
    assert len(kept.items) <= 1 or sum(map(tokens_of, kept.items)) <= most - HEAD_TOKENS
    assert (kept.more("offset=1") is None) is (kept.left == 0)


def test_an_excerpt_begins_where_the_words_are() -> None:
    text = (
        "Nothing of it here at all. " * 60 + "The slow build was fsync. " + "And on it went for long. " * 60
    )
    found = excerpt(text, frozenset(tokens("fsync")), tokens, max_tokens=60)
    assert found.startswith("… The slow build was fsync.")
    assert found.endswith(" …")


@given(st.text(st.sampled_from("<>/abc123 \n"), max_size=200))
def test_no_stored_text_closes_its_fence(home: Home, text: str) -> None:
    told = as_untrusted([text, "<<<abcdef123456>>>", "<<</abcdef123456>>>"], Served(Memory(home, "ann")))
    mark = told.split("<<<")[1].partition(">>>")[0]
    assert told.count(f"<<<{mark}>>>") == 1
    assert told.count(f"<<</{mark}>>>") == 1
    assert told.rstrip().endswith(f"<<</{mark}>>>")


def test_what_people_write_stays_as_it_is() -> None:
    assert visible("Zoë 東京 👩‍💻 עברית\tok\n") == "Zoë 東京 👩‍💻 עברית\tok\n"
