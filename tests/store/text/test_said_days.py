"""Said days: the days that a text speaks of without naming them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.store.text.said_days import said_days

MONDAY = date(2023, 5, 8)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We went there yesterday.", ["7"]),
        ("LAST NIGHT was short", ["7"]),
        ("See you tomorrow!", ["9"]),
        ("last Friday it rained", ["5"]),
        ("last Monday it rained", ["1"]),
        ("next Monday we meet", ["15"]),
        ("three days ago", ["5"]),
        ("10 days ago", ["28", "April"]),
        ("two weeks ago", ["April"]),
        ("last week", []),
        ("last month", ["April"]),
        ("next month", ["June"]),
        ("last year", ["2022"]),
        ("a year ago", ["2022"]),
        ("6 months ago", ["November", "2022"]),
        ("gestern und vorgestern", ["7", "6"]),
        ("我昨天去了", ["7"]),
        ("yesterday, yes, yesterday", ["7"]),
        ("the yesterdays of my life", []),
        ("today", []),
        ("every year", []),
    ],
)
def test_a_day_is_told_from_the_day_of_writing(text: str, words: list[str]) -> None:
    assert said_days(text, MONDAY) == words


def test_a_month_before_january_is_of_the_year_before() -> None:
    assert said_days("last month", date(2023, 1, 8)) == ["December", "2022"]
    assert said_days("tomorrow", date(2023, 12, 31)) == ["1", "January", "2024"]


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize(
    "text", ["yesterday", "tomorrow", "last year", "next month", "999 years ago", "next Friday"]
)
def test_the_ends_of_the_calendar_are_no_error(day: date, text: str) -> None:
    assert isinstance(said_days(text, day), list)


@given(st.text(), st.dates())
def test_no_text_is_an_error_and_nothing_of_the_own_day_is_repeated(text: str, day: date) -> None:
    assert str(day.day) not in said_days(f"{text} yesterday", day)


SPOKEN = [
    "yesterday",
    "last night",
    "two",
    "days",
    "ago",
    "last",
    "Next",
    "week",
    "a",
    "昨天",
    "AYER",
    "вчера",
]
BETWEEN = [" ", "  ", "", "_", "1", "x", "é", ".", "\u0345", "\u0307", "ß", "ſ", "’", "\n"]


@given(st.lists(st.sampled_from([*SPOKEN, *BETWEEN]), max_size=8).map("".join))
def test_a_day_is_found_however_the_words_around_it_run_together(text: str) -> None:
    told = said_days(text, MONDAY)
    looked_at_anyway = said_days(f"{text}. gestern", MONDAY)
    assert list(dict.fromkeys([*told, "7"])) == looked_at_anyway
