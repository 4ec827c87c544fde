"""Which cut answers are accidents."""

import pytest

from rem_dagster.llm.cut import Cuts


@pytest.mark.parametrize(
    ("has", "may_have", "is_accident"),
    [
        (40, 8192, True),
        (2047, 8192, True),
        (2048, 8192, False),
        (8192, 8192, False),
        (None, 8192, False),
        (40, None, False),
    ],
)
def test_an_answer_with_few_of_the_tokens_it_may_have_was_cut_by_accident(
    has: int | None, may_have: int | None, is_accident: bool
) -> None:
    assert Cuts().was_accident(has, may_have) is is_accident


def test_what_is_cut_twice_is_cut_by_the_endpoint_s_own_limit() -> None:
    cuts = Cuts()
    cuts.came_again(1024)
    assert not cuts.was_accident(1024, 8192)
    assert cuts.was_accident(40, 8192)
    cuts.came_again(None)
    assert cuts.was_accident(40, 8192)
    cuts.came_again(40)
    assert not cuts.was_accident(40, 8192)
