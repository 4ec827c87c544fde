"""Reviews of days and answers about spans."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rem_dagster.interfaces.cli.span import Answer, DayLine, Review, answer_text, render_review
from tests.interfaces.cli.moments import DAY, LISBON, moment

LONG = moment("Built the graph", "09:00", "12:00", outcomes=("“quoted”", "Builder merged"), tags=("graph",))
SHORT = moment("Planned", "11:00", "11:30", kind="planning", outcomes=("Goal chosen",))
EXPECTED = """
  18 to 19 November 2026                                       2 moments · 3 h

  ● Work             3 h  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇  graph
  ◆ Planning      30 min  ▇▇▇

  What came of it
  ✓ Builder merged
  ✓ Goal chosen

  Wed 18 Nov  Built the graph                                              3 h
  Thu 19 Nov  nothing recorded

  Hours run from a moment's first item to its last; overlaps count once.

  Next: rem show yesterday
"""


def test_a_review_has_hours_by_type_outcomes_and_a_line_a_day() -> None:
    days = [DayLine(DAY, (LONG, SHORT)), DayLine(DAY + timedelta(days=1))]
    assert render_review(Review(days, ("rem show yesterday",))) == EXPECTED


@given(st.text(max_size=200), st.integers(40, 80))
def test_a_review_and_an_answer_stay_in_the_page(text: str, width: int) -> None:
    odd = moment(text, outcomes=(text,), tags=(text,), kind=text or "other", summary=text)
    review = Review([DayLine(DAY, (odd, LONG)), DayLine(DAY, remark=text)], (text,))
    answer = Answer(text, [odd], LISBON, next_commands=(text,))
    for drawn in (render_review(review, width), answer_text(answer, width).plain):
        assert [line for line in drawn.split("\n") if cell_len(line) > width] == []


def test_an_answer_names_its_days_where_there_are_several() -> None:
    other = LONG.model_copy(
        update={
            "start_time": LONG.start_time + timedelta(days=1),
            "end_time": LONG.end_time + timedelta(days=1),
        }
    )
    assert "Thu 19 Nov" in answer_text(Answer("Nights", [LONG, other], LISBON)).plain
    assert "Wed 18 Nov" not in answer_text(Answer("Nights", [LONG], LISBON)).plain


def test_an_empty_answer_says_so() -> None:
    assert "Nothing is recorded there." in answer_text(Answer("Noon", [], LISBON)).plain
