"""Numbers, times and texts in columns."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rem_dagster.interfaces.cli.words import (
    clean,
    counted,
    days_apart,
    days_from_to,
    dollars,
    fit,
    lasting,
    listed,
    one_line,
    pack,
    wrap,
)

TEXTS = st.text(
    alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("日本 語🎉 \u200d")), max_size=200
)
WIDTHS = st.integers(8, 80)


@given(TEXTS, WIDTHS)
def test_what_is_fitted_or_wrapped_never_runs_over(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) <= width
    assert all(cell_len(line) <= width for line in wrap(text, width))
    assert all(cell_len(line) <= width for line in wrap(text, width, most_lines=2))
    assert all(cell_len(line) <= width for line in pack([text, "b", text], width, hang="  "))
    assert cell_len(one_line([text, text], width)) <= width


@given(TEXTS, WIDTHS)
def test_wrapping_loses_nothing_but_white_space(text: str, width: int) -> None:
    assert "".join(wrap(text, width)).replace(" ", "") == clean(text).replace(" ", "")


def test_lines_beyond_the_most_are_marked_as_left_out() -> None:
    assert wrap("one two three four", 9, most_lines=1) == ["one two …"]
    assert wrap("one two", 9, most_lines=1) == ["one two"]


def test_short_parts_share_a_line_and_long_ones_hang() -> None:
    assert pack(["✓ a", "✓ b"], 20) == ["✓ a  ✓ b"]
    assert pack(["✓ one two three", "✓ b"], 10, hang="  ") == ["✓ one two", "  three", "✓ b"]


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, ""), (0.2, "0 min"), (35, "35 min"), (60, "1 h"), (65, "1 h 05"), (600, "10 h")]
)
def test_lengths_read_as_people_say_them(minutes: float, said: str) -> None:
    assert lasting(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (date(2025, 10, 6), "Monday 6 October 2025"),
        (date(2025, 10, 12), "6 to 12 October 2025"),
        (date(2025, 11, 1), "6 October to 1 November 2025"),
        (date(2026, 1, 1), "6 October 2025 to 1 January 2026"),
    ],
)
def test_a_range_of_days_says_what_is_common_once(last: date, said: str) -> None:
    assert days_from_to(date(2025, 10, 6), last) == said


def test_small_words() -> None:
    assert (counted(1, "entity"), counted(1200, "entity"), counted(2, "day")) == (
        "1 entity",
        "1,200 entities",
        "2 days",
    )
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c"], most=2) == "a and 2 more"
    assert (dollars(0), dollars(0.001), dollars(1.5), dollars(None)) == (
        "$0.00",
        "$0.0010",
        "$1.50",
        "cost unknown",
    )
    assert days_apart(date(2020, 1, 1), date(2026, 1, 1)) == "about 6 years before"
    assert days_apart(date(2026, 1, 2), date(2026, 1, 1)) == "1 day after"
