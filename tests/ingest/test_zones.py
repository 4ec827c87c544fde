"""Every time goes to the right local day, whatever the clocks of its zone did."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.ingest.times import LocalDays
from rem_dagster.model.window import Calendar

CHANGES = {
    "Europe/Lisbon": [datetime(2024, 3, 31, 1), datetime(2024, 10, 27, 1)],
    "America/New_York": [datetime(2024, 3, 10, 7), datetime(2024, 11, 3, 6)],
    "Asia/Kolkata": [datetime(2024, 1, 1)],
    "Australia/Lord_Howe": [datetime(2024, 4, 6, 15), datetime(2024, 10, 5, 15, 30)],
    "Pacific/Apia": [datetime(2011, 12, 30, 10), datetime(2012, 4, 1)],
    "America/Sao_Paulo": [datetime(2018, 11, 4, 3), datetime(2018, 2, 18, 2)],
    "Africa/Cairo": [datetime(2024, 4, 25, 22), datetime(2024, 10, 31, 21)],
}
"""Zones, and instants in UTC at which their clocks change; Apia left a day out, São Paulo a midnight."""
SKIPPED = ("Pacific/Apia", date(2011, 12, 30))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
STARTS = st.sampled_from([time(0), time(4), time(23, 30)])


@st.composite
def near_changes(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone, and an instant within two days of a change of its clocks."""
    name = draw(st.sampled_from(sorted(CHANGES)))
    around = draw(st.sampled_from(CHANGES[name]))
    away = timedelta(minutes=draw(st.integers(-2_880, 2_880)))
    return ZoneInfo(name), around.replace(tzinfo=UTC) + away


@given(near_changes(), OFFSETS)
def test_a_time_with_an_offset_goes_to_the_homes_day_of_that_instant(
    near: tuple[ZoneInfo, datetime], offset: timezone
) -> None:
    zone, instant = near
    placed = LocalDays(Calendar(zone)).place(instant.astimezone(offset), "exact")
    assert placed.at == instant
    assert placed.day == instant.astimezone(zone).date().isoformat()
    assert placed.confidence == "exact"


@given(near_changes())
def test_a_time_without_a_zone_goes_to_the_day_that_it_names(near: tuple[ZoneInfo, datetime]) -> None:
    zone, instant = near
    said = instant.replace(tzinfo=None)  # any local time near a change, also one that never was
    placed = LocalDays(Calendar(zone)).place(said, "exact")
    local = placed.at.astimezone(zone).replace(tzinfo=None)
    if local == said:
        assert placed.day == said.date().isoformat()
    else:  # the clocks skipped it: as much later as they jumped
        assert placed.confidence == "assumed_time"
        assert local > said
        assert placed.day == local.date().isoformat()


@given(near_changes())
def test_a_local_time_that_was_twice_is_the_first_and_is_said_to_be_unsure(
    near: tuple[ZoneInfo, datetime],
) -> None:
    zone, instant = near
    said = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    placed = LocalDays(Calendar(zone)).place(said, "exact")
    was_twice = said.replace(tzinfo=zone, fold=1).utcoffset() != said.replace(tzinfo=zone).utcoffset()
    assert placed.at <= instant
    assert (placed.at == instant) or was_twice
    assert placed.confidence == ("assumed_time" if was_twice else "assumed_zone")


@given(near_changes(), STARTS)
def test_a_date_alone_goes_to_that_day(near: tuple[ZoneInfo, datetime], starts_at: time) -> None:
    zone, instant = near
    said = instant.date()
    placed = LocalDays(Calendar(zone, starts_at)).place(datetime.combine(said, time()), "assumed_time")
    if (zone.key, said) == SKIPPED:
        assert placed.day == "2011-12-31"
    else:
        assert placed.day == said.isoformat()
    assert placed.confidence == "assumed_time"


@given(near_changes(), STARTS)
def test_each_instant_lies_in_the_window_of_its_day_and_days_never_run_backwards(
    near: tuple[ZoneInfo, datetime], starts_at: time
) -> None:
    zone, instant = near
    calendar = Calendar(zone, starts_at)
    days = LocalDays(calendar)
    day = date.fromisoformat(days.place(instant, "exact").day)
    assert instant in calendar.window_of(day)
    later = instant + timedelta(minutes=37)
    assert days.place(later, "exact").day >= day.isoformat()
