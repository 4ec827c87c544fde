"""What a person says of two names holds at once, over what links found, and is taken back as it was said."""

import json
from datetime import date

import pytest

from rem_dagster.dreaming.links import link_across
from rem_dagster.dreaming.links_user import Said, Verdict, all_said, say, unsay
from rem_dagster.recall.sameness import groups_of
from rem_dagster.recall.sql import query
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.recall.graphs import edge, entity, named
from tests.stored import put

TODAY = date(2025, 11, 1)
PAIR = entity("Bob"), entity("Robert Lee")


def are_one(store: Store, pair: tuple[str, str] = PAIR) -> bool:
    groups = groups_of(store, "ann")
    return groups.get(pair[0], pair[0]) == groups.get(pair[1], pair[1])


def joined(one: str, other: str) -> dict[str, object]:
    names = {"rule": "spelling", "names": [one, other]}
    return edge(entity(one), entity(other), "same_as", owner="link", metadata=json.dumps(names))


def test_two_are_one_at_once_in_the_views_and_two_again_once_it_is_taken_back(
    home: Home, store: Store
) -> None:
    put(store, "mentions", named("Bob"), named("Robert Lee"))
    assert say(store, "ann", PAIR, "same_as", today=TODAY)
    assert are_one(store)
    assert query(home, store, "SELECT count(*) AS n FROM entities").to_pylist() == [{"n": 1}]
    assert all_said(store, "ann") == [Said(*PAIR, "same_as", "2025-11-01")]
    assert unsay(store, "ann", (PAIR[1], PAIR[0]), "same_as")
    assert not are_one(store)
    assert store.count("edges") == 0


@pytest.mark.parametrize("verdict", ["same_as", "not_same_as"])
def test_saying_it_again_changes_nothing(store: Store, verdict: Verdict) -> None:
    assert say(store, "ann", PAIR, verdict, today=TODAY)
    assert not say(store, "ann", (PAIR[1], PAIR[0]), verdict, today=date(2025, 12, 1))
    assert len(all_said(store, "ann")) == 1


def test_the_last_word_takes_the_place_of_the_one_before(store: Store) -> None:
    say(store, "ann", PAIR, "same_as", today=TODAY)
    say(store, "ann", PAIR, "not_same_as", today=TODAY)
    assert [each.verdict for each in all_said(store, "ann")] == ["not_same_as"]
    assert not unsay(store, "ann", PAIR, "same_as")
    assert unsay(store, "ann", PAIR)
    assert all_said(store, "ann") == []


def test_what_links_found_is_parted_and_comes_back(store: Store) -> None:
    put(store, "edges", joined("Bob", "Robert Lee"))
    assert are_one(store)
    say(store, "ann", PAIR, "not_same_as", today=TODAY)
    assert not are_one(store)
    unsay(store, "ann", PAIR, "not_same_as")
    assert are_one(store)


def test_not_same_parts_two_that_a_third_joins(store: Store) -> None:
    put(store, "edges", joined("Bob", "B."), joined("B.", "Robert Lee"))
    say(store, "ann", PAIR, "not_same_as", today=TODAY)
    assert not are_one(store)


def test_a_person_s_word_counts_before_what_links_found(store: Store) -> None:
    say(store, "ann", (entity("Bob"), entity("Robert Lee")), "not_same_as", today=TODAY)
    put(store, "edges", joined("Bobby", "Bob"))
    say(store, "ann", (entity("Robert Lee"), entity("Bobby")), "same_as", today=TODAY)
    assert are_one(store, (entity("Bobby"), entity("Robert Lee")))
    assert not are_one(store, (entity("Bobby"), entity("Bob")))


def test_no_link_replaces_what_a_person_said(home: Home, store: Store) -> None:
    put(store, "mentions", named("Bob"), named("Robert Lee"))
    say(store, "ann", PAIR, "same_as", today=TODAY)
    link_across(home, store)
    assert are_one(store)


def test_others_are_not_touched(store: Store) -> None:
    bob = entity("Bob", "bob"), entity("Robert Lee", "bob")
    say(store, "bob", bob, "same_as", today=TODAY)
    assert all_said(store, "ann") == []
    assert not unsay(store, "ann", bob)
    assert len(all_said(store, "bob")) == 1
