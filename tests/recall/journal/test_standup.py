"""The morning's page: which days it looks back on, and what it says of them."""

from datetime import date

from rem_dagster.model.window import Calendar, zone_named
from rem_dagster.recall.journal.standup import Standup, standup, standup_markdown
from rem_dagster.store.database import Store
from tests.recall.journal.mornings import at, dreamt, meant
from tests.stored import message, put, resource, summary

UTC_DAYS = Calendar(zone_named("UTC"))


def morning(store: Store, days: int, **options: bool) -> Standup:
    return standup(store, at(days).date(), user_id="ann", calendar=UTC_DAYS, **options)  # type: ignore[arg-type]


def lived(store: Store, *days: int) -> None:
    for each in days:
        put(store, "messages", message(f"Something of day {each}.", at=at(each)))


def days_of(page: Standup) -> list[date]:
    return [each.day for each in page.days]


def test_a_morning_looks_back_on_the_last_day_that_holds_something(store: Store) -> None:
    lived(store, 0, 1, 3)
    assert days_of(morning(store, 2)) == [at(1).date()]
    assert days_of(morning(store, 3)) == [at(1).date()]
    assert days_of(morning(store, 200)) == [at(3).date()]


def test_a_monday_looks_back_as_far_as_friday(store: Store) -> None:
    lived(store, 3, 4, 6)
    assert days_of(morning(store, 7)) == [at(4).date(), at(6).date()]
    assert days_of(morning(store, 8)) == [at(6).date()]


def test_a_monday_after_an_empty_weekend_has_the_last_day_there_is(store: Store) -> None:
    lived(store, 1, 2)
    assert days_of(morning(store, 7)) == [at(2).date()]


def test_the_first_morning_has_nothing_to_look_back_on(store: Store) -> None:
    page = morning(store, 0)
    assert (page.days, page.open, page.ahead) == ((), (), ())
    assert "Nothing is recorded before this day." in standup_markdown(page)


def test_each_day_says_how_its_dream_stands(store: Store) -> None:
    lived(store, 0)
    assert morning(store, 1).days[0].state == "undreamt"
    dreamt(store, days=0, status="failed")
    assert morning(store, 1).days[0].state == "failed"
    dreamt(store, days=0)
    assert morning(store, 1).days[0].is_current
    put(store, "messages", message("One more.", at=at(0, 20)))
    page = morning(store, 1)
    assert page.days[0].state == "changed"
    assert page.undreamt == (at(0).date(),)


def test_the_page_has_what_was_what_came_of_it_what_is_open_and_today(store: Store) -> None:
    lived(store, 0)
    dreamt(store, days=0)
    put(store, "summaries", summary("The loader works.", at=at(0), end=at(1)))
    put(
        store,
        "moments",
        meant("Loader *fast*", "Tomorrow I'll write the guide text.", outcomes=["Merged it"]),
    )
    event = resource("Stand-up", "text", at=at(1, 10), category="event")
    put(store, "resources", {**event, "active_start_time": at(1, 10), "active_end_time": at(1, 11)})
    page = morning(store, 1)
    assert [each.name for each in page.ahead] == ["Stand-up"]
    assert page.is_for_today(page.own[0])
    assert (
        standup_markdown(page)
        == """# Stand-up, Tuesday 21 October 2025

## Monday 20 October 2025

The loader works.

- 09:00–10:00 **Loader \\*fast\\*** (Work, 1 h)

## What came of it

- Merged it

## Open

- [ ] Tomorrow I'll write the guide text. (since Mon 20 Oct)

## Today

- 10:00 Stand-up
"""
    )


def test_faded_threads_are_told_when_they_are_asked_for(store: Store) -> None:
    put(store, "moments", meant("Loader", "I need to write the migration guide."))
    lived(store, 30)
    assert morning(store, 31).faded == ()
    assert len(morning(store, 31, with_faded=True).faded) == 1


def test_only_what_was_closed_on_the_days_is_told_as_done(store: Store) -> None:
    put(
        store,
        "moments",
        meant("Loader", "I need to write the migration guide."),
        meant("Docs", days=1, outcomes=["Wrote the migration guide"]),
    )
    lived(store, 0, 1, 2)
    assert len(morning(store, 2).closed) == 1
    assert morning(store, 3).closed == ()
    assert morning(store, 3).open == ()


def test_a_day_is_one_of_the_home_s_zone(store: Store) -> None:
    put(store, "messages", {**message("Late.", at=at(0, 23)), "partition_key": at(1).date().isoformat()})
    howe = Calendar(zone_named("Australia/Lord_Howe"))
    page = standup(store, at(2).date(), user_id="ann", calendar=howe)
    assert days_of(page) == [at(1).date()]
