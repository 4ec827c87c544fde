"""Timelines: what overlaps, in order; a page about one day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rem_dagster.model.window import Calendar, Window
from rem_dagster.recall.timeline import DayCounts, day_counts, day_page, summaries_in, timeline
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import DREAMS
from tests.stored import NOON, message, moment, put, resource, summary

HOUR = timedelta(hours=1)
UTC_DAYS = Calendar(ZoneInfo("UTC"), time(0), 0)


def names(store: Store, start: datetime, end: datetime, user: str | None = "ann") -> list[str]:
    return [each.name for each in timeline(store, Window(start, end), user_id=user)]


@pytest.fixture
def lived(store: Store) -> Store:
    put(
        store,
        "moments",
        moment("late", at=NOON + 2 * HOUR),
        moment("early", at=NOON - HOUR),
        moment("noon", at=NOON),
        moment("instant", at=NOON + HOUR, hours=0),
        moment("bob's", at=NOON, user="bob"),
    )
    return store


def test_moments_that_overlap_come_in_order(lived: Store) -> None:
    assert names(lived, NOON, NOON + 3 * HOUR) == ["noon", "instant", "late"]
    assert names(lived, NOON - HOUR, NOON) == ["early"]
    assert names(lived, NOON + HOUR / 2, NOON + HOUR) == ["noon"]


def test_an_instant_belongs_to_the_window_that_it_begins(lived: Store) -> None:
    assert names(lived, NOON + HOUR, NOON + 2 * HOUR) == ["instant"]
    assert "instant" not in names(lived, NOON, NOON + HOUR)


def test_an_empty_window_holds_nothing_and_the_operator_sees_all(lived: Store) -> None:
    assert names(lived, NOON + 9 * HOUR, NOON + 9 * HOUR) == []
    assert set(names(lived, NOON, NOON + HOUR, user=None)) == {"noon", "bob's"}


def test_a_moment_comes_back_whole(store: Store) -> None:
    row = moment("Trip", facts=[("Ann went", ["m1"])], tags=["travel"], emotions=["happy"])
    put(store, "moments", row | {"metadata": '{"city": "Porto"}', "people": None})
    (made,) = timeline(store, Window(NOON, NOON + HOUR), user_id="ann")
    assert (made.tags, made.emotion_tags, made.people) == (("travel",), ("happy",), ())
    assert made.facts[0].text == "Ann went"
    assert made.metadata == {"city": "Porto"}
    assert made.start_time == NOON


def test_summaries_of_a_span_name_the_longer_period_first(store: Store) -> None:
    start = datetime(2025, 10, 20, tzinfo=UTC)
    put(
        store,
        "summaries",
        summary("day", at=start, end=start + timedelta(days=1)),
        summary("week", at=start, end=start + timedelta(days=7), period="week"),
        summary("next", at=start + timedelta(days=7), end=start + timedelta(days=8)),
    )
    window = Window(start, start + timedelta(days=7))
    assert [each.content for each in summaries_in(store, window, user_id="ann")] == ["week", "day"]
    assert [each.content for each in summaries_in(store, window, user_id="ann", period="day")] == ["day"]


def test_a_page_holds_all_that_is_known_of_the_day(lived: Store) -> None:
    day = date(2025, 10, 20)
    start = datetime(2025, 10, 20, tzinfo=UTC)
    put(lived, "messages", message("one"), message("two"), message("bob's", user="bob"))
    put(lived, "resources", resource("note", "text"))
    put(lived, "summaries", summary("It was good.", at=start, end=start + timedelta(days=1)))
    lived.upsert("dreams", rows_of(DREAMS, [dream_row()]))
    page = day_page(lived, day, calendar=UTC_DAYS, user_id="ann")
    assert [each.name for each in page.moments] == ["early", "noon", "instant", "late"]
    assert page.summary is not None
    assert page.summary.content == "It was good."
    assert page.counts == DayCounts(messages=2, resources=1, sessions=0)
    assert page.dream is not None
    assert page.dream.counts == {"moments": 4}
    assert page.window == UTC_DAYS.window_of(day)


def test_an_empty_day_is_a_page_too(store: Store) -> None:
    page = day_page(store, date(2025, 1, 1), calendar=UTC_DAYS, user_id="ann")
    assert page.counts.is_empty
    assert (page.moments, page.summary, page.dream) == ((), None, None)


def test_days_without_items_have_no_counts(store: Store) -> None:
    put(store, "messages", message("one"), message("two", at=NOON + timedelta(days=2)))
    counted = day_counts(store, user_id="ann", first=date(2025, 10, 20), last=date(2025, 10, 22))
    assert counted == {date(2025, 10, 20): DayCounts(messages=1), date(2025, 10, 22): DayCounts(messages=1)}


def dream_row() -> dict[str, object]:
    return {
        "id": "d",
        "user_id": "ann",
        "partition_key": "2025-10-20",
        "status": "complete",
        "input_digest": "1",
        "input_hash": "h",
        "recipe": "r",
        "engine": "offline",
        "agentlet": "moment-generator",
        "agentlet_version": "1.0.0",
        "counts": '{"moments": 4}',
        "calls": 0,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "quarantine": "[]",
        "attempts": 1,
        "dream_id": "d1",
        "calls_paid": 0,
    }


def test_a_prediction_is_on_the_page_of_its_own_day_alone(store: Store) -> None:
    midnight = NOON.replace(hour=0) + 24 * HOUR
    ahead = moment("ahead", at=midnight, hours=24) | {
        "partition_key": NOON.date().isoformat(),
        "moment_type": "prediction",
    }
    put(store, "moments", moment("noon", at=NOON), ahead, moment("next day", at=NOON + 24 * HOUR))
    assert names(store, NOON, NOON + 48 * HOUR) == ["noon", "next day"]
    today, tomorrow = (
        day_page(store, day, calendar=UTC_DAYS, user_id="ann") for day in (NOON.date(), midnight.date())
    )
    assert [[each.name for each in page.moments] for page in (today, tomorrow)] == [["noon"], ["next day"]]
    assert [[each.name for each in page.predictions] for page in (today, tomorrow)] == [["ahead"], []]
