"""Views: only what a statement names, and entities joined into groups."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.recall.sameness import join_pairs
from rem_dagster.recall.sql import query
from rem_dagster.recall.views import VIEW_SOURCES, columns_of, views_named
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.stored import edge, mention, put

PAIRS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=12)


def test_only_views_that_are_named_are_made() -> None:
    assert views_named("SELECT * FROM Moments m JOIN edges e ON e.source_id = m.id") == ["moments", "edges"]
    assert views_named("SELECT 1") == []


def test_columns_of_the_machinery_are_hidden(store: Store) -> None:
    for view in VIEW_SOURCES:
        assert not {"slice_key", "content_hash"} & set(columns_of(view))
        assert {"id", "user_id"} <= set(columns_of(view))


@given(PAIRS)
def test_members_of_a_chain_get_its_least_member(pairs: list[tuple[str, str]]) -> None:
    groups = join_pairs(pairs)
    assert groups.keys() == {member for pair in pairs for member in pair}
    assert all(groups[one] == groups[other] for one, other in pairs)
    assert all(groups[least] == least and least <= member for member, least in groups.items())


@given(PAIRS, st.randoms())
def test_the_order_of_pairs_changes_no_group(pairs: list[tuple[str, str]], random: object) -> None:
    assert join_pairs(pairs) == join_pairs([(other, one) for one, other in reversed(pairs)])


@given(PAIRS, PAIRS)
def test_no_group_holds_what_is_to_stay_apart(
    pairs: list[tuple[str, str]], apart: list[tuple[str, str]]
) -> None:
    groups = join_pairs(pairs, [pair for pair in apart if pair[0] != pair[1]])
    assert groups.keys() == {member for pair in pairs for member in pair}
    assert not any(groups.get(one, one) == groups.get(other, other) for one, other in apart if one != other)


def test_the_surest_of_pairs_that_exclude_each_other_holds() -> None:
    assert join_pairs([("a", "b"), ("b", "c")], [("c", "a")]) == {"a": "a", "b": "a", "c": "c"}
    assert join_pairs([("b", "c"), ("a", "b")], [("c", "a")]) == {"a": "a", "b": "b", "c": "b"}


def joined(home: Home, store: Store) -> list[list[str]]:
    """The names of every entity, entities in order."""
    rows = query(home, store, "SELECT aliases FROM entities").to_pylist()
    return sorted(sorted(row["aliases"]) for row in rows)


def same(one: str, other: str, *, short: str | None = None) -> dict[str, Any]:
    ids = [mention(name)["entity_id"] for name in (one, other)]
    why = {"rule": "first_name", "names": [one, other], "short": short} if short else {"names": [one, other]}
    return {
        **edge(ids[0], ids[1], "same_as"),
        "weight": 0.7 if short else 1.0,
        "metadata": json.dumps(why),
    }


def apart(one: str, other: str) -> dict[str, Any]:
    ids = [mention(name)["entity_id"] for name in (one, other)]
    return edge(ids[0], ids[1], "not_same_as", owner="user")


@pytest.mark.parametrize("pairs", [["ab", "bc", "cd"], ["ab", "bc", "ca"], ["ab", "ba"], ["ba", "bc", "db"]])
def test_entities_of_a_chain_or_a_circle_are_one(pairs: list[str], home: Home, store: Store) -> None:
    put(store, "mentions", *(mention(name) for name in "abcd"))
    put(store, "edges", *(same(one, other) for one, other in pairs))
    members = sorted(set("".join(pairs)))
    assert joined(home, store) == sorted([members, *([name] for name in "abcd" if name not in members)])


def test_two_that_are_kept_apart_are_not_joined_through_a_third(home: Home, store: Store) -> None:
    put(store, "mentions", *(mention(name) for name in "abc"))
    put(store, "edges", same("a", "b"), same("b", "c"), apart("c", "a"))
    assert len(joined(home, store)) == 2
    assert not any({"a", "c"} <= set(names) for names in joined(home, store))


def test_a_short_name_belongs_to_its_one_owner(home: Home, store: Store) -> None:
    put(store, "mentions", *(mention(name) for name in ("Ana", "Ana Souza", "Tomás Lima", "Tomás")))
    put(store, "edges", same("Ana", "Ana Souza", short="Ana"))
    put(store, "edges", same("Tomás Lima", "Tomás", short="Tomás"))
    assert joined(home, store) == [["Ana", "Ana Souza"], ["Tomás", "Tomás Lima"]]


def test_a_short_name_that_had_two_owners_is_neither(home: Home, store: Store) -> None:
    put(store, "mentions", *(mention(name) for name in ("Ana", "Ana Souza", "Ana Lima")))
    put(store, "edges", same("Ana", "Ana Souza", short="Ana"))
    put(store, "edges", same("Ana Lima", "Ana", short="Ana"))
    assert joined(home, store) == [["Ana"], ["Ana Lima"], ["Ana Souza"]]


def test_two_spellings_of_an_owner_are_one_owner(home: Home, store: Store) -> None:
    put(store, "mentions", *(mention(name) for name in ("Ana", "Ana Souza", "AnaSouza")))
    put(store, "edges", same("Ana", "Ana Souza", short="Ana"))
    put(store, "edges", same("Ana", "AnaSouza", short="Ana"), same("AnaSouza", "Ana Souza"))
    assert joined(home, store) == [["Ana", "Ana Souza", "AnaSouza"]]
