"""What we wrote ourselves is known again, and taken out."""

import time

import pytest

from rem_dagster.model.own_output import BEGIN, END, without_managed


def test_closed_blocks_go_and_open_ones_stay() -> None:
    text = f"a\n{BEGIN}\nours\n{END}\nb\n<!-- rem:begin day=1 -->ours<!-- rem:end -->  \nc\n{BEGIN}\nd"
    assert without_managed(text) == f"a\nb\nc\n{BEGIN}\nd"
    assert without_managed("nothing of ours") == "nothing of ours"


@pytest.mark.parametrize("text", [BEGIN * 50_000, "<!-- rem:begin " * 50_000, f"{END}{BEGIN}" * 20_000])
def test_many_blocks_that_do_not_end_take_no_time(text: str) -> None:
    began = time.process_time()
    without_managed(text)
    assert time.process_time() - began < 2
