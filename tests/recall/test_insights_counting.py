"""How time is cut at local hours and counted once, against counting minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.model.window import Calendar
from rem_dagster.recall.insights.pieces import SECOND, covered_by, cut, milliseconds, numbered

MINUTE = 60 * SECOND
CLOCKS_CHANGE = {
    "Europe/Lisbon": date(2025, 10, 26),
    "America/New_York": date(2025, 3, 9),
    "Asia/Kolkata": date(2025, 6, 1),
    "Australia/Lord_Howe": date(2025, 4, 6),
    "America/Havana": date(2025, 3, 9),
    "Pacific/Apia": date(2011, 12, 30),
}
"""Days on which clocks go forward or back, by half an hour, at midnight, or a whole day is left out."""


def spans(*pairs: tuple[datetime, datetime]) -> pandas.DataFrame:
    rows = [(milliseconds(start), milliseconds(end)) for start, end in pairs]
    return pandas.DataFrame(rows, columns=["start", "end"], dtype="int64")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # year to minute


def day_of(instant: datetime, calendar: Calendar) -> int:
    near = [calendar.day_of(instant) + timedelta(days=days) for days in (0, -1, 1)]
    return next(day.toordinal() for day in near if instant in calendar.window_of(day))


@st.composite
def lives(draw: st.DrawFn) -> tuple[Calendar, list[tuple[datetime, datetime]]]:
    zone = draw(st.sampled_from(sorted(CLOCKS_CHANGE)))
    begins = draw(st.sampled_from([time(0), time(4), time(4, 30)]))
    around = datetime.combine(CLOCKS_CHANGE[zone], time(12), tzinfo=UTC)
    minutes = st.integers(-3000, 3000)
    pairs = draw(st.lists(st.tuples(minutes, st.integers(0, 900)), min_size=1, max_size=6))
    found = [
        (around + timedelta(minutes=start), around + timedelta(minutes=start + length))
        for start, length in pairs
    ]
    return Calendar(ZoneInfo(zone), begins, 0), found


@settings(max_examples=40)
@given(lives())
def test_each_piece_lies_in_one_local_day_and_hour_and_nothing_is_lost(
    life: tuple[Calendar, list[tuple[datetime, datetime]]],
) -> None:
    calendar, pairs = life
    frame = spans(*pairs)
    pieces = cut(frame, calendar)
    for row in pieces.itertuples():
        instants = [row.start, max(row.end - 1, row.start)]
        for instant in (datetime.fromtimestamp(each / SECOND, tz=UTC) for each in instants):
            assert instant in calendar.window_of(date.fromordinal(int(row.day)))
            assert instant.astimezone(calendar.zone).hour == row.hour
        assert date.fromordinal(int(row.day)).weekday() == row.weekday
    lengths = (pieces["end"] - pieces["start"]).groupby(pieces["moment"]).sum()
    assert lengths.tolist() == (frame["end"] - frame["start"]).tolist()


@settings(max_examples=40)
@given(lives())
@pytest.mark.runs
def test_time_under_several_moments_counts_once(
    life: tuple[Calendar, list[tuple[datetime, datetime]]],
) -> None:
    calendar, pairs = life
    pieces = cut(spans(*pairs), calendar)
    groups, keys = numbered(pieces, ["day", "hour"])
    seconds = covered_by(groups, len(keys), pieces)
    minutes: dict[tuple[int, int], set[datetime]] = {}
    for start, end in pairs:
        for minute in range(round((end - start) / timedelta(minutes=1))):
            instant = start + timedelta(minutes=minute)
            local = day_of(instant, calendar), instant.astimezone(calendar.zone).hour
            minutes.setdefault(local, set()).add(instant)
    found = dict(zip(keys.itertuples(index=False, name=None), seconds.tolist(), strict=True))
    assert {key: value for key, value in found.items() if value} == {
        key: 60 * len(held) for key, held in minutes.items()
    }
    whole = covered_by(np.zeros(len(pieces), dtype=np.int64), 1, pieces)[0]
    assert whole == sum(found.values())


def test_the_day_on_which_clocks_go_back_has_twenty_five_hours() -> None:
    calendar = Calendar(ZoneInfo("Europe/Lisbon"), time(0), 0)
    day = calendar.window_of(date(2025, 10, 26))
    pieces = cut(spans((day.start, day.end)), calendar)
    assert (pieces["end"] - pieces["start"]).sum() == 25 * 3600 * SECOND
    assert pieces["hour"].tolist().count(1) == 2
    assert set(pieces["day"]) == {date(2025, 10, 26).toordinal()}


def test_a_moment_over_midnight_lies_in_both_days_unless_the_home_s_day_starts_later() -> None:
    night = spans((at(2025, 10, 6, 23, 30), at(2025, 10, 7, 1, 0)))
    usual = cut(night, Calendar(ZoneInfo("UTC"), time(0), 0))
    assert usual["day"].diff().dropna().tolist() == [1]
    late = cut(night, Calendar(ZoneInfo("UTC"), time(4), 0))
    assert set(late["day"]) == {date(2025, 10, 6).toordinal()}
    assert late["hour"].tolist() == [23, 0]


def test_an_instant_is_one_piece_and_covers_nothing() -> None:
    noon = at(2025, 10, 6, 12)
    pieces = cut(spans((noon, noon)), Calendar(ZoneInfo("UTC"), time(0), 0))
    assert (len(pieces), pieces["hour"].tolist()) == (1, [12])
    assert covered_by(np.array([0]), 1, pieces).tolist() == [0]


@pytest.mark.parametrize("by", [["a"], ["a", "b"], ["b", "a"]])
def test_groups_are_numbered_in_the_order_of_their_keys(by: list[str]) -> None:
    frame = pandas.DataFrame({"a": [2, 1, 2, 1], "b": ["y", "x", "x", "x"]})
    numbers, keys = numbered(frame, by)
    assert list(keys.itertuples(index=False)) == sorted(set(frame[by].itertuples(index=False)))
    assert (keys.iloc[numbers].reset_index(drop=True) == frame[by]).all(axis=None)
