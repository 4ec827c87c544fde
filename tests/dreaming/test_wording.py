"""Texts are clipped within their limits and compared in one form."""

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.wording import clip_letters, clip_words, near_equal, normal_tag, words_of


def test_a_tag_is_lower_case_with_hyphens_in_nfc() -> None:
    assert normal_tag("  Vector Search ") == "vector-search"
    assert normal_tag("Cafe\u0301") == "caf\u00e9"
    assert normal_tag("C++ / Rust!") == "c++-rust"


@given(st.text(), st.integers(5, 80))
def test_clipping_never_exceeds_its_limit(text: str, most: int) -> None:
    assert len(clip_letters(text, most)) <= max(most, len(text) if len(text) <= most else 0)
    assert len(clip_words(text, most).split()) <= most


def test_two_titles_in_nearly_the_same_words_are_near_equal() -> None:
    assert near_equal("The release moves", "the release moves!")
    assert not near_equal("The release moves", "The build is green")
    assert not near_equal("", "?!")


def test_words_are_parted_at_underscores_and_hyphens() -> None:
    assert words_of("Col__date of the Café-Bar") == ["col", "date", "of", "the", "café", "bar"]
