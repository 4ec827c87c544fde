"""Local days: their windows, and the instants that belong to them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import WindowError
from rem_dagster.model.window import Calendar, Window, given_day, zone_named

LISBON = ZoneInfo("Europe/Lisbon")
ZONES = ["UTC", "Europe/Lisbon", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca"]
instants = st.datetimes(datetime(1975, 1, 2), datetime(2060, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES).map(ZoneInfo),
    st.sampled_from([time(0), time(2, 30), time(4), time(23, 59)]),
)


@given(calendars, instants)
def test_every_instant_lies_in_the_window_of_its_day(calendar: Calendar, instant: datetime) -> None:
    assert instant in calendar.window_of(calendar.day_of(instant))


@given(calendars, st.dates(date(1975, 1, 2), date(2060, 1, 1)))
def test_days_follow_each_other_without_gap_or_overlap(calendar: Calendar, day: date) -> None:
    today, tomorrow = calendar.window_of(day), calendar.window_of(day + timedelta(days=1))
    assert today.end == tomorrow.start


@given(calendars, instants, st.timedeltas(timedelta(0), timedelta(days=10)))
def test_the_days_of_a_window_are_those_of_its_instants(
    calendar: Calendar, start: datetime, length: timedelta
) -> None:
    days = calendar.days_in(Window(start, start + length))
    if length:
        assert days[0] == calendar.day_of(start)
        assert days[-1] == calendar.day_of(start + length - timedelta(microseconds=1))
        assert calendar.span_of(Window(start, start + length)) == (days[0], days[-1])
    else:
        assert days == []
        assert calendar.span_of(Window(start, start)) == (calendar.day_of(start), calendar.day_of(start))


@pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-07-01", 24)])
def test_days_on_which_clocks_change_have_23_or_25_hours(day: str, hours: int) -> None:
    assert Calendar(LISBON).window_of(date.fromisoformat(day)).duration == timedelta(hours=hours)


def test_a_day_that_starts_at_four_holds_the_night_before_it_ends() -> None:
    calendar = Calendar(LISBON, time(4))
    assert calendar.day_of(datetime(2025, 1, 15, 2, tzinfo=UTC)) == date(2025, 1, 14)
    assert calendar.day_of(datetime(2025, 1, 15, 5, tzinfo=UTC)) == date(2025, 1, 15)


def test_a_local_time_that_never_was_is_as_much_later_as_the_clocks_jumped() -> None:
    assert Calendar(LISBON).instant_of(datetime(2025, 3, 30, 1, 30)) == (
        datetime(2025, 3, 30, 1, 30, tzinfo=UTC),
        "gap",
    )


def test_a_local_time_that_was_twice_is_the_first_one() -> None:
    assert Calendar(LISBON).instant_of(datetime(2025, 10, 26, 1, 30)) == (
        datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
        "fold",
    )


def test_a_window_holds_its_start_and_not_its_end() -> None:
    start, end = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)
    assert start in Window(start, end)
    assert end not in Window(start, end)


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(WindowError, match="cannot start"):
        Window(datetime(2025, 1, 2, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))


def test_an_unknown_zone_is_named_with_an_example() -> None:
    with pytest.raises(WindowError, match=r"'Mars/Olympus'.*Europe/Lisbon"):
        zone_named("Mars/Olympus")


def test_a_week_starts_on_the_day_that_the_home_says() -> None:
    assert Calendar(LISBON, week_starts_on=6).week_start(date(2025, 10, 15)) == date(2025, 10, 12)
    assert Calendar(LISBON, week_starts_on=0).week_start(date(2025, 10, 12)) == date(2025, 10, 6)


@pytest.mark.parametrize("wrong", ["2025-10-14", 20251014, datetime(2025, 10, 14, tzinfo=UTC)])
def test_what_is_no_day_is_refused_with_how_to_make_one(wrong: object) -> None:
    with pytest.raises(WindowError, match=r"A day is asked for, .* Give"):
        given_day(wrong)  # type: ignore[arg-type]  # as a notebook may
