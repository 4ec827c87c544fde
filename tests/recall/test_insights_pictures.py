"""Pictures of patterns: what they show, in light and in dark, and that no text can break out of them."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from rem_dagster.errors import InputError
from rem_dagster.recall.insights import Asked, What, insight_of
from rem_dagster.recall.insights.drawing import COOL, RIGHT, WARM, WIDTH, fitting
from rem_dagster.recall.insights.periods import all_periods, period_said, short_period
from rem_dagster.recall.insights.pictures import picture_of
from rem_dagster.recall.kinds import DARK_INKS, DARK_PAPER, INKS, PAPER
from rem_dagster.store.database import Store
from tests.recall.test_insights import ASKED, DAY, HOUR, NOON, called, lived
from tests.stored import put

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>\x00 & \"'🌊 線"
DRAWN: tuple[What, ...] = ("hours", "mood", "frustration", "people", "tools", "rhythm")


def drawn(store: Store, what: What, asked: Asked = ASKED) -> ElementTree.Element:
    return ElementTree.fromstring(picture_of(insight_of(what, store, asked), asked))


def texts(svg: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in svg.iter(f"{SVG}text")]


def bars(svg: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [each for each in svg.iter(f"{SVG}rect") if each.get("class") == kind]


@pytest.fixture
def full(store: Store) -> Store:
    rows = []
    for n in range(4):
        at = NOON - n * DAY
        felt = ["frustrated", "tired"] if n % 2 else ["happy"]
        rows.append(lived(f"{HOSTILE} {n}", at=at, felt=felt, tags=[HOSTILE], people=[HOSTILE]))
        rows.append(lived(f"b{n}", at=at + 3 * HOUR, kind=HOSTILE, people=["Bo"]))
        rows.append(lived(f"c{n}", at=at + HOUR, hours=2, kind="learning", felt=["calm"]))
    put(store, "moments", *rows)
    put(store, "messages", called(HOSTILE, "read", at=NOON))
    return store


@pytest.mark.parametrize("what", DRAWN)
def test_a_picture_is_whole_xml_that_escapes_every_text_and_tells_itself_in_words(
    full: Store, what: What
) -> None:
    svg = drawn(full, what)
    assert {each.tag.removeprefix(SVG) for each in svg.iter()} <= {
        *("svg", "title", "desc", "style", "rect", "path", "text"),
    }
    assert svg.get("role") == "img"
    title, told = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert title.text
    assert told.text
    assert f"{title.get('id')} {told.get('id')}" == svg.get("aria-labelledby")
    assert "prefers-color-scheme:dark" in (svg.findtext(f"{SVG}style") or "")


@pytest.mark.parametrize("what", DRAWN)
def test_nothing_leaves_the_paper_and_letters_stay_readable_on_a_phone(full: Store, what: What) -> None:
    svg = drawn(full, what)
    height = float(svg.get("height") or 0)
    assert int(svg.get("width") or 0) == WIDTH <= 440
    for rect in svg.iter(f"{SVG}rect"):
        left, width = float(rect.get("x") or 0), float(rect.get("width") or 0)
        top, tall = float(rect.get("y") or 0), float(rect.get("height") or 0)
        assert left >= 0
        assert left + width <= max(RIGHT + 1, WIDTH * (rect.get("class") == "paper"))
        assert 0 <= top <= top + tall <= height
    for each in svg.iter(f"{SVG}text"):
        assert 0 < float(each.get("y") or 0) < height
        assert int(each.get("font-size") or 13) >= 12


def test_columns_are_as_high_as_their_hours_and_empty_days_keep_their_place(store: Store) -> None:
    put(store, "moments", lived("a", hours=2), lived("b", at=NOON - 2 * DAY, hours=4))
    asked = replace(ASKED, by="day")
    earlier, later = bars(drawn(store, "hours", asked), "k-work_session")[:2]
    assert float(earlier.get("height") or 0) == pytest.approx(2 * float(later.get("height") or 0))
    assert earlier.findtext(f"{SVG}title") == "18 Oct: Work 4 h"
    assert all_periods(["2025-10-18", "2025-10-20"], "day", week_starts_on=0)[1] == "2025-10-19"


def test_a_square_says_by_sign_and_ink_what_was_felt_more(store: Store) -> None:
    put(store, "moments", lived("a", hours=0.5, felt=["happy"]), lived("b", at=NOON + 3 * HOUR, felt=["sad"]))
    put(store, "moments", lived("c", at=NOON + 6 * HOUR, hours=0.5))
    svg = drawn(store, "mood")
    told = [
        each.findtext(f"{SVG}title")
        for each in svg.iter(f"{SVG}rect")
        if each.find(f"{SVG}title") is not None
    ]
    assert told == [
        "Monday 12:00: 1 pleasant, 0 unpleasant of 1 moment with a feeling",
        "Monday 15:00: 0 pleasant, 1 unpleasant of 1 moment with a feeling",
        "Monday 18:00: 1 moment, no feeling",
    ]
    assert texts(svg).count("+") == 2  # the square and the legend


def test_without_moments_or_frustration_a_picture_says_so(store: Store) -> None:
    assert "Nothing is recorded in this time." in texts(drawn(store, "hours"))
    put(store, "moments", lived("a"))
    assert "No moment of this time is frustrated." in texts(drawn(store, "frustration"))
    assert "No message of this time calls a tool." in texts(drawn(store, "tools"))
    with pytest.raises(InputError, match="no picture of 'streaks'"):
        drawn(store, "streaks")


def test_periods_without_anything_are_among_all_periods() -> None:
    assert all_periods(["2025-11", "2026-02"], "month", week_starts_on=0) == [
        *("2025-11", "2025-12", "2026-01", "2026-02"),
    ]
    assert len(all_periods([], "hour", week_starts_on=0)) == 24
    assert all_periods([], "weekday", week_starts_on=6)[0] == "Sunday"
    weeks = all_periods(["2025-10-06", "2025-10-27"], "week", week_starts_on=0)
    assert {b > a for a, b in pairwise(weeks)} == {True}
    assert len(weeks) == 4
    assert short_period("2026-02", "month") == "Feb 26"
    assert period_said("2025-10-06", "week") == "week of 6 Oct"


def test_words_are_cut_to_their_room_and_wide_letters_count_twice() -> None:
    assert fitting("abcdef", 200) == "abcdef"
    assert len(fitting("a" * 50, 100)) < 16
    assert len(fitting("線" * 50, 100)) < len(fitting("a" * 50, 100))


def luminance(ink: str) -> float:
    parts = [int(ink[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("is_dark", [False, True])
def test_every_ink_stands_out_from_its_paper(is_dark: bool) -> None:
    inks = [*(DARK_INKS if is_dark else INKS).values(), WARM[is_dark], COOL[is_dark]]
    paper = luminance(DARK_PAPER if is_dark else PAPER)
    for ink in inks:
        lighter, darker = sorted((luminance(ink), paper), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.4, ink


def test_dark_inks_are_of_the_same_types() -> None:
    assert list(DARK_INKS) == list(INKS)
    assert all(re.fullmatch("#[0-9a-f]{6}", ink) for ink in DARK_INKS.values())


def test_a_long_time_is_drawn_by_month(store: Store) -> None:
    put(store, "moments", *(lived(f"m{n}", at=NOON - n * 31 * DAY) for n in range(30)))
    asked = replace(ASKED, window=replace(ASKED.window, start=ASKED.window.start - timedelta(days=1000)))
    svg = drawn(store, "hours", asked)
    assert len([each for each in bars(svg, "k-work_session") if each.find(f"{SVG}title") is not None]) == 30
    labels = [each for each in texts(svg) if re.fullmatch(r"[A-Z][a-z]{2} \d\d", each)]
    assert 3 < len(labels) < 12
