"""What we wrote ourselves is known again, and taken out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.model.own_output import BEGIN, END, has_lost_end, without_managed

DAY = """<!-- rem:begin day=2026-11-16 user=54406d50 -->
## Monday 16 November 2026

The pilot is in Toronto.

### Graphd
<!-- rem:moment 08677ffc 64a06c.104ab9 -->
08:15 · Work

> “said”
"""
LAST = "<!-- rem:moments ab12cd 08677ffc -->\n"


def test_blocks_go_and_what_stands_around_them_stays() -> None:
    text = (
        f"a\n{BEGIN}\nours\n{END}\nb\n<!-- rem:begin day=1 -->ours<!-- rem:end -->  \nc\n{DAY}{LAST}{END}\nd"
    )
    assert without_managed(text) == "a\nb\nc\nd"
    assert not has_lost_end(text)
    assert without_managed("nothing of ours") == "nothing of ours"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"mine\n{DAY}", "mine\n"),
        (f"mine\n{DAY}{LAST}also mine\n", "mine\nalso mine\n"),
        (f"mine\n{DAY}\n### Later\nalso mine\n", "mine\n### Later\nalso mine\n"),
        (f"mine\n{DAY}\n# Later\n", "mine\n# Later\n"),
        (f"{DAY}{DAY}{END}\nmine", "mine"),
        (f"{BEGIN}\nours\n\n## Mine\ntext", "## Mine\ntext"),
        (f"{BEGIN}\n## Ours\ntext", ""),
        (f"mine\n  {BEGIN}  ", "mine\n  "),
    ],
)
def test_a_block_whose_end_mark_is_lost_goes_up_to_what_is_not_ours(text: str, left: str) -> None:
    assert without_managed(text) == left
    assert has_lost_end(text)


@pytest.mark.parametrize(
    "text", [f"A block begins with {BEGIN}, they say.\nmine", f"`{BEGIN}`\n\nmine", f"mine\n{END}\nmine"]
)
def test_words_about_a_mark_stay(text: str) -> None:
    assert without_managed(text) == text
    assert not has_lost_end(text)


@given(
    parts=st.lists(
        st.sampled_from(["mine", "\n", DAY, LAST, END, BEGIN, "\n# Head\n", "<!-- rem:moment x -->", " "]),
        max_size=12,
    )
)
def test_nothing_is_left_to_take_out_a_second_time(parts: list[str]) -> None:
    once = without_managed("".join(parts))
    assert without_managed(once).count("mine") == once.count("mine")
    assert "The pilot is in Toronto" not in once


@pytest.mark.parametrize(
    "text",
    [
        BEGIN * 50_000,
        f"{BEGIN}\n" * 20_000,
        f"{BEGIN}\n# a\n" * 20_000,
        f"{BEGIN}\n" + "<!-- rem:moments " * 50_000,
        "<!-- rem:begin " * 50_000,
        f"{END}{BEGIN}" * 20_000,
    ],
)
def test_many_blocks_that_do_not_end_take_no_time(text: str) -> None:
    began = time.process_time()
    without_managed(text)
    assert time.process_time() - began < 2
