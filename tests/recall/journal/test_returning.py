"""What comes back on a day, and in which words."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.model.window import Calendar, zone_named
from rem_dagster.recall.journal.returning import (
    last_time,
    people_on,
    span_in_words,
    topics_on,
    why_now,
    year_ago,
)
from rem_dagster.store.database import Store
from tests.recall.journal.mornings import MONDAY, at, meant, named
from tests.stored import edge, moment, put

UTC_DAYS = Calendar(zone_named("UTC"), week_starts_on=0)
WEDNESDAY = at(2).date()


def days_before(*days: int) -> list[date]:
    return sorted(WEDNESDAY - timedelta(days=each) for each in days)


@pytest.mark.parametrize(
    ("earlier", "words"),
    [
        ((), "new today"),
        ((35,), "back after 5 weeks"),
        ((21, 90), "back after 3 weeks"),
        ((400,), "back after a year"),
        ((1, 2), "3 days this week"),
        ((4, 9), "3 days in a month"),
        ((6,), "last 6 days ago"),
    ],
)
def test_why_a_topic_is_worth_a_word(earlier: tuple[int, ...], words: str) -> None:
    assert why_now(days_before(*earlier), WEDNESDAY, UTC_DAYS) == words


def test_the_day_before_is_yesterday_also_where_it_was_in_another_week() -> None:
    monday = WEDNESDAY - timedelta(days=2)
    assert why_now([monday - timedelta(days=1)], monday, UTC_DAYS) == "yesterday too"


@given(st.integers(1, 4_000), st.integers(1, 4_000))
def test_a_longer_stretch_is_never_said_shorter(one: int, other: int) -> None:
    units = ("day", "week", "month", "year")

    def size(words: str) -> tuple[int, int]:
        count, unit = words.rstrip("s").split()
        return units.index(unit), 1 if count == "a" else int(count)

    short, long = sorted((one, other))
    assert size(span_in_words(short)) <= size(span_in_words(long))


def test_topics_of_a_day_are_told_with_why_and_people_apart(store: Store) -> None:
    (built,) = put(store, "moments", meant("Build", days=40))
    put(store, "mentions", named("Vamana", days=0))
    put(store, "mentions", named("Vamana", days=40, moments=[built]), named("loom", days=40, moments=[built]))
    put(store, "mentions", named("Priya", days=40, kind="person", moments=[built]))
    on = at(40).date()
    told = {each.name: each.why for each in topics_on(store, on, user_id="ann", calendar=UTC_DAYS)}
    assert told == {"Vamana": "back after 6 weeks", "loom": "new today"}
    assert [each.name for each in people_on(store, on, user_id="ann", calendar=UTC_DAYS)] == ["Priya"]


def test_the_user_is_none_of_the_day_s_people(store: Store) -> None:
    put(store, "mentions", named("Ann", kind="person"), named("Priya", kind="person"))
    found = people_on(store, MONDAY.date(), user_id="ann", calendar=UTC_DAYS)
    assert [each.name for each in found] == ["Priya"]


def test_another_spelling_of_a_topic_is_no_new_one(store: Store) -> None:
    (built,) = put(store, "moments", meant("Build", days=1))
    old, new = named("DiskANN", days=0), named("disk.ann", days=1, moments=[built])
    put(store, "mentions", old, new)
    put(store, "edges", edge(old["entity_id"], new["entity_id"], "same_as", owner="user"))
    (note,) = topics_on(store, at(1).date(), user_id="ann", calendar=UTC_DAYS)
    assert note.why == "2 days this week"


def test_a_day_without_mentions_has_no_topics(store: Store) -> None:
    assert topics_on(store, MONDAY.date(), user_id="ann", calendar=UTC_DAYS) == []
    assert last_time(store, MONDAY.date(), user_id="ann") is None


def test_a_year_ago_is_the_longest_moment_of_the_same_date(store: Store) -> None:
    put(store, "moments", moment("Short", at=MONDAY.replace(year=2024), hours=1))
    put(store, "moments", moment("Long", at=MONDAY.replace(year=2024, hour=12), hours=3))
    put(store, "moments", moment("The day after", at=MONDAY.replace(year=2024, day=21), hours=5))
    found = year_ago(store, MONDAY.date(), user_id="ann")
    assert found is not None
    assert found.name == "Long"
    assert year_ago(store, MONDAY.date(), user_id="bob") is None


def test_dates_without_a_year_before_have_none(store: Store) -> None:
    assert year_ago(store, date(2028, 2, 29), user_id="ann") is None
    assert year_ago(store, date(1, 1, 1), user_id="ann") is None


def test_the_last_time_of_a_rare_topic_has_its_moment(store: Store) -> None:
    old, new = put(store, "moments", meant("A cold cache", days=0), meant("Profiling again", days=60))
    put(store, "mentions", named("perf", days=0, moments=[old]), named("perf", days=60, moments=[new]))
    found = last_time(store, at(60).date(), user_id="ann")
    assert found is not None
    assert (found.name, found.day, found.moment.name) == ("perf", MONDAY.date(), "A cold cache")
    assert last_time(store, at(20).date(), user_id="ann") is None
