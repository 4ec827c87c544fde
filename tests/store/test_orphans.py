"""Derived rows that belong to nothing are found by table, and nothing else is."""

from datetime import timedelta

import numpy as np

from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.orphans import count_messages_without_session, delete_orphans, find_orphans
from rem_dagster.store.tables import DREAMS, LINKS_STATE, POSTINGS
from rem_dagster.store.text import refresh_text
from rem_dagster.store.vectors import missing, write_vectors
from tests.stored import NOON, edge, mention, message, moment, put, session, summary

DAY, NEXT = NOON.date().isoformat(), (NOON + timedelta(days=1)).date().isoformat()


def dreamt(store: Store, *days: str) -> None:
    rows = [
        {"id": f"ann/{day}", "user_id": "ann", "partition_key": day, "status": "complete"} for day in days
    ]
    store.upsert("dreams", rows_of(DREAMS, rows))


def linked(store: Store, *days: str) -> None:
    rows = [{"id": f"ann/{day}", "user_id": "ann", "partition_key": day} for day in days]
    store.upsert("links_state", rows_of(LINKS_STATE, rows))


def counts(store: Store) -> dict[str, int]:
    return {each.table: len(each) for each in find_orphans(store)}


def test_rows_of_a_day_that_no_ledger_knows_are_orphans_and_go(store: Store) -> None:
    dreamt(store, DAY)
    for at in (NOON, NOON + timedelta(days=1)):
        put(store, "moments", moment("The slow build", at=at))
        put(store, "mentions", mention("Priya", at=at))
        put(store, "summaries", summary("A day.", at=at, end=at))
        linked(store, at.date().isoformat())
    assert counts(store) == {"moments": 1, "mentions": 1, "summaries": 1, "links_state": 1}
    assert {day for each in find_orphans(store) for day in each.days} == {NEXT}
    delete_orphans(store, find_orphans(store))
    assert counts(store) == {}
    assert store.read("moments", ["partition_key"])["partition_key"].to_pylist() == [DAY]


def test_a_day_of_another_user_is_none_of_ones_own(store: Store) -> None:
    dreamt(store, DAY)
    put(store, "moments", moment("Hers"), moment("His", user="ben"))
    [orphans] = find_orphans(store)
    assert len(orphans) == 1


def test_of_edges_only_those_of_dreams_and_links_can_be_orphans(store: Store) -> None:
    for owner in ("dream", "link", "import", "user"):
        put(store, "edges", edge("a", "b", "related_to", owner=owner))
    assert counts(store) == {"edges": 2}
    delete_orphans(store, find_orphans(store))
    assert sorted(store.read("edges", ["generated_by"])["generated_by"].to_pylist()) == ["import", "user"]


def test_summaries_of_weeks_and_months_have_no_day_in_the_ledger(store: Store) -> None:
    for period in ("week", "month"):
        put(store, "summaries", summary("Much.", at=NOON, end=NOON, period=period))
    assert counts(store) == {}


def test_vectors_of_rows_that_are_gone_are_orphans(store: Store) -> None:
    kept, gone = put(store, "messages", message("It was fsync."), message("Was it?"))
    rows = missing(store, "messages", "mini")
    write_vectors(store, "messages", "mini", rows, np.ones((2, 3), np.float32))
    assert counts(store) == {}
    store.delete("messages", f"id = '{gone}'")
    assert counts(store) == {"vectors_mini": 1}
    delete_orphans(store, find_orphans(store))
    assert store.read("vectors_mini", ["id"])["id"].to_pylist() == [kept]


def test_vectors_of_facts_that_no_moment_states_are_orphans(store: Store) -> None:
    dreamt(store, DAY)
    put(store, "moments", moment("A fix", facts=[("It was fsync.", ["a"]), ("It is quick now.", ["a"])]))
    rows = missing(store, "facts", "mini")
    write_vectors(store, "facts", "mini", rows, np.ones((2, 3), np.float32))
    assert counts(store) == {}
    put(store, "moments", moment("A fix", facts=[("It was fsync.", ["b"])]))
    assert counts(store) == {"vectors_mini": 1}


def test_postings_without_their_docs_are_orphans(store: Store) -> None:
    put(store, "messages", message("It was fsync."))
    refresh_text(store)
    held = store.count("postings")
    lost = {
        "id": "p",
        "user_id": "ben",
        "table": "messages",
        "shard": "2025-10",
        "digest": "d",
        "term": "fsync",
    }
    store.upsert("postings", rows_of(POSTINGS, [{**lost, "slice_key": "ben/messages/2025-10"}]))
    assert counts(store) == {"postings": 1}
    delete_orphans(store, find_orphans(store))
    assert store.count("postings") == held


def test_messages_without_their_session_are_counted_and_kept(store: Store) -> None:
    put(store, "sessions", session("s1"))
    put(store, "messages", message("Known."), message("Unknown.", session="s2"))
    assert count_messages_without_session(store) == 1
    assert counts(store) == {}
