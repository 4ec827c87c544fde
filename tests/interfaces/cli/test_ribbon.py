"""A day on one line."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rem_dagster.interfaces.cli.ribbon import ribbon
from tests.interfaces.cli.moments import LISBON, moment


def cells(*moments: object, zone: ZoneInfo = LISBON, width: int = 76) -> str:
    return ribbon(moments, zone, width)[1].plain  # type: ignore[arg-type]  # moments


def test_a_cell_is_twelve_minutes() -> None:
    assert cells(moment("a", "09:00", "10:00"), moment("b", "20:00", "20:30")).count("●") == 8


def test_a_moment_without_length_takes_one_cell() -> None:
    assert cells(moment("a", "09:00", "09:00")).count("●") == 1


def test_the_shorter_of_two_that_overlap_is_seen() -> None:
    line = cells(moment("long", "09:00", "12:00"), moment("short", "10:00", "10:12", kind="planning"))
    assert (line.count("◆"), line.count("●")) == (1, 14)


def test_a_short_day_still_shows_twelve_hours() -> None:
    assert len(cells(moment("a", "09:00", "10:00"))) == 60


def test_a_day_without_moments_has_no_ribbon() -> None:
    assert ribbon([], LISBON, 76) == []


def test_the_hour_that_clocks_repeat_takes_its_own_cells() -> None:
    start = datetime(2026, 10, 24, 23, tzinfo=UTC)  # midnight in Lisbon; a day of 25 hours
    whole = moment("a").model_copy(update={"start_time": start, "end_time": start + timedelta(hours=13)})
    assert cells(whole).count("●") == 65


def test_the_scale_names_even_hours_above_their_cells() -> None:
    scale, line = ribbon([moment("a", "10:00", "10:12"), moment("b", "20:00", "20:12")], LISBON, 76)
    assert scale.plain.index("10") == line.plain.index("●")
    assert scale.plain.index("20") == line.plain.rindex("●")
