"""Open threads: what is carried on, what ends one and what does not."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.model.window import Calendar, zone_named
from rem_dagster.recall.journal.threads import FADES_AFTER, FADES_SOON, Threads, open_threads, threads
from rem_dagster.recall.journal.threads_words import about, is_for, is_thread, said_by, same_plan
from rem_dagster.store.database import Store
from tests.recall.journal.mornings import MONDAY, at, meant
from tests.stored import put, resource, summary

UTC_DAYS = Calendar(zone_named("UTC"))
GUIDE = "Tomorrow I'll write the migration guide."


def as_of(store: Store, days: int, **options: bool) -> Threads:
    return threads(store, at(days).date(), user_id="ann", calendar=UTC_DAYS, **options)  # type: ignore[arg-type]


def test_an_intention_without_an_outcome_is_carried_from_day_to_day(store: Store) -> None:
    put(store, "moments", meant("Loader", GUIDE), meant("Lunch with Priya", days=3))
    (thread,) = open_threads(store, at(5).date(), user_id="ann", calendar=UTC_DAYS)
    assert (thread.text, thread.since, thread.moment_name) == (GUIDE, MONDAY.date(), "Loader")
    assert thread.source_ids == ("s-Tomorrow",)


def test_a_day_knows_nothing_of_what_came_later(store: Store) -> None:
    put(
        store,
        "moments",
        meant("Loader", GUIDE),
        meant("Docs", days=2, outcomes=["Wrote the migration guide"]),
    )
    assert [each.text for each in as_of(store, 1).open] == [GUIDE]
    assert as_of(store, 2).open == ()


def test_an_outcome_closes_a_thread_and_says_by_which_words(store: Store) -> None:
    put(
        store,
        "moments",
        meant("Loader", GUIDE),
        meant("Docs", days=2, outcomes=["Wrote the migration guide"]),
    )
    (closed,) = as_of(store, 4).closed
    assert (closed.outcome, closed.on) == ("Wrote the migration guide", at(2).date())
    assert {"guid", "migrat"} <= {each[:6] for each in closed.shared} | {each[:4] for each in closed.shared}


@pytest.mark.parametrize(
    "text",
    [
        "I still have to write the migration guide",
        "I did not write the migration guide",
        "Who will write the migration guide?",
        "The migration of the tables has begun.",
        "Tomorrow I will go on with the migration guide.",
        "Asked Priya to write something for the guide.",
    ],
)
def test_what_is_planned_denied_asked_or_shares_one_word_closes_nothing(store: Store, text: str) -> None:
    put(store, "moments", meant("Loader", GUIDE), meant("Other things", days=1, summary=text))
    assert [each.text for each in as_of(store, 2).open] == [GUIDE]


def test_a_commit_closes_a_thread_though_no_moment_tells_of_it(store: Store) -> None:
    put(store, "moments", meant("Loader", GUIDE))
    put(store, "resources", resource("Add the migration guide", "text", at=at(1), category="commit"))
    (closed,) = as_of(store, 1).closed
    assert (closed.outcome, closed.moment_id) == ("Add the migration guide", None)


def test_what_is_written_of_a_day_closes_a_thread(store: Store) -> None:
    put(store, "moments", meant("Loader", "I'll revoke the embedding key."))
    put(store, "summaries", summary("I revoked the embedding key at once.", at=at(0), end=at(1)))
    assert [each.outcome for each in as_of(store, 0).closed] == ["I revoked the embedding key at once."]


def test_what_was_done_before_is_no_outcome_of_what_was_meant_later(store: Store) -> None:
    put(
        store,
        "moments",
        meant("Docs", outcomes=["Wrote the migration guide"]),
        meant("Loader", GUIDE, days=1),
    )
    assert [each.text for each in as_of(store, 1).open] == [GUIDE]


def test_an_intention_that_is_stated_again_is_one_thread_since_the_first_time(store: Store) -> None:
    again = "I need to write the migration guide soon."
    put(store, "moments", meant("Loader", GUIDE), meant("Planning", again, days=4))
    (thread,) = as_of(store, 5).open
    assert (thread.text, thread.since, thread.last) == (again, at(0).date(), at(4).date())


def test_a_thread_that_nobody_names_again_fades_and_is_told_on_request(store: Store) -> None:
    put(store, "moments", meant("Loader", GUIDE))
    assert as_of(store, FADES_AFTER).open
    late = as_of(store, FADES_AFTER + 1, with_faded=True)
    assert late.open == ()
    assert [each.text for each in late.faded] == [GUIDE]
    assert as_of(store, FADES_AFTER + 1).faded == ()


def test_what_is_meant_for_one_day_alone_fades_soon(store: Store) -> None:
    put(store, "moments", meant("Loader", "I'll finish the loader review before lunch."))
    assert as_of(store, FADES_SOON).open
    assert not as_of(store, FADES_SOON + 1).open


def test_what_third_parties_write_makes_no_thread_and_ends_none(store: Store) -> None:
    mail = meant("A newsletter", "You need to renew the insurance policy.", trust="third_party")
    done = meant("Another", days=1, outcomes=["Wrote the migration guide"], trust="third_party")
    put(store, "moments", mail, meant("Loader", GUIDE), done)
    assert [each.text for each in as_of(store, 2).open] == [GUIDE]


def test_what_others_promise_is_told_as_theirs_and_comes_last(store: Store) -> None:
    promise = "Priya: “I'll send you the recall table.”"
    put(store, "moments", meant("Talk", promise, GUIDE, people=["Priya", "Ann"]))
    assert [(each.by, each.text) for each in as_of(store, 0).open] == [(None, GUIDE), ("Priya", promise)]


def test_the_threads_of_another_user_are_not_seen(store: Store) -> None:
    put(store, "moments", {**meant("Loader", GUIDE), "user_id": "bob"})
    assert as_of(store, 0) == Threads((), ())


@pytest.mark.parametrize(
    "text",
    [
        "I'll look at it on Monday.",
        "I usually need to restart the migration tests.",
        "In the next example we'll use the migration guide.",
        "I'll describe the migration guide below.",
    ],
)
def test_what_says_nothing_or_is_the_prose_of_a_guide_is_no_thread(text: str) -> None:
    assert not is_thread(text)


def test_an_intention_names_its_day() -> None:
    monday = MONDAY.date()
    friday = monday + timedelta(days=4)
    assert is_for("Tomorrow I'll write the guide.", monday, monday + timedelta(days=1))
    assert is_for("I'll look at the kernel on Friday", monday, friday)
    assert not is_for("I'll look at the kernel on Friday", monday, friday + timedelta(days=7))
    assert not is_for("I'll write the guide.", monday, friday)


def test_a_name_at_the_beginning_says_who_promised() -> None:
    people = ["Tomás Reis", "Ann"]
    assert said_by("Tomás will put in a pool", people) == "Tomás"
    assert said_by("This weekend, Tomás is planning a hike", people) == "Tomás"
    assert said_by("I'll ask Tomás", people) is None


@given(st.text(), st.text())
def test_two_texts_are_one_plan_whichever_comes_first(one: str, other: str) -> None:
    first, second = about(one), about(other)
    assert same_plan(first, second) == same_plan(second, first)
    assert same_plan(first, first)


def test_what_is_told_of_others_is_a_thread_only_where_it_tells_of_a_plan() -> None:
    assert is_thread("Priya will write the migration guide", by="Priya")
    assert not is_thread("Priya totally agrees with the migration guide", by="Priya")


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("Vou escrever o guia de migração.", "Escrevi o guia de migração."),
        ("明天我要写迁移指南。", "写完了迁移指南。"),
        ("Ich werde den Leitfaden zur Migration schreiben.", "Leitfaden zur Migration fertig."),
        ("I need recall above 95% on the full set.", "Recall is 95.4% on the full set"),
    ],
)
def test_threads_of_any_language_are_carried_and_closed(store: Store, text: str, done: str) -> None:
    put(store, "moments", meant("Loader", text), meant("Docs", days=2, outcomes=[done]))
    assert [each.text for each in as_of(store, 1).open] == [text]
    assert [each.outcome for each in as_of(store, 2).closed] == [done]
