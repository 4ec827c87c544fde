"""Times as sources say them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import InputError
from rem_dagster.sources.times import SaidTime, parse_time

LOCAL = datetime(2024, 5, 1, 9, 30)
WORDS = "is not a time"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2024-05-01T09:30:00Z", SaidTime(LOCAL.replace(tzinfo=UTC))),
        ("2024-05-01T09:30:00+00:00", SaidTime(LOCAL.replace(tzinfo=UTC), 0)),
        ("2024-05-01 09:30", SaidTime(LOCAL)),
        ("2024-05-01", SaidTime(datetime(2024, 5, 1), is_date_only=True)),
        ("2024/5/1", SaidTime(datetime(2024, 5, 1), is_date_only=True)),
        ("20240501", SaidTime(datetime(2024, 5, 1), is_date_only=True)),
        (1714555800, SaidTime(LOCAL.replace(tzinfo=UTC))),
        (1714555800.0, SaidTime(LOCAL.replace(tzinfo=UTC))),
        ("1714555800", SaidTime(LOCAL.replace(tzinfo=UTC))),
        (1714555800000, SaidTime(LOCAL.replace(tzinfo=UTC))),
        (1714555800000000, SaidTime(LOCAL.replace(tzinfo=UTC))),
        (LOCAL, SaidTime(LOCAL)),
        (LOCAL.date(), SaidTime(datetime(2024, 5, 1), is_date_only=True)),
    ],
)
def test_iso_text_dates_and_epoch_numbers_are_times(said: object, expected: SaidTime) -> None:
    assert parse_time(said) == expected


def test_an_offset_is_kept_as_minutes_and_z_leaves_it_unknown() -> None:
    assert parse_time("2024-05-01T09:30:00-07:30").utc_offset_minutes == -450
    assert parse_time("2024-05-01T09:30:00Z").utc_offset_minutes is None


@pytest.mark.parametrize(
    "said",
    [
        "",
        "yesterday",
        "2024-13-01",
        "2024-02-30",
        "12:30",
        True,
        None,
        [],
        {},
        float("nan"),
        float("inf"),
        1e300,
    ],
)
def test_what_is_no_time_is_refused(said: object) -> None:
    with pytest.raises(InputError, match=WORDS):
        parse_time(said)


@pytest.mark.parametrize("said", ["0001-01-01", "9999-12-31T23:59:59Z", "1899-12-31", 1e10])
def test_an_absurd_year_is_refused(said: object) -> None:
    with pytest.raises(InputError, match="year outside"):
        parse_time(said)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)),
    st.integers(-14 * 60, 14 * 60),
)
def test_a_written_time_is_read_as_the_same_instant(local: datetime, minutes: int) -> None:
    from datetime import timezone

    at = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    said = parse_time(at.isoformat())
    assert (said.at, said.utc_offset_minutes) == (at, minutes)
