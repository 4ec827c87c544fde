"""The private mark."""

import pytest

from rem_dagster.ingest.exclude import without_private


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a <private>b</private> c", "a  c"),
        ("<private>b\n\nc</private>", ""),
        ("a <Private>b</PRIVATE> c <private>d", "a  c "),
        ("the mark `<private>` hides text", "the mark `<private>` hides text"),
        ("no mark, 1 < 2", "no mark, 1 < 2"),
        ("<privateer>", "<privateer>"),
    ],
)
def test_what_is_marked_is_taken_out_and_an_open_mark_reaches_to_the_end(text: str, kept: str) -> None:
    assert without_private(text) == kept
