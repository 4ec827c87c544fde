"""What do the pages of a week, a month and a year show?"""

from datetime import timedelta

import pytest

from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.interfaces.web.days import DAY, Elements, a_day, at, dreamt, journal_of
from tests.stored import message, moment, put, summary


def page(home: Home, path: str) -> Elements:
    """A page as it is read."""
    answer = journal_of(home).get(path)
    assert answer.status_code == 200
    return Elements(answer.text)


def test_a_week_has_seven_days_on_one_axis(home: Home, store: Store) -> None:
    a_day(store)
    week = at(0) - timedelta(days=1)
    put(store, "summaries", summary("A week of disks.", at=week, end=week + timedelta(days=7), period="week"))
    found = page(home, "/week/2025-W43")
    told = ("Week 43", "19 to 25 October 2025", "A week of disks.", "2 moments over 1 day", "Still to come")
    assert [each for each in told if each not in found.text] == []
    assert "The slow build was fsync." in found.text
    assert "Nothing recorded" in found.text
    rects = [attrs for name, attrs in found.elements if name == "rect" and attrs.get("class") == "blk"]
    assert len([each for each in rects if (each.get("x") or "").endswith("%")]) == 2


def test_threads_and_outcomes_lead_to_their_days(home: Home, store: Store) -> None:
    first, _ = a_day(store)
    found = page(home, "/week/2025-W43")
    assert "What came of it" in found.text
    assert "#The slow build was fsync." in found.text
    assert f"/day/2025-10-20#m-{first}" in found.values("a", "href")


def test_a_week_tells_what_differs_from_the_one_before(home: Home, store: Store) -> None:
    for back, hours in ((7, 2.0), (14, 7.0)):
        put(store, "messages", message("x", at=at(9) - timedelta(days=back)))
        put(store, "moments", moment(f"One {back}", at=at(9) - timedelta(days=back), hours=hours))
    assert "5 h less work than the week before" in page(home, "/week/2025-W42").text


def test_an_empty_week_month_and_year_name_what_is_near(home: Home, store: Store) -> None:
    a_day(store)
    for path in ("/week/2025-W40", "/month/2025-09", "/year/2024"):
        found = page(home, path)
        assert "Nothing was recorded in" in found.text
        assert {"/day/2025-10-20", "/year/2025"} & set(found.values("a", "href"))


def test_undreamt_and_failed_days_are_marked_in_the_year(home: Home, store: Store) -> None:
    put(store, "messages", message("x", at=at(9)), message("y", at=at(9) - timedelta(days=1)))
    dreamt(store, status="failed")
    found = page(home, "/year/2025")
    classes = found.values("rect", "class")
    assert classes.count("hx") == classes.count("hu") == 1
    assert "Mon 20 Oct 2025: its dream failed" in found.text
    assert "1 item, not dreamt" in found.text


def test_a_year_has_a_cell_for_each_day_and_a_line_for_each_month(home: Home, store: Store) -> None:
    a_day(store)
    put(store, "summaries", summary("A month of disks.", at=at(0).replace(day=1), end=at(0), period="month"))
    found = page(home, "/year/2024")
    assert len([each for each in found.values("rect", "class") if each in {"h0", "h0 now"}]) == 366 + 1
    year = page(home, "/year/2025")
    assert "A month of disks." in year.text
    assert "/month/2025-10" in year.values("a", "href")


def test_a_year_tells_how_each_month_begins_in_whole_sentences(home: Home, store: Store) -> None:
    a_day(store)
    told = f"It began. {'A disk was mended. ' * 20}{'word ' * 200}."
    put(store, "summaries", summary(told, at=at(0).replace(day=1), end=at(0), period="month"))
    text = page(home, "/year/2025").text
    assert "It began. A disk was mended." in text
    assert "…" not in text
    assert "word word" not in text
    assert text.count("A disk was mended.") < 14


def test_a_month_is_a_calendar_with_headlines(home: Home, store: Store) -> None:
    a_day(store)
    found = page(home, "/month/2025-10")
    names = [name for name, _ in found.elements]
    assert names.count("td") == 35
    assert "October" in found.text
    assert "The slow build was fsync." in found.text


@pytest.mark.parametrize("path", ["/day/2025-10-20", "/week/2025-W43", "/month/2025-10", "/year/2025"])
def test_pages_lead_to_each_other(home: Home, store: Store, path: str) -> None:
    a_day(store)
    links = page(home, path).values("a", "href")
    for wanted in ("/day/2025-10-20", "/week/2025-W43", "/month/2025-10", "/year/2025"):
        assert wanted in links


def test_a_week_can_be_copied_as_markdown(home: Home, store: Store) -> None:
    a_day(store)
    text = journal_of(home).get("/week/2025-W43.md").text
    assert text.startswith("# Week 43, 19 to 25 October 2025\n")
    assert "- **Mon 20 Oct** The slow build was fsync. (2 h 30)" in text
    assert "## What came of it" in text
    assert DAY.isoformat() not in text
