"""Long texts in chunks."""

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.sources.chunk import CHUNK_LIMIT, split_text

TEXTS = st.text(alphabet=st.sampled_from("ab #.\n\u00e9\u4f60。!"), max_size=600)
PARAGRAPHS = "\n\n".join(f"Paragraph {n} says {'something ' * (n % 23 + 3)}about {n}." for n in range(400))


@given(TEXTS, st.integers(1, 60))
def test_chunks_joined_are_the_text_and_none_is_too_long(text: str, limit: int) -> None:
    chunks = split_text(text, limit)
    assert "".join(chunks) == text
    assert all(0 < len(chunk) <= limit for chunk in chunks) or chunks == [""]


@given(TEXTS, TEXTS, st.integers(4, 60))
def test_text_added_at_the_end_changes_only_the_last_chunk(text: str, added: str, limit: int) -> None:
    before, after = split_text(text, limit), split_text(text + added, limit)
    assert after[: len(before) - 1] == before[:-1]


def test_an_edit_in_the_middle_leaves_most_chunks_as_they_were() -> None:
    edited = PARAGRAPHS.replace("Paragraph 100 says", "A new sentence. Paragraph 100 says")
    before, after = split_text(PARAGRAPHS), split_text(edited)
    assert len(set(after) - set(before)) <= 3 < len(after)


def test_a_chunk_begins_at_a_heading_where_there_is_one() -> None:
    text = "".join(f"# Part {n}\n" + "A line of text.\n" * 150 for n in range(4))
    assert all(chunk.startswith("# Part") for chunk in split_text(text))


def test_a_short_text_is_one_chunk_and_an_empty_one_too() -> None:
    assert split_text("x" * CHUNK_LIMIT) == ["x" * CHUNK_LIMIT]
    assert split_text("") == [""]


def test_a_text_without_any_border_is_cut_at_the_limit() -> None:
    assert [len(chunk) for chunk in split_text("x" * 25, 10)] == [10, 10, 5]
