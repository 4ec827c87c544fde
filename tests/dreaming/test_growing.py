"""What is said of growth."""

from datetime import timedelta

import pytest

from rem_dagster.dreaming.growing import Growth, find_growths
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill


@pytest.mark.parametrize(
    ("last", "before", "flood", "silent"),
    [
        (300, (10, 12, 9, 11), True, False),
        (200, (10, 12, 9, 11), False, False),  # five times as much, and still few rows
        (5000, (1000, 1200, 900, 1100), False, False),  # less than five times as much
        (0, (10, 12, 9, 11), False, True),
        (0, (0, 0, 10, 12, 9, 11), False, True),  # it has been silent for three weeks
        (0, (10, 0, 9, 11), False, False),  # it is not every week that something comes
        (5000, (10, 12, 9), False, False),  # too young to tell
        (0, (), False, False),
    ],
)
def test_far_more_than_usual_is_a_flood_and_nothing_where_something_always_came_is_silence(
    last: int, before: tuple[int, ...], flood: bool, silent: bool
) -> None:
    growth = Growth("git", last, before)
    assert (growth.is_flood, growth.is_silent) == (flood, silent)


def test_items_of_a_source_are_counted_by_weeks_back_to_its_first(home: Home, store: Store) -> None:
    fill(home, store, [item for day in (0, 1, 7, 20) for item in chat_day(day, turns=2)])
    growths = {each.name: each for each in find_growths(store, last_day=MONDAY.date() + timedelta(days=20))}
    only = growths.pop("list")
    a_day = only.last
    assert a_day > 0
    assert only.before == (a_day, 2 * a_day)  # days 7 to 13, and 0 to 6
    assert set(growths) == {"moments", "entities", "edges"}
    assert all(each.last == 0 and each.before == () for each in growths.values())
