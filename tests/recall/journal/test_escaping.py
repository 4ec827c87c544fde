"""Texts stand in Markdown as they are, and are read back as they were."""

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.recall.journal.escaping import escaped, plain, unescaped


@given(st.text())
def test_what_was_escaped_is_read_back(text: str) -> None:
    assert unescaped(escaped(text)) == plain(text)


def test_nothing_of_a_text_is_markup() -> None:
    assert escaped("*a* [b](c) <i> #d `e` ==f== %%g%% ^h") == (
        r"\*a\* \[b\](c) \<i\> \#d \`e\` \=\=f\=\= \%\%g\%\% \^h"
    )
    assert escaped("1. one") == r"1\. one"
    assert escaped("- two\n\x1b[31m") == "\\- two \\[31m"


def test_what_stands_in_most_texts_is_left_alone() -> None:
    text = "95% of it, a = b & c: “fast” - isn't it? (yes!)"
    assert escaped(text) == text
