"""Who asks for a version finds it first, and behind it those that mend it."""

from datetime import timedelta

import pytest

from rem_dagster.recall.search import Request, find, search
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.lives import LIVES
from tests.stored import NOON, moment, put

VERSIONS = ("2.6", "2.7", "2.7.1", "2.7.2a1", "2.7.10", "2.7.2", "2.70", "12.7.1", "3.7.1", "2.8")


def release(store: Store) -> None:
    rows = [
        moment(f"Released loader {version}", at=NOON + timedelta(days=n))
        for n, version in enumerate(VERSIONS)
    ]
    put(store, "moments", *rows, moment("Released loader 2.7.3", at=NOON, user="bob"))
    refresh_text(store)


@pytest.fixture
def released(home: Home, store: Store) -> Store:
    LIVES.step(home, store, [__name__], lambda: release(store))
    return store


def versions_for(store: Store, query: str, user: str | None = "ann") -> list[str]:
    return [str(hit.name).rpartition(" ")[2] for hit in search(store, query, user_id=user, limit=20)]


def test_the_version_itself_comes_first_then_those_that_mend_it(released: Store) -> None:
    found = versions_for(released, "release loader 2.7")
    assert found[0] == "2.7"
    assert set(found[1:4]) == {"2.7.1", "2.7.2", "2.7.10"}


def test_a_version_alone_finds_no_other_line(released: Store) -> None:
    assert set(versions_for(released, "2.7")) == {"2.7", "2.7.1", "2.7.2", "2.7.10"}


def test_a_point_release_is_found_although_the_version_itself_is_named_nowhere(released: Store) -> None:
    assert versions_for(released, "3.7") == ["3.7.1"]


def test_a_whole_number_stands_for_no_version(released: Store) -> None:
    assert versions_for(released, "2") == []


def test_what_the_point_release_gave_is_explained(released: Store) -> None:
    hits = find(released, "3.7", Request(table="moments", user_id="ann", explain=True)).hits
    assert [(each.word, each.term, each.is_reading) for each in hits[0].matched] == [("3.7", "3.7.1", True)]


def test_nobody_elses_versions_are_looked_at(released: Store) -> None:
    assert versions_for(released, "2.7", user="bob") == ["2.7.3"]
    assert versions_for(released, "2.7", user=None) == ["2.7"]
