"""Who is one and who is not: two tables of look-alikes through the whole of linking, in a real store."""

import json
from collections.abc import Sequence

import pytest

from rem_dagster.dreaming.links import link_across
from rem_dagster.recall.sameness import groups_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.dreaming.lookalike_days import entity, put_pairs, user_of
from tests.dreaming.lookalikes import KNOWN, Pair
from tests.dreaming.lookalikes_unseen import UNSEEN

LEAST_JOINED = 0.8


def joined(home: Home, store: Store, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs of a table that linking makes one."""
    put_pairs(store, pairs)
    link_across(home, store)
    found = []
    for number, pair in enumerate(pairs):
        user = user_of(number)
        groups = groups_of(store, user)
        first, second = (entity(user, name) for name in (pair.one, pair.other))
        if groups.get(first, first) == groups.get(second, second):
            found.append(pair)
    return found


@pytest.mark.parametrize("pairs", [KNOWN, UNSEEN], ids=["known", "unseen"])
def test_no_two_are_joined_and_most_of_one_are(home: Home, store: Store, pairs: Sequence[Pair]) -> None:
    found = joined(home, store, pairs)
    assert [pair for pair in found if not pair.is_same] == []
    same = [pair for pair in pairs if pair.is_same]
    missed = [pair for pair in same if pair not in found]
    assert len(missed) <= (1 - LEAST_JOINED) * len(same), missed


def test_the_tables_are_large_and_their_names_are_in_their_lines() -> None:
    pairs = [*KNOWN, *UNSEEN]
    assert len(pairs) >= 60
    assert len({(pair.one, pair.other, pair.why) for pair in pairs}) == len(pairs)
    for pair in pairs:
        text = "\n".join(pair.lines)
        assert all(name in text for name in (pair.one, pair.other)), json.dumps([pair.one, pair.other])
    assert sum(not pair.is_same for pair in pairs) >= 30
