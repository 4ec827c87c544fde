"""Which entities of a day are one with others: a table of small months, each with what its last day joins."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.sameness import DAYS_BEFORE, SURENESS, Named, Names, Sameness
from rem_dagster.dreaming.wording import normal_name
from rem_dagster.model.ids import derive_id
from rem_dagster.model.words import EntityKind

LAST = 739_000
Told = tuple[int, str, EntityKind]
"""Days before the last, a name, its kind."""


def entity(name: str) -> str:
    return derive_id("ann", "entity", normal_name(name))


def named(ago: int, name: str, kind: EntityKind, *forms: str) -> Named:
    return Named(
        entity_id=entity(name),
        day=LAST - ago,
        name=name,
        kind=kind,
        forms=(name, *forms),
        first_time=datetime(2025, 10, 31, 9, tzinfo=UTC) - timedelta(days=ago),
        places=frozenset({"stand-up"}),
    )


def told(found: list[Sameness]) -> list[tuple[str, str, str]]:
    return sorted((each.names[0], each.rule, each.names[1]) for each in found)


CASES: list[tuple[str, list[Told], list[tuple[str, str, str]]]] = [
    (
        "a spelling of the days before",
        [(3, "DiskANN", "tool"), (0, "disk ann", "tool")],
        [("disk ann", "spelling", "DiskANN")],
    ),
    (
        "a spelling of the same day",
        [(0, "DiskANN", "tool"), (0, "disk ann", "topic")],
        [("disk ann", "spelling", "DiskANN")],
    ),
    (
        "one that is as old as days can see",
        [(30, "DiskANN", "tool"), (0, "disk ann", "tool")],
        [("disk ann", "spelling", "DiskANN")],
    ),
    ("one that is older", [(31, "DiskANN", "tool"), (0, "disk ann", "tool")], []),
    ("one that is not of the last day", [(3, "DiskANN", "tool"), (1, "disk ann", "tool")], []),
    ("other kinds", [(3, "Mercury", "place"), (0, "mer-cury", "tool")], []),
    (
        "a kind that says nothing",
        [(3, "Mercury", "place"), (0, "mer-cury", "thing")],
        [("mer-cury", "spelling", "Mercury")],
    ),
    (
        "a kind that another day tells",
        [(9, "mer-cury", "place"), (3, "Mercury", "tool"), (0, "mer-cury", "topic")],
        [],
    ),
    (
        "a first name with one owner",
        [(3, "Ana Souza", "person"), (0, "Ana", "person")],
        [("Ana", "first_name", "Ana Souza")],
    ),
    (
        "a full name that comes after its first name",
        [(3, "Ana", "person"), (0, "Ana Souza", "person")],
        [("Ana Souza", "first_name", "Ana")],
    ),
    (
        "a first name with two owners",
        [(9, "Ana Lima", "person"), (3, "Ana Souza", "person"), (0, "Ana", "person")],
        [],
    ),
    (
        "a full name whose first name has another owner",
        [(9, "Ana Lima", "person"), (3, "Ana", "person"), (0, "Ana Souza", "person")],
        [],
    ),
    (
        "two spellings of the one owner",
        [(9, "Tomás Lima", "person"), (3, "Tomas Lima", "person"), (0, "Tomás", "person")],
        [("Tomás", "first_name", "Tomas Lima"), ("Tomás", "first_name", "Tomás Lima")],
    ),
    ("a first name that is no person's", [(3, "Jordan Peak", "place"), (0, "Jordan", "place")], []),
    ("a first name that may be a place", [(3, "Ana Souza", "person"), (0, "Ana", "thing")], []),
    ("a last name", [(3, "Ana Souza", "person"), (0, "Souza", "person")], []),
    (
        "a plural of a topic",
        [(3, "migration", "topic"), (0, "migrations", "topic")],
        [("migrations", "plural", "migration")],
    ),
    ("a plural that is somebody's name", [(3, "note", "thing"), (0, "Notes", "tool")], []),
    ("a plural that means something else", [(3, "window", "thing"), (0, "windows", "tool")], []),
    ("a plural of a person", [(3, "ann", "person"), (0, "anns", "person")], []),
    ("a plural that is a place", [(3, "hill", "topic"), (0, "hills", "place")], []),
]


@pytest.mark.parametrize(("days", "joined"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_day_is_joined_to_what_it_names_again(days: list[Told], joined: list[tuple[str, str, str]]) -> None:
    found = Names(named(*each) for each in days).same_before(LAST)
    if all(ago == 0 for ago, *_ in days):  # which of the two is first seen is for their times and ids
        found = [each for each in found if sorted(each.names) == sorted(joined[0][::2])]
        assert [each.rule for each in found] == [joined[0][1]]
    else:
        assert told(found) == sorted(joined)


def test_an_alias_is_the_name_of_its_one_owner() -> None:
    cluster = named(3, "Kubernetes", "tool", "kube")
    short = named(0, "Kube", "tool")
    [found] = Names([cluster, short]).same_before(LAST)
    assert (found.rule, found.names, found.short) == ("alias", ("Kube", "Kubernetes"), "Kube")
    other = named(5, "Kubernetes Operator", "tool", "kube")
    assert Names([cluster, short, other]).same_before(LAST) == []


def test_a_first_name_elsewhere_is_somebody_elses() -> None:
    full, first = named(3, "Ana Souza", "person"), named(0, "Ana", "person")
    elsewhere = replace(first, places=frozenset({"family"}))
    assert Names([full, elsewhere]).same_before(LAST) == []
    beside = [replace(each, company=frozenset({"loader"})) for each in (full, elsewhere)]
    assert [each.rule for each in Names(beside).same_before(LAST)] == ["first_name"]


def test_who_is_beside_everybody_tells_nothing() -> None:
    loader = [named(ago, "loader", "topic") for ago in range(10)]
    beside = frozenset({entity("loader")})
    full, first = named(3, "Ana Souza", "person"), named(0, "Ana", "person")
    held = [replace(each, places=frozenset(), company=beside) for each in (full, first)]
    assert told(Names(held).same_before(LAST)) == [("Ana", "first_name", "Ana Souza")]
    assert Names([*held, *loader]).same_before(LAST) == []


def test_another_word_for_a_topic_is_not_its_name() -> None:
    politics = named(3, "local politics", "topic", "campaign")
    assert Names([politics, named(0, "campaign", "topic")]).same_before(LAST) == []


def test_two_that_share_an_alias_are_not_one() -> None:
    assert Names([named(3, "Ana", "person", "she"), named(0, "Bo", "person", "she")]).same_before(LAST) == []


def test_of_two_of_the_day_the_one_seen_first_is_the_target() -> None:
    held = [named(0, "DiskANN", "tool"), named(0, "disk ann", "tool"), named(7, "disk ann", "tool")]
    [found] = Names(held).same_before(LAST)
    assert found.names == ("DiskANN", "disk ann")


def test_the_surest_rule_is_told() -> None:
    full = named(3, "Ana Souza", "person"), named(1, "Ana Souza", "person", "Ana")
    [found] = Names([*full, named(0, "Ana", "person")]).same_before(LAST)
    assert found.rule == "alias"
    assert sorted(SURENESS.values(), reverse=True) == list(SURENESS.values())


def test_what_the_user_keeps_apart_is_not_joined() -> None:
    held = [named(3, "DiskANN", "tool"), named(1, "Disk.ANN", "tool"), named(0, "disk ann", "tool")]
    low, high = sorted((entity("DiskANN"), entity("disk ann")))
    assert told(Names(held, {(low, high)}).same_before(LAST)) == [("disk ann", "spelling", "Disk.ANN")]


NAMES = st.sampled_from(
    ["Ana", "Ana Souza", "ana souza", "Ána", "Ana Lima", "test", "tests", "Te-st", "DiskANN", "disk ann"]
)
KINDS: st.SearchStrategy[EntityKind] = st.sampled_from(["person", "tool", "topic"])
MONTHS = st.lists(st.tuples(st.integers(0, 40), NAMES, KINDS), max_size=14, unique_by=lambda each: each[:2])


@given(MONTHS, st.randoms(use_true_random=False))
def test_pairs_are_told_once_within_their_days_and_in_any_order(days: list[Told], random: object) -> None:
    mentions = [named(*each) for each in days]
    mentions = list({(each.entity_id, each.day): each for each in mentions}.values())
    found = Names(mentions).same_before(LAST)
    random.shuffle(mentions)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert Names(mentions).same_before(LAST) == found
    pairs = [frozenset((each.source_id, each.target_id)) for each in found]
    assert len(pairs) == len(set(pairs))
    assert all(len(pair) == 2 for pair in pairs)
    today = {each.entity_id for each in mentions if each.day == LAST}
    seen = {each.entity_id for each in mentions if LAST - DAYS_BEFORE <= each.day <= LAST}
    assert all(each.source_id in today and each.target_id in seen for each in found)
    recent = [each for each in mentions if each.day >= LAST - DAYS_BEFORE]
    assert Names(recent).same_before(LAST) == found
