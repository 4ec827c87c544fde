"""What a picture of a day, or of several, shows."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar
from rem_dagster.recall.kinds import INK_OF_OWN_TYPES, INKS, PAPER, ink_of, word_of
from rem_dagster.recall.picture import (
    EDGE,
    INSIDE,
    MOST_TITLES,
    picture_of_day,
    picture_of_days,
    strip_of_day,
)

DAY = date(2025, 10, 6)
UTC_DAYS = Calendar(ZoneInfo("UTC"))
SVG = "{http://www.w3.org/2000/svg}"


def moment(hour: float, hours: float, name: str = "A walk", kind: str = "other", number: int = 0) -> Moment:
    start = datetime(2025, 10, 6, tzinfo=UTC) + timedelta(hours=hour)
    end = start + timedelta(hours=hours)
    return Moment(
        id=f"{hour}-{number}",
        user_id="ana",
        partition_key=DAY.isoformat(),
        name=name,
        summary="",
        start_time=start,
        end_time=end,
        created_at=end,
        moment_type=kind,
        dream_id="d",
    )


def drawn(*moments: Moment) -> ElementTree.Element:
    return ElementTree.fromstring(picture_of_day(moments, UTC_DAYS.window_of(DAY), UTC_DAYS.zone))


def strip(*moments: Moment) -> str:
    return strip_of_day(moments, UTC_DAYS.window_of(DAY), UTC_DAYS.zone)


def texts(svg: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in svg.iter(f"{SVG}text")]


def bars(svg: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [each for each in svg.iter(f"{SVG}rect") if each.get("fill") == ink_of(kind)]


def test_a_moment_lies_on_its_hours_and_is_told_by_title_and_type() -> None:
    svg = drawn(moment(6, 6, "Found the bug", "work_session"))
    ribbon = bars(svg, "work_session")[0]
    assert float(ribbon.get("x", "")) == pytest.approx(EDGE + INSIDE / 4, abs=0.1)
    assert float(ribbon.get("width", "")) == pytest.approx(INSIDE / 4, abs=0.1)
    assert "Found the bug" in texts(svg)
    assert "Work 6.0 h" in texts(svg)


def test_a_strip_has_a_lane_for_each_type_and_no_title() -> None:
    svg = strip(moment(6, 1, "A secret"), moment(8, 2, "More", "planning"), moment(12, 0, number=1))
    assert "secret" not in svg
    lanes = {each.get("stroke"): each.get("d", "") for each in ElementTree.fromstring(svg).iter(f"{SVG}path")}
    assert lanes[ink_of("planning")] == "M244,28h38"
    assert lanes[ink_of("other")] == "M206,44h19M320,44h3"
    assert texts(ElementTree.fromstring(svg)) == ["0006121800", "Planning", "Other"]


def test_a_strip_of_an_ordinary_day_is_short_enough_to_be_shown_without_a_click() -> None:
    kinds = ("work_session", "communication", "planning", "learning")
    busy = [moment(8 + n, 0.7, kind=kinds[n % 4], number=n) for n in range(12)]
    assert len(quote(strip(*busy), safe="/:=',;-.")) < 960


@pytest.mark.parametrize("name", ['</text><script>alert("x")</script>', "a & b", "\x00\x0b\ud800 odd"])
def test_any_title_leaves_the_picture_whole(name: str) -> None:
    svg = drawn(moment(6, 1, name))
    assert not list(svg.iter(f"{SVG}script"))


def test_what_lasts_beyond_the_day_is_cut_and_what_has_no_length_is_seen() -> None:
    late, point = drawn(moment(20, 9)), drawn(moment(23.99, 0))
    for svg in (late, point):
        bar = bars(svg, "other")[0]
        right = float(bar.get("x", "")) + float(bar.get("width", ""))
        assert right <= EDGE + INSIDE + 0.1
        assert float(bar.get("width", "")) >= 3


def test_hours_are_those_of_the_clock_on_a_day_of_23_hours() -> None:
    calendar = Calendar(ZoneInfo("Europe/Lisbon"))
    day = date(2026, 3, 29)
    svg = picture_of_day([], calendar.window_of(day), calendar.zone)
    labels = texts(ElementTree.fromstring(svg))
    assert labels == ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "00:00"]


def test_of_very_many_moments_the_longest_have_a_line_and_the_picture_stays_small() -> None:
    many = [moment(n / 10, (n + 1) / 100, f"Number {n:03} " + "é" * 60, number=n) for n in range(200)]
    svg = drawn(*many)
    titles = [each for each in texts(svg) if each.startswith("Number")]
    assert titles == [each.name for each in many[-MOST_TITLES:]]
    few = picture_of_day(many[:40], UTC_DAYS.window_of(DAY), UTC_DAYS.zone)
    assert len(few.encode()) * 4 / 3 < 20_000


def test_time_that_two_moments_of_a_type_cover_counts_once() -> None:
    assert "Other 2.0 h" in texts(drawn(moment(6, 2), moment(7, 1, number=1)))


def test_a_column_is_as_high_as_its_hours_and_a_day_without_any_keeps_its_place() -> None:
    days = {DAY: {"other": 7200.0}, DAY + timedelta(days=1): {}, DAY + timedelta(days=2): {"other": 3600.0}}
    svg = ElementTree.fromstring(picture_of_days(days))
    high, low, *_ = (float(each.get("height", "")) for each in bars(svg, "other"))
    assert high == pytest.approx(2 * low, abs=0.2)
    assert [each for each in texts(svg) if each[:3] in ("Mon", "Tue", "Wed")] == ["Mon 6", "Tue 7", "Wed 8"]
    assert "Other 3.0 h" in texts(svg)


def test_a_picture_of_no_hours_is_a_picture() -> None:
    assert ElementTree.fromstring(picture_of_days({DAY: {}})).tag == f"{SVG}svg"


def test_every_ink_can_be_read_on_the_paper() -> None:
    for ink in {*INKS.values(), INK_OF_OWN_TYPES}:
        assert _contrast(ink, PAPER) >= 4.45, ink


def test_a_users_own_type_is_called_by_its_name() -> None:
    assert word_of("deep_work") == "Deep work"
    assert ink_of("deep_work") == INK_OF_OWN_TYPES


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
