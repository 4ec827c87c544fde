"""Which days a trigger acts on, why, and in how many runs."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.triggers import (
    day_ranges,
    digest_of_growth,
    find_growth,
    growth_within,
    reasons_to_dream,
)
from rem_dagster.settings import Home, ThresholdSettings
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill, message
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.lives import dream

FIRST = MONDAY.date()
TODAY = FIRST.isoformat()
FEW = ThresholdSettings(messages=4, resources=2, sessions=1)


def test_a_day_never_dreamt_has_grown_by_all_that_it_holds(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    [growth] = find_growth(store)
    assert (growth.messages, growth.resources, growth.sessions) == (6, 3, 1)
    assert not growth.was_dreamt


def test_a_dreamt_day_has_grown_by_what_came_since(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, ScriptedEngine(), DreamPlan())
    assert find_growth(store) == []
    fill(home, store, [message(90, MONDAY + timedelta(hours=5))])
    [growth] = find_growth(store)
    assert (growth.messages, growth.resources, growth.sessions) == (1, 0, 0)
    assert growth.was_dreamt


def test_an_edited_message_makes_a_day_out_of_date_without_growth(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, ScriptedEngine(), DreamPlan())
    before = find_growth(store)
    fill(home, store, [message(0, MONDAY, content="Something else.")])
    [growth] = find_growth(store)
    assert before == []
    assert (growth.messages, growth.resources, growth.sessions) == (0, 0, 0)


def test_a_failed_day_has_not_grown_by_failing(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, ScriptedEngine(failing_on(TODAY)), DreamPlan())
    [growth] = find_growth(store)
    assert (growth.freshness, growth.messages) == ("failed", 0)
    assert reasons_to_dream(growth, FEW) == []


def test_reasons_name_what_reached_its_threshold(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    [growth] = find_growth(store)
    assert reasons_to_dream(growth, FEW) == [
        "6 new messages (threshold 4)",
        "3 new resources (threshold 2)",
        "1 new sessions (threshold 1)",
    ]
    assert reasons_to_dream(growth, ThresholdSettings(messages=7, resources=None, sessions=None)) == []


def test_the_digest_of_days_changes_with_any_of_them_and_not_with_their_order(
    home: Home, store: Store
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    before = find_growth(store)
    assert digest_of_growth(before) == digest_of_growth(before[::-1])
    fill(home, store, [message(90, MONDAY + timedelta(hours=5))])
    assert digest_of_growth(find_growth(store)) != digest_of_growth(before)
    assert growth_within(before, (FIRST, FIRST)) == before[:1]


def test_ranges_bridge_short_gaps_and_not_long_ones() -> None:
    days = [FIRST + timedelta(days=n) for n in (0, 1, 4, 20)]
    assert day_ranges(days, longest_gap=2, longest=30) == [(days[0], days[2]), (days[3], days[3])]
    assert day_ranges(days, longest_gap=0, longest=30) == [
        (days[0], days[1]),
        (days[2], days[2]),
        (days[3], days[3]),
    ]
    assert day_ranges([], longest_gap=2, longest=30) == []


@given(
    days=st.sets(st.dates(date(2020, 1, 1), date(2021, 1, 1)), max_size=40),
    gap=st.integers(0, 20),
    longest=st.integers(1, 40),
)
def test_ranges_hold_every_day_once_and_keep_their_limits(days: set[date], gap: int, longest: int) -> None:
    ranges = day_ranges(days, longest_gap=gap, longest=longest)
    assert all(sum(first <= day <= last for first, last in ranges) == 1 for day in days)
    assert all((last - first).days < longest for first, last in ranges)
    assert {edge for each in ranges for edge in each} <= days
    assert ranges == sorted(ranges)
