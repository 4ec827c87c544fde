"""Themes over time: what belongs together, what goes on, rises and falls; the same in every process."""

import os
import subprocess
import sys
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.model.window import Calendar, zone_named
from rem_dagster.recall.graph.communities import communities
from rem_dagster.recall.graph.importance import pagerank
from rem_dagster.recall.graph.scope import Scope
from rem_dagster.recall.graph.topics import topics_over_time
from rem_dagster.store.database import Store
from tests.recall.graphs import named, put_graph
from tests.stored import put

CALENDAR = Calendar(zone_named("UTC"), week_starts_on=0)
WORK = ["graphd-DiskANN*4", "graphd-recall*3", "DiskANN-recall*3", "graphd-rust*2"]
HOME = ["soup-mother*4", "soup-bread*3", "mother-bread*3"]
SHIP = ["release-archive*4", "release-Ruth*4", "archive-Ruth*3"]
BRIDGE = ["recall-soup"]
RINGS = """
import numpy as np
from rem_dagster.recall.graph.communities import communities
chance = np.random.default_rng(1)
one, other = chance.integers(0, 40, 160), chance.integers(0, 40, 160)
print(communities(one, other, chance.random(160), size=40).tolist())
"""


def test_themes_are_what_is_named_together_and_are_called_by_the_most_central(store: Store) -> None:
    put_graph(store, [*WORK, *HOME, *BRIDGE])
    [period] = topics_over_time(store, Scope("ann"), calendar=CALENDAR)
    assert (period.first_day, period.last_day, period.days, period.topics) == (
        date(2025, 10, 1),
        date(2025, 10, 31),
        1,
        7,
    )
    assert [sorted(topic.name for topic in theme.topics) for theme in period.themes] == [
        ["DiskANN", "graphd", "recall", "rust"],
        ["bread", "mother", "soup"],
    ]
    assert period.themes[0].name.startswith("graphd, ")
    assert sum(theme.share for theme in period.themes) == pytest.approx(1)
    assert (period.rising, period.falling) == ((), ())


def test_a_theme_goes_on_rises_falls_or_is_new(store: Store) -> None:
    put_graph(store, [*WORK, *HOME, *BRIDGE])
    put_graph(store, [*HOME, *SHIP], day=31)
    for name, count in (("soup", 1), ("release", 30), ("archive", 10)):
        put(store, "mentions", named(name, day=32, count=count))
    first, second = topics_over_time(store, Scope("ann"), calendar=CALENDAR)
    told = {theme.topics[0].name: (theme.trend, theme.was) for theme in second.themes}
    assert told["release"] == ("new", None)
    assert told["soup"] == ("falling", "soup, mother, bread")
    assert {theme.trend for theme in first.themes} == {"steady"}
    assert second.rising[0].name == "release"
    assert second.rising[0].mentions == 31
    assert all(mover.times < 1 for mover in second.falling)


def test_weeks_begin_as_those_of_the_home(store: Store) -> None:
    put_graph(store, WORK, day=4)
    put_graph(store, WORK, day=5)
    periods = topics_over_time(store, Scope("ann"), calendar=CALENDAR, by="week")
    assert [(each.first_day, each.last_day) for each in periods] == [
        (date(2025, 9, 29), date(2025, 10, 5)),
        (date(2025, 10, 6), date(2025, 10, 12)),
    ]
    only = topics_over_time(store, Scope("ann", first_day="2025-10-06"), calendar=CALENDAR, by="week")
    assert [each.first_day for each in only] == [date(2025, 10, 6)]


def test_others_and_empty_homes_have_no_themes_here(store: Store) -> None:
    assert topics_over_time(store, Scope("ann"), calendar=CALENDAR) == []
    put_graph(store, WORK, user="bob")
    assert topics_over_time(store, Scope("ann"), calendar=CALENDAR) == []


def test_communities_are_the_same_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", RINGS],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.floats(0.1, 9)), max_size=20)


@given(EDGES)
def test_importance_is_shared_out_whole(edges: list[tuple[int, int, float]]) -> None:
    source, target = (np.array([edge[end] for edge in edges], int) for end in (0, 1))
    weight = np.array([edge[2] for edge in edges], float)
    rank = pagerank(source, target, weight, size=8)
    assert rank.sum() == pytest.approx(1, abs=1e-6)
    assert (rank > 0).all()
    member = communities(source, target, weight, size=8)
    assert sorted(set(member.tolist())) == list(range(int(member.max()) + 1))


def test_a_hub_is_the_most_important() -> None:
    source, target = np.zeros(6, int), np.arange(1, 7)
    assert pagerank(source, target, np.ones(6), size=7).argmax() == 0
    assert len(pagerank(source[:0], target[:0], np.ones(0), size=0)) == 0
