"""Which days hold something, and is it seen when that changes?"""

from datetime import date, timedelta

import pytest

from rem_dagster.errors import WindowError
from rem_dagster.model.window import Calendar, zone_named
from rem_dagster.recall.journal.held import held_days
from rem_dagster.recall.journal.periods import (
    day_named,
    month_named,
    next_month,
    week_name,
    week_named,
    year_named,
)
from rem_dagster.store.database import Store
from tests.interfaces.web.days import DAY, a_day, at, dreamt
from tests.stored import message, moment, put, resource


def test_days_are_found_before_and_after(store: Store) -> None:
    put(store, "messages", message("x", at=at(9)), message("y", at=at(9) + timedelta(days=40)))
    put(store, "resources", resource("n", "n", at=at(9) - timedelta(days=3)))
    put(store, "messages", message("z", at=at(9) + timedelta(days=1), user="bob"))
    held = held_days(store, user_id="ann")
    assert held.before(DAY) == DAY - timedelta(days=3)
    assert held.after(DAY) == DAY + timedelta(days=40)
    assert held.after(DAY, until=DAY + timedelta(days=9)) is None
    assert held.before(DAY - timedelta(days=3)) is None
    assert held.latest(DAY + timedelta(days=5)) == held.latest(DAY) == DAY
    assert held.latest(DAY - timedelta(days=9)) is None
    assert [each.day for each in held.between(DAY, DAY + timedelta(days=40))] == [
        DAY,
        DAY + timedelta(days=40),
    ]


def test_a_change_is_seen_and_what_did_not_change_is_not_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(store)
    assert held_days(store, user_id="ann").on(DAY).state == "current"
    read: list[str] = []
    usual = Store.read
    monkeypatch.setattr(
        Store, "read", lambda self, table, *a, **k: read.append(table) or usual(self, table, *a, **k)
    )
    assert held_days(store, user_id="ann") is held_days(store, user_id="ann")
    assert read == []
    put(store, "moments", moment("Late", at=at(20)))
    assert len(held_days(store, user_id="ann").on(DAY).moments) == 3
    assert read == ["moments"]
    put(store, "messages", message("late", at=at(21)))
    assert held_days(store, user_id="ann").on(DAY).state == "stale"
    dreamt(store)
    assert held_days(store, user_id="ann").on(DAY).state == "current"


def test_time_under_several_moments_counts_once(store: Store) -> None:
    put(
        store,
        "moments",
        moment("a", at=at(9), hours=2),
        moment("b", at=at(10), hours=3),
        moment("c", at=at(20), hours=0),
    )
    on = held_days(store, user_id="ann").on(DAY)
    assert on.covered == timedelta(hours=4)
    assert on.headline == "b"


@pytest.mark.parametrize("starts_on", range(7))
def test_a_week_s_name_is_that_of_its_middle_wherever_weeks_begin(starts_on: int) -> None:
    calendar = Calendar(zone_named("UTC"), week_starts_on=starts_on)
    for offset in range(800):
        day = date(2024, 12, 1) + timedelta(days=offset)
        first = week_named(week_name(day, calendar), calendar)
        assert first <= day < first + timedelta(days=7)
        assert first.weekday() == starts_on


@pytest.mark.parametrize(
    "name", ["2025-W00", "2025-W54", "2025-W5", "9999-W52", "0001-W01", "x", "٢٠٢٥-W01", ""]
)
def test_a_week_that_is_none_is_said_to_be(name: str) -> None:
    with pytest.raises(WindowError, match="no week"):
        week_named(name, Calendar(zone_named("UTC")))


def test_other_names_that_name_nothing_are_said_to_be() -> None:
    for call, name in (
        (month_named, "2025-00"),
        (year_named, "0002"),
        (day_named, "2025-02-30"),
        (year_named, "٢٠٢٥"),
    ):
        with pytest.raises(WindowError, match="is called like"):
            call(name)
    assert next_month(date(2025, 12, 1)) == date(2026, 1, 1)
    assert next_month(date(2025, 1, 1), months=-1) == date(2024, 12, 1)
