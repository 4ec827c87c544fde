"""Where do moments and items lie on the scale of a day?"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.held import Brief
from rem_dagster.recall.journal.ribbon import LANES, LEAST, MOST_BLOCKS, PLACES, Ribbon, ribbon_of, ticks_on
from rem_dagster.recall.journal.sources import SourceItem

ZONES = ("UTC", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
HOUR = timedelta(hours=1)


def drawn(
    day: date,
    zone: str,
    moments: list[tuple[float, float]],
    *,
    items: list[float] | None = None,
    starts: time = time(0),
) -> Ribbon:
    """The ribbon of a day whose moments begin and last so many hours after its own beginning."""
    calendar = Calendar(ZoneInfo(zone), starts)
    window = calendar.window_of(day)
    briefs = sorted(
        (
            Brief(
                str(place), f"m{place}", "other", window.start + at * HOUR, window.start + (at + hours) * HOUR
            )
            for place, (at, hours) in enumerate(moments)
        ),
        key=lambda each: (each.start_time, each.end_time, each.id),
    )
    said = [
        SourceItem(str(at), "chat", window.start + at * HOUR, window.start + at * HOUR, None)
        for at in sorted(items or [])
    ]
    ribbon = ribbon_of(briefs, said, window, calendar.zone)
    assert ribbon is not None
    return ribbon


def labels(ribbon: Ribbon) -> list[str]:
    """What stands below the scale."""
    return [tick.label for tick in ribbon.ticks]


def test_a_day_without_anything_has_no_ribbon() -> None:
    calendar = Calendar(ZoneInfo("UTC"))
    assert ribbon_of([], [], calendar.window_of(date(2025, 10, 20)), calendar.zone) is None


def test_the_scale_runs_over_full_hours_and_twelve_at_least() -> None:
    ribbon = drawn(date(2025, 10, 20), "UTC", [(9.5, 1)])
    assert labels(ribbon) == ["04", "06", "08", "10", "12", "14", "16"]
    assert labels(drawn(date(2025, 10, 20), "UTC", [(22.5, 1)])) == ["12", "14", "16", "18", "20", "22", "00"]
    assert labels(drawn(date(2025, 10, 20), "UTC", [(0.5, 1)])) == ["00", "02", "04", "06", "08", "10", "12"]


def test_an_hour_that_the_clocks_repeat_is_written_twice() -> None:
    back = drawn(date(2025, 10, 26), "Europe/Lisbon", [(0, 14)])
    assert labels(back)[:4] == ["00", "01", "01", "02"]
    assert (back.scale.end - back.scale.start) == 14 * HOUR
    ahead = drawn(date(2025, 3, 30), "Europe/Lisbon", [(0, 12)])
    assert labels(ahead) == ["00", "02", "04", "06", "08", "10", "12"]
    assert ahead.ticks[1].at == pytest.approx(100 / 12, abs=0.01)  # one hour after midnight


def test_a_zone_whose_clocks_go_by_half_an_hour_has_its_hours_where_they_are() -> None:
    ribbon = drawn(date(2025, 4, 6), "Australia/Lord_Howe", [(0, 13)])
    assert labels(ribbon)[:3] == ["00", "02", "04"]
    assert ribbon.ticks[1].at == pytest.approx(100 * 2.5 / 14, abs=2)


@given(
    day=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    zone=st.sampled_from(ZONES),
    moments=st.lists(st.tuples(st.floats(0, 22), st.floats(0, 5)), max_size=12),
    items=st.lists(st.floats(0, 22), max_size=20),
    starts=st.sampled_from([time(0), time(4)]),
)
def test_everything_lies_on_the_scale(
    day: date, zone: str, moments: list[tuple[float, float]], items: list[float], starts: time
) -> None:
    calendar = Calendar(ZoneInfo(zone), starts)
    if calendar.window_of(day).duration < 23 * HOUR or not (moments or items):
        return  # a day that a zone skipped
    ribbon = drawn(day, zone, moments, items=items, starts=starts)
    scale = ribbon.scale
    assert scale.end - scale.start >= LEAST
    assert (scale.end - scale.start) % timedelta(minutes=15) == timedelta()
    for block in ribbon.blocks:
        assert 0 <= block.left <= 100
        assert block.left + block.width <= 100.01
        assert block.lane < LANES
        assert scale.start <= block.moment.start_time <= scale.end
    for row in ribbon.rows:
        assert sum(mark.count for mark in row.marks) == len(items)
        assert all(0 <= mark.at <= 100 for mark in row.marks)
    places = [tick.at for tick in ribbon.ticks]
    assert places == sorted(places)
    assert 3 <= len(places) <= 14


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0.5, 3)), min_size=1, max_size=10))
def test_blocks_of_the_first_two_lanes_never_lie_upon_each_other(moments: list[tuple[float, float]]) -> None:
    ribbon = drawn(date(2025, 10, 20), "UTC", moments)
    for lane in range(LANES - 1):
        spans = [
            (each.moment.start_time, each.moment.end_time) for each in ribbon.blocks if each.lane == lane
        ]
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(spans)))


def test_very_many_moments_and_items_are_thinned() -> None:
    items = [n / 250 for n in range(5_000)]
    ribbon = drawn(date(2025, 10, 20), "UTC", [(n / 20, 0.01 * (n % 50)) for n in range(400)], items=items)
    assert len(ribbon.blocks) == MOST_BLOCKS
    assert min(each.moment.lasting for each in ribbon.blocks) > timedelta(minutes=15)
    assert len(ribbon.rows[0].marks) <= PLACES + 1
    assert ribbon.rows[0].words == "5,000 messages from 00:00 to 19:59"


def test_labels_of_a_whole_day_have_room() -> None:
    scale = drawn(date(2025, 10, 20), "UTC", [(0, 24)]).scale
    assert [tick.label for tick in ticks_on(scale, ZoneInfo("UTC"))] == [
        *("00", "03", "06", "09", "12", "15", "18", "21", "00"),
    ]
    assert scale.start == datetime(2025, 10, 20, tzinfo=UTC)
