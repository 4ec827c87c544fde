"""When a source is silent for longer than its habit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.ingest.habits import silences, usual_gap
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.ingest.items import NINE, page, put, said

FIRST = date(2024, 5, 1)


def every(*gaps: int) -> list[date]:
    days = [FIRST]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    return days


@pytest.mark.parametrize(
    ("gaps", "usual"),
    [
        ((1, 1, 3, 1, 1, 3, 1), 3),
        ((1, 1, 3, 1, 21, 3, 1), 3),  # one holiday is no habit
        ((1, 1, 21, 1, 21, 3, 1), 21),
        ((1,) * 6, None),
    ],
)
def test_a_habit_is_the_longest_gap_but_one(gaps: tuple[int, ...], usual: int | None) -> None:
    assert usual_gap(every(*gaps)) == usual


@given(st.lists(st.integers(1, 40), min_size=40, max_size=60))
def test_only_the_latest_days_make_a_habit(gaps: list[int]) -> None:
    assert usual_gap(every(*gaps)) == usual_gap(every(*gaps)[-31:])


def test_a_kind_that_spoke_daily_is_named_when_it_falls_silent(home: Home, store: Store) -> None:
    put(home, store, *(said(n, at=NINE + timedelta(days=n)) for n in range(10)))
    put(home, store, page("x"), account="b", user="ana")
    last = FIRST + timedelta(days=9)
    assert silences(store, last + timedelta(days=3)) == []
    (silence,) = silences(store, last + timedelta(days=4))
    assert (silence.user_id, silence.kind, silence.days, silence.usual_days) == ("ines", "list", 4, 1)
